internal import LinearAlgebra

/// One task's arrays while they are filled, made at their final size.
struct TaskRecords {
    private let name: String
    /// The number of records.
    let recordCount: Int
    private let dimension: Int
    private var elements: [Double]
    private var targets: [Double]
    private var persons: [String]?
    private var places: RecordPlaces

    /// Creates zeros.
    ///
    /// - Parameters:
    ///   - file: Where the records stand.
    ///   - unit: What they are counted by there.
    init(
        name: String, recordCount: Int, dimension: Int, hasPersons: Bool = false, file: String,
        unit: RecordPlaces.Unit
    ) {
        self.name = name
        places = RecordPlaces(file: file, unit: unit, recordCount: recordCount)
        persons = hasPersons ? [String](repeating: "", count: recordCount) : nil
        self.recordCount = recordCount
        self.dimension = dimension
        elements = [Double](repeating: 0, count: recordCount * dimension)
        targets = [Double](repeating: 0, count: recordCount)
    }

    /// Sets one feature of one record.
    mutating func setFeature(_ feature: Int, ofRecord record: Int, to value: Double) {
        elements[record + feature * recordCount] = value
    }

    /// Sets the target of one record.
    mutating func setTarget(ofRecord record: Int, to value: Double) {
        targets[record] = value
    }

    /// Sets whose record one is.
    mutating func setPerson(ofRecord record: Int, to person: String) {
        persons?[record] = person
    }

    /// Sets the line or row that a record stands on.
    mutating func setPlace(ofRecord record: Int, to number: Int) {
        places.set(ofRecord: record, to: number)
    }

    /// Returns the tasks; each one's arrays are handed over, never copied.
    static func data(of records: consuming [TaskRecords]) -> [TaskData] {
        records.map { task in
            TaskData(
                name: task.name,
                features: Matrix(
                    rowCount: task.recordCount, columnCount: task.dimension, elements: task.elements),
                targets: task.targets, persons: task.persons, places: task.places)
        }
    }

    /// Throws `tooLarge` when the numbers of all chosen tasks pass the bound.
    static func checkSize(recordCount: Int, dimension: Int, file: String) throws {
        let (count, overflows) = recordCount.multipliedReportingOverflow(by: dimension)
        guard !overflows, count <= DatasetsLimits.valueCount else {
            throw DatasetsError(
                .tooLarge,
                "\(file): \(recordCount) records of \(dimension) features are more than "
                    + "\(DatasetsLimits.valueCount) values; load fewer tasks or columns")
        }
    }
}
