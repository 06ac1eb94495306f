package import LinearAlgebra

/// The records of one task: features and targets, in the order of the file.
package struct TaskData: Sendable, Equatable {
    /// The task's name, unique within its data set.
    package let name: String
    /// The features, shape [records, features].
    package let features: Matrix
    /// The targets, one a record, as the file has them.
    package let targets: [Double]
    /// Whose record each one is; nil where the file was not asked.
    package let persons: [String]?

    /// Creates the records of one task.
    ///
    /// - Parameter features: Shape [records, features].
    /// - Parameter targets: One a row of `features`.
    /// - Parameter persons: One a row of `features`.
    package init(name: String, features: Matrix, targets: [Double], persons: [String]? = nil) {
        precondition(
            features.rowCount == targets.count,
            "task \(name): \(features.rowCount) rows of features and \(targets.count) targets")
        self.name = name
        self.features = features
        self.targets = targets
        self.persons = persons
    }

    /// The number of records.
    package var recordCount: Int { targets.count }

    /// The number of features.
    package var dimension: Int { features.columnCount }

    /// Returns the records at `indices`, in that order.
    package func selecting(_ indices: [Int]) -> TaskData {
        let source = features.elements
        var elements: [Double] = []
        elements.reserveCapacity(indices.count * dimension)
        for column in 0..<dimension {
            let start = column * recordCount
            for index in indices { elements.append(source[start + index]) }
        }
        return TaskData(
            name: name,
            features: Matrix(rowCount: indices.count, columnCount: dimension, elements: elements),
            targets: indices.map { targets[$0] },
            persons: persons.map { persons in indices.map { persons[$0] } })
    }
}
