/// Tasks over the same features.
///
/// Tasks from a file stand in ascending numerical order when every name is a number (1, 2, 10), else in
/// the order of their first record.
package struct Dataset: Sendable, Equatable {
    /// The tasks, at least one.
    package let tasks: [TaskData]
    /// The names of the features, one a column of each task's features.
    package let featureNames: [String]

    /// Creates a data set.
    ///
    /// - Parameter tasks: At least one, with distinct names, each with one feature column a feature name.
    package init(tasks: [TaskData], featureNames: [String]) {
        precondition(!tasks.isEmpty, "a data set holds at least one task")
        precondition(
            tasks.allSatisfy { $0.dimension == featureNames.count },
            "every task of a data set has the \(featureNames.count) features that are named")
        precondition(
            Set(tasks.map(\.name)).count == tasks.count, "the tasks of a data set have distinct names")
        self.tasks = tasks
        self.featureNames = featureNames
    }

    /// The number of features.
    package var dimension: Int { featureNames.count }

    /// The number of records of all tasks.
    package var recordCount: Int { tasks.reduce(0) { $0 + $1.recordCount } }

    /// Returns the task of that name, or nil.
    package func task(named name: String) -> TaskData? {
        tasks.first { $0.name == name }
    }
}
