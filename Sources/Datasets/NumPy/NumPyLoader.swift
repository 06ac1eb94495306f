/// Loads a data set from the arrays of an `.npz` file.
struct NumPyLoader {
    /// Which record of which chosen task a row is.
    private struct Slot {
        let task: Int
        let record: Int
    }

    private let file: InputFile
    private let options: DatasetOptions

    /// Creates a loader of an open file.
    init(file: InputFile, options: DatasetOptions) {
        self.file = file
        self.options = options
    }

    /// Returns the data set.
    func load() throws -> Dataset {
        let archive = try ZipArchive(file: file)
        var features = try array(options.arrayNames.features, of: archive)
        guard features.header.shape.count == 2 else {
            throw DatasetsError(
                .unsuitableArray,
                "\(features.place): shape \(features.header.shape); features need [records, features], "
                    + "reshape(-1, 1) makes one column")
        }
        let recordCount = features.header.shape[0]
        guard recordCount > 0 else { throw DatasetsError(.noRecords, "\(features.place): no rows") }
        let (names, columns) = try chosenColumns(of: features)

        let selection = try readTasks(of: archive, recordCount: recordCount)
        let chosen = try selection.tasks.chosen(options.tasks, file: file.path)
        try TaskRecords.checkSize(
            recordCount: chosen.reduce(0) { $0 + selection.tasks.recordCounts[$1] }, dimension: names.count,
            file: file.path)
        var places = [Int?](repeating: nil, count: selection.tasks.names.count)
        var records: [TaskRecords] = []
        for task in chosen {
            places[task] = records.count
            records.append(
                TaskRecords(
                    name: selection.tasks.names[task], recordCount: selection.tasks.recordCounts[task],
                    dimension: names.count))
        }
        let slots = selection.slots.map { slot in
            places[slot.task].map { Slot(task: $0, record: slot.record) }
        }

        var targets = try array(options.arrayNames.targets, of: archive)
        try checkVector(targets, recordCount: recordCount)
        try targets.readDoubles { row, _, value in
            if let slot = slots[row] { records[slot.task].setTarget(ofRecord: slot.record, to: value) }
        }
        try features.readDoubles { row, column, value in
            if let slot = slots[row], let feature = columns[column] {
                records[slot.task].setFeature(feature, ofRecord: slot.record, to: value)
            }
        }
        return Dataset(tasks: TaskRecords.data(of: records), featureNames: names)
    }

    /// Returns the names of the features and, for each column of the array, the feature it is, if any.
    private func chosenColumns(of array: NumPyArrayReader) throws -> (names: [String], columns: [Int?]) {
        let count = array.header.shape[1]
        guard (1...DatasetsLimits.columnCount).contains(count) else {
            throw DatasetsError(
                .tooLarge, "\(array.place): \(count) columns; allowed are 1 to \(DatasetsLimits.columnCount)")
        }
        let all = (1...count).map { "x\($0)" }
        guard let names = options.featureColumns else { return (all, Array(0..<count)) }
        var columns = [Int?](repeating: nil, count: count)
        for (feature, name) in names.enumerated() {
            guard let column = all.firstIndex(of: name) else {
                throw DatasetsError(
                    .missingColumn,
                    "\(array.place): no column \(MessageText.quoted(name)); "
                        + "the columns are called x1 to x\(count)")
            }
            guard columns[column] == nil else {
                throw DatasetsError(
                    .duplicateColumn,
                    "\(array.place): feature column \(MessageText.quoted(name)) is named twice")
            }
            columns[column] = feature
        }
        guard !names.isEmpty else {
            throw DatasetsError(.missingColumn, "\(array.place): the list of feature columns is empty")
        }
        return (names, columns)
    }

    /// Returns the tasks of all records and, for each row, its task and its place among that task's records.
    private func readTasks(
        of archive: ZipArchive, recordCount: Int
    ) throws -> (tasks: TaskSelection, slots: [Slot]) {
        var tasks = TaskSelection()
        var slots: [Slot] = []
        slots.reserveCapacity(recordCount)
        func add(_ name: String, row: Int) throws {
            let bytes = Array(name.utf8)[...]
            try tasks.count(bytes, place: "\(file.path), row \(row)")
            guard let task = tasks.index(of: bytes) else { return }
            slots.append(Slot(task: task, record: tasks.recordCounts[task] - 1))
        }
        if let member = try member(options.arrayNames.tasks, of: archive) {
            var array = try NumPyArrayReader(source: ZipMemberReader(file: file, member: member))
            try checkVector(array, recordCount: recordCount)
            try array.readIntegers { row, value in try add(String(value), row: row) }
        } else {
            for row in 0..<recordCount { try add(options.defaultTaskName, row: row) }
        }
        return (tasks, slots)
    }

    private func checkVector(_ array: NumPyArrayReader, recordCount: Int) throws {
        let shape = array.header.shape
        guard shape[0] == recordCount, shape.count == 1 || shape[1] == 1 else {
            throw DatasetsError(
                .unsuitableArray,
                "\(array.place): shape \(shape); \(MessageText.quoted(options.arrayNames.features)) has "
                    + "\(recordCount) rows, so [\(recordCount)] is needed")
        }
    }

    private func array(_ name: String, of archive: ZipArchive) throws -> NumPyArrayReader {
        guard let member = try member(name, of: archive) else {
            throw DatasetsError(
                .unsuitableArray,
                "\(file.path): no array \(MessageText.quoted(name)); "
                    + "the archive has \(MessageText.list(archive.members.map(\.name)))")
        }
        return try NumPyArrayReader(source: ZipMemberReader(file: file, member: member))
    }

    private func member(_ name: String, of archive: ZipArchive) throws -> ZipArchive.Member? {
        let found = archive.members.filter { $0.name == name + ".npy" }
        guard found.count <= 1 else {
            throw DatasetsError(
                .malformedArchive, "\(file.path): array \(MessageText.quoted(name)) stands twice")
        }
        return found.first
    }
}
