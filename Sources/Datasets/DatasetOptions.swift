/// What of a file makes up a data set.
package struct DatasetOptions: Sendable, Equatable {
    /// The CSV column that names each record's task; nil puts every record into one task.
    package var taskColumn: String?
    /// The CSV column of the targets.
    package var targetColumn: String
    /// The feature columns, in this order; nil takes all columns but task and target, in file order.
    ///
    /// The columns of an `.npz` file's features are called `x1`, `x2` and so on.
    package var featureColumns: [String]?
    /// The tasks to load; nil loads all.
    ///
    /// Records of other tasks are counted and otherwise skipped: their numbers are not looked at.
    package var tasks: [String]?
    /// The name of the one task of a file without task names.
    package var defaultTaskName: String
    /// The names of the arrays in an `.npz` file.
    package var arrayNames: NumPyArrayNames

    /// Creates options; the defaults read a file of one task with the target column `y`.
    package init(
        taskColumn: String? = nil, targetColumn: String = "y", featureColumns: [String]? = nil,
        tasks: [String]? = nil, defaultTaskName: String = "task", arrayNames: NumPyArrayNames = .init()
    ) {
        self.taskColumn = taskColumn
        self.targetColumn = targetColumn
        self.featureColumns = featureColumns
        self.tasks = tasks
        self.defaultTaskName = defaultTaskName
        self.arrayNames = arrayNames
    }
}

/// The names of the arrays of a data set in an `.npz` file.
package struct NumPyArrayNames: Sendable, Equatable {
    /// The features, shape [records, features].
    package var features: String
    /// The targets, shape [records] or [records, 1].
    package var targets: String
    /// The tasks, integers of shape [records]; the array may be absent, and then there is one task.
    package var tasks: String

    /// Creates the names; the defaults are `X`, `y` and `task`.
    package init(features: String = "X", targets: String = "y", tasks: String = "task") {
        self.features = features
        self.targets = targets
        self.tasks = tasks
    }
}
