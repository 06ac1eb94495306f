/// Loads a data set from an `.npy` file: one array, a row a record, its columns called `c1`, `c2` and so on.
struct NumPyTableLoader {
    private let file: InputFile
    private let options: DatasetOptions

    /// Creates a loader of an open file.
    init(file: InputFile, options: DatasetOptions) {
        self.file = file
        self.options = options
    }

    /// Returns the data set; with a task column the file is read twice.
    func load() throws -> Dataset {
        var table = try NumPyArrayReader(source: NumPyFileReader(file: file))
        let rowCount = try table.recordCount(of: "records")
        let columns = try NumPyColumns(of: table, letter: "c")
        let target = try columns.index(of: options.targetColumn, role: "target_column")
        let task = try options.taskColumn.map { try columns.index(of: $0, role: "task_column") }
        guard target != task else {
            throw DatasetsError(
                .duplicateColumn,
                "\(file.path): column \(MessageText.quoted(options.targetColumn)) cannot be both task and target"
            )
        }
        let (names, features) = try columns.features(
            options.featureColumns, except: [target, task].compactMap { $0 })

        var records = NumPyRecords(file: file.path, rowCount: rowCount)
        if let task {
            for value in try wholeNumbers(inColumn: task) { try records.add(toTask: String(value)) }
        } else {
            for _ in 0..<rowCount { try records.add(toTask: options.defaultTaskName) }
        }
        try records.choose(options.tasks, dimension: names.count)
        try table.readDoubles { row, column, value in
            if column == target {
                records.setTarget(ofRow: row, to: value)
            } else if let feature = features[column] {
                records.setFeature(feature, ofRow: row, to: value)
            }
        }
        return records.dataset(featureNames: names)
    }

    /// Returns one column, in the order of the rows: a column-major array gives them in that order too.
    private func wholeNumbers(inColumn wanted: Int) throws -> [Int64] {
        var table = try NumPyArrayReader(source: NumPyFileReader(file: file))
        var values: [Int64] = []
        try table.readDoubles { row, column, value in
            guard column == wanted else { return }
            guard let number = Int64(exactly: value) else {
                throw DatasetsError(
                    .unsuitableArray,
                    "\(file.path), row \(row), column \"c\(column + 1)\": the task \(value) is no whole number; "
                        + "number the tasks")
            }
            values.append(number)
        }
        return values
    }
}
