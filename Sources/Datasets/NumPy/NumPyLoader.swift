/// Loads a data set from the arrays of an `.npz` file.
struct NumPyLoader {
    private let file: InputFile
    private let options: DatasetOptions

    /// Creates a loader of an open file.
    init(file: InputFile, options: DatasetOptions) {
        self.file = file
        self.options = options
    }

    /// Returns the data set.
    func load() throws -> Dataset {
        guard ![options.targetColumn, options.taskColumn].contains(options.featureArray) else {
            throw DatasetsError(
                .duplicateColumn,
                "\(file.path): array \(MessageText.quoted(options.featureArray)) holds the features and cannot be "
                    + "the task's or target's too")
        }
        let archive = try ZipArchive(file: file)
        var features = try array(options.featureArray, role: "the features", of: archive)
        let rowCount = try features.recordCount(of: "features")
        let (names, columns) = try NumPyColumns(of: features, letter: "x")
            .features(options.featureColumns, except: [])

        var records = NumPyRecords(file: file.path, rowCount: rowCount)
        if let name = options.taskColumn {
            var tasks = try array(name, role: "task_column", of: archive)
            try checkVector(tasks, recordCount: rowCount)
            try tasks.readIntegers { _, value in try records.add(toTask: String(value)) }
        } else {
            for _ in 0..<rowCount { try records.add(toTask: options.defaultTaskName) }
        }
        try records.choose(options.tasks, dimension: names.count)

        var targets = try array(options.targetColumn, role: "target_column", of: archive)
        try checkVector(targets, recordCount: rowCount)
        try targets.readDoubles { row, _, value in records.setTarget(ofRow: row, to: value) }
        try features.readDoubles { row, column, value in
            if let feature = columns[column] { records.setFeature(feature, ofRow: row, to: value) }
        }
        return records.dataset(featureNames: names)
    }

    private func checkVector(_ array: NumPyArrayReader, recordCount: Int) throws {
        let shape = array.header.shape
        guard shape[0] == recordCount, shape.count == 1 || shape[1] == 1 else {
            throw DatasetsError(
                .unsuitableArray,
                "\(array.place): shape \(shape); \(MessageText.quoted(options.featureArray)) has "
                    + "\(recordCount) rows, so [\(recordCount)] is needed")
        }
    }

    private func array(_ name: String, role: String, of archive: ZipArchive) throws -> NumPyArrayReader {
        guard let member = try member(name, of: archive) else {
            throw DatasetsError(
                .unsuitableArray,
                "\(file.path): no array \(MessageText.quoted(name)) (\(role)); the features are the array "
                    + "\(MessageText.quoted(options.featureArray)), and task_column and target_column name the "
                    + "arrays of tasks and targets; the archive has \(MessageText.list(archive.members.map(\.name)))"
            )
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
