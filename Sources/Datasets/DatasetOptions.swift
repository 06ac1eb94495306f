/// What of a file makes up a data set.
package struct DatasetOptions: Sendable, Equatable {
    /// The column that names each record's task; nil puts every record into one task.
    ///
    /// In an `.npz` file this is the name of an array of integers, shape [records]; in an `.npy` file, whose columns
    /// are called `c1`, `c2` and so on, a column of whole numbers.
    package var taskColumn: String?
    /// The column of the targets; in an `.npz` file the name of an array of shape [records] or [records, 1].
    package var targetColumn: String
    /// The feature columns, in this order; nil takes all columns but task and target, in file order.
    ///
    /// The columns of an `.npz` file's features are called `x1`, `x2` and so on; those of an `.npy` file are called
    /// `c1`, `c2` and so on, task and target included.
    package var featureColumns: [String]?
    /// The tasks to load; nil loads all.
    ///
    /// Records of other tasks are counted and otherwise skipped: their numbers are not looked at.
    package var tasks: [String]?
    /// The name of the one task of a file without task names.
    package var defaultTaskName: String
    /// The name of the array of features in an `.npz` file, shape [records, features].
    package var featureArray: String

    /// The column that says whose record each one is, never a feature; nil where nobody asks.
    ///
    /// In CSV files alone.
    package var personColumn: String?

    /// Creates options; the defaults read a file of one task with the target column `y`.
    package init(
        taskColumn: String? = nil, targetColumn: String = "y", featureColumns: [String]? = nil,
        tasks: [String]? = nil, defaultTaskName: String = "task", featureArray: String = "X",
        personColumn: String? = nil
    ) {
        self.taskColumn = taskColumn
        self.targetColumn = targetColumn
        self.featureColumns = featureColumns
        self.tasks = tasks
        self.defaultTaskName = defaultTaskName
        self.featureArray = featureArray
        self.personColumn = personColumn
    }
}
