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
    /// Where each record stands in its file; nil where it comes from none.
    package let places: RecordPlaces?

    /// Creates the records of one task.
    ///
    /// - Parameter features: Shape [records, features].
    /// - Parameter targets: One a row of `features`.
    /// - Parameter persons: One a row of `features`.
    /// - Parameter places: One a row of `features`.
    package init(
        name: String, features: Matrix, targets: [Double], persons: [String]? = nil,
        places: RecordPlaces? = nil
    ) {
        precondition(
            features.rowCount == targets.count,
            "task \(name): \(features.rowCount) rows of features and \(targets.count) targets")
        precondition(
            places.map { $0.count == targets.count } ?? true, "task \(name): a record has one place")
        self.name = name
        self.features = features
        self.targets = targets
        self.persons = persons
        self.places = places
    }

    /// Whether both hold the same records, wherever these were read.
    package static func == (left: TaskData, right: TaskData) -> Bool {
        left.name == right.name && left.features == right.features && left.targets == right.targets
            && left.persons == right.persons
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
            persons: persons.map { persons in indices.map { persons[$0] } },
            places: places?.selecting(indices))
    }

    /// Returns the same records with other targets.
    package func replacing(targets: [Double]) -> TaskData {
        TaskData(name: name, features: features, targets: targets, persons: persons, places: places)
    }

    /// Returns where a value stands, for messages: file, line or row, and column.
    package func place(ofRecord record: Int, column: String) -> String {
        (places?.text(ofRecord: record) ?? "task \(MessageText.quoted(name)), record \(record)")
            + ", column \(MessageText.quoted(column))"
    }
}
