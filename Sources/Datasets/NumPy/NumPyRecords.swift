/// The records of NumPy arrays, put row by row into the arrays of their tasks.
struct NumPyRecords {
    /// Which record of which task a row is.
    private struct Slot {
        let task: Int
        let record: Int
    }

    private let file: String
    private var tasks = TaskSelection()
    private var slots: [Slot] = []
    /// For each task, its place among the chosen ones, if any.
    private var places: [Int?] = []
    private var records: [TaskRecords] = []

    /// Creates an empty collection for `rowCount` rows.
    init(file: String, rowCount: Int) {
        self.file = file
        slots.reserveCapacity(rowCount)
    }

    /// Adds the next row to a task; before ``choose(_:dimension:)``.
    mutating func add(toTask name: String) throws {
        let bytes = Array(name.utf8)[...]
        try tasks.count(bytes, place: "\(file), row \(slots.count)")
        guard let task = tasks.index(of: bytes) else { return }
        slots.append(Slot(task: task, record: tasks.recordCounts[task] - 1))
    }

    /// Chooses the tasks to keep and makes their arrays.
    ///
    /// - Parameter wanted: nil keeps all.
    /// - Throws: `unknownTask`, `tooLarge`.
    mutating func choose(_ wanted: [String]?, dimension: Int) throws {
        let chosen = try tasks.chosen(wanted, file: file)
        try TaskRecords.checkSize(
            recordCount: chosen.reduce(0) { $0 + tasks.recordCounts[$1] }, dimension: dimension, file: file)
        places = [Int?](repeating: nil, count: tasks.names.count)
        for task in chosen {
            places[task] = records.count
            records.append(
                TaskRecords(
                    name: tasks.names[task], recordCount: tasks.recordCounts[task], dimension: dimension,
                    file: file, unit: .row))
        }
        for (row, slot) in slots.enumerated() {
            guard let place = places[slot.task] else { continue }
            records[place].setPlace(ofRecord: slot.record, to: row)
        }
    }

    /// Sets the target of a row, where its task was chosen.
    mutating func setTarget(ofRow row: Int, to value: Double) {
        guard let place = places[slots[row].task] else { return }
        records[place].setTarget(ofRecord: slots[row].record, to: value)
    }

    /// Sets a feature of a row, where its task was chosen.
    mutating func setFeature(_ feature: Int, ofRow row: Int, to value: Double) {
        guard let place = places[slots[row].task] else { return }
        records[place].setFeature(feature, ofRecord: slots[row].record, to: value)
    }

    /// Returns the chosen tasks.
    consuming func dataset(featureNames: [String]) -> Dataset {
        Dataset(tasks: TaskRecords.data(of: records), featureNames: featureNames)
    }
}
