/// Where a CSV file's task, target and features stand.
struct CSVColumns {
    /// The names in the header, in file order.
    let header: [String]
    /// The place of the task column, if one was asked for.
    let task: Int?
    /// The place of the target column.
    let target: Int
    /// The place of the column of persons, if one was asked for.
    let person: Int?
    /// The places of the feature columns, in the order of the features.
    let features: [Int]

    /// Reads the header and finds the columns.
    ///
    /// - Throws: ``DatasetsError``: `noRecords` without a header, `duplicateColumn`, `missingColumn`.
    init(reader: inout CSVReader, options: DatasetOptions, file: String) throws {
        guard try reader.next() else {
            throw DatasetsError(.noRecords, "\(file): the file is empty; it needs a header line and records")
        }
        let place = "\(file), line \(reader.line)"
        var header: [String] = []
        var places: [String: Int] = [:]
        for index in 0..<reader.fieldCount {
            guard let name = String(validating: reader.field(index), as: UTF8.self) else {
                throw DatasetsError(
                    .unsupportedFormat, "\(place): the name of column \(index + 1) is not UTF-8 text")
            }
            guard !name.isEmpty else {
                throw DatasetsError(.duplicateColumn, "\(place): column \(index + 1) has no name")
            }
            if let earlier = places.updateValue(index, forKey: name) {
                throw DatasetsError(
                    .duplicateColumn,
                    "\(place): columns \(earlier + 1) and \(index + 1) are both called "
                        + "\(MessageText.quoted(name)); names must differ")
            }
            header.append(name)
        }
        self.header = header

        func find(_ name: String, _ role: String) throws -> Int {
            if let place = places[name] { return place }
            var hint = ""
            if header.count == 1, header[0].contains(where: { $0 == ";" || $0 == "\t" }) {
                hint = "; fields must be separated by commas"
            }
            throw DatasetsError(
                .missingColumn,
                "\(place): no column \(MessageText.quoted(name)) (\(role)); the header has "
                    + MessageText.list(header) + hint)
        }
        let task = try options.taskColumn.map { try find($0, "task") }
        let target = try find(options.targetColumn, "target")
        let person = try options.personColumn.map { try find($0, "person") }
        for other in [task, target] where person != nil && other == person {
            throw DatasetsError(
                .duplicateColumn,
                "\(place): column \(MessageText.quoted(options.personColumn ?? "")) cannot be both person and task or "
                    + "target")
        }
        guard task != target else {
            throw DatasetsError(
                .duplicateColumn,
                "\(place): column \(MessageText.quoted(options.targetColumn)) cannot be both task and target")
        }
        if let names = options.featureColumns {
            features = try names.map { try find($0, "feature") }
        } else {
            features = header.indices.filter { $0 != task && $0 != target && $0 != person }
        }
        guard !features.isEmpty else {
            throw DatasetsError(
                .missingColumn,
                "\(place): no feature column is left; the header has \(MessageText.list(header))")
        }
        var seen: Set<Int> = []
        for feature in features {
            guard seen.insert(feature).inserted, feature != target, feature != task,
                feature != person
            else {
                throw DatasetsError(
                    .duplicateColumn,
                    "\(place): feature column \(MessageText.quoted(header[feature])) is named twice "
                        + "or is the task, target or person column")
            }
        }
        self.task = task
        self.target = target
        self.person = person
    }
}
