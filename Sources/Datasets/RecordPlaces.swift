/// Where in their file a task's records stand, for messages to the owner of the data.
package struct RecordPlaces: Sendable {
    /// What a file's records are counted by.
    package enum Unit: String, Sendable {
        /// Lines of text, from 1.
        case line
        /// Rows of an array, from 0.
        case row
    }

    private let file: String
    private let unit: Unit
    /// One a record.
    private var numbers: [Int]

    /// Creates places that are all 0.
    init(file: String, unit: Unit, recordCount: Int) {
        self.file = file
        self.unit = unit
        numbers = [Int](repeating: 0, count: recordCount)
    }

    /// The number of records.
    var count: Int { numbers.count }

    /// Sets the line or row of a record.
    mutating func set(ofRecord record: Int, to number: Int) {
        numbers[record] = number
    }

    /// Returns the places of the records at `indices`, in that order.
    func selecting(_ indices: [Int]) -> RecordPlaces {
        var chosen = self
        chosen.numbers = indices.map { numbers[$0] }
        return chosen
    }

    /// Returns the file and the line or row of a record.
    func text(ofRecord record: Int) -> String {
        "\(file), \(unit.rawValue) \(numbers[record])"
    }
}
