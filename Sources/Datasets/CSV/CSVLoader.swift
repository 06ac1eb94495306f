/// Loads a data set from a CSV file in two passes.
struct CSVLoader {
    private let file: InputFile
    private let options: DatasetOptions
    private let defaultTaskName: [UInt8]

    /// Creates a loader of an open file.
    init(file: InputFile, options: DatasetOptions) {
        self.file = file
        self.options = options
        defaultTaskName = Array(options.defaultTaskName.utf8)
    }

    /// Returns the data set.
    func load() throws -> Dataset {
        var reader = try CSVReader(file: file)
        let columns = try CSVColumns(reader: &reader, options: options, file: file.path)
        var selection = TaskSelection()
        while try reader.next() {
            try selection.count(
                taskName(of: reader, columns), place: "\(file.path), line \(reader.line)")
        }
        guard !selection.names.isEmpty else {
            throw DatasetsError(.noRecords, "\(file.path): a header and no records")
        }
        let chosen = try selection.chosen(options.tasks, file: file.path)
        try TaskRecords.checkSize(
            recordCount: chosen.reduce(0) { $0 + selection.recordCounts[$1] },
            dimension: columns.features.count, file: file.path)
        return try fill(selection, chosen, columns)
    }

    /// The second pass: numbers into arrays whose sizes the first pass has found.
    private func fill(_ selection: TaskSelection, _ chosen: [Int], _ columns: CSVColumns) throws -> Dataset {
        var selection = selection
        var places = [Int?](repeating: nil, count: selection.names.count)
        var records: [TaskRecords] = []
        for task in chosen {
            places[task] = records.count
            records.append(
                TaskRecords(
                    name: selection.names[task], recordCount: selection.recordCounts[task],
                    dimension: columns.features.count, hasPersons: columns.person != nil, file: file.path,
                    unit: .line))
        }
        var filledCounts = [Int](repeating: 0, count: records.count)
        var reader = try CSVReader(file: file)
        guard try reader.next() else { throw changed() }
        while try reader.next() {
            guard let task = selection.index(of: try taskName(of: reader, columns)) else { throw changed() }
            guard let place = places[task] else { continue }
            let record = filledCounts[place]
            guard record < records[place].recordCount else { throw changed() }
            records[place].setPlace(ofRecord: record, to: reader.line)
            for (feature, column) in columns.features.enumerated() {
                let value = try number(in: reader, column, columns)
                records[place].setFeature(feature, ofRecord: record, to: value)
            }
            let target = try number(in: reader, columns.target, columns)
            records[place].setTarget(ofRecord: record, to: target)
            if let column = columns.person {
                records[place].setPerson(ofRecord: record, to: try person(in: reader, column, columns))
            }
            filledCounts[place] += 1
        }
        guard zip(filledCounts, records).allSatisfy({ $0 == $1.recordCount }) else { throw changed() }
        return Dataset(
            tasks: TaskRecords.data(of: records), featureNames: columns.features.map { columns.header[$0] })
    }

    /// Returns the name of the record's task, having checked the number of fields.
    private func taskName(of reader: CSVReader, _ columns: CSVColumns) throws -> ArraySlice<UInt8> {
        guard reader.fieldCount == columns.header.count else {
            throw DatasetsError(
                .raggedRecord,
                "\(file.path), line \(reader.line): \(reader.fieldCount) fields; "
                    + "the header has \(columns.header.count)")
        }
        guard let column = columns.task else { return defaultTaskName[...] }
        let name = reader.field(column)
        guard !name.isEmpty else {
            throw DatasetsError(.emptyField, "\(place(reader, column, columns)): empty; a task needs a name")
        }
        return name
    }

    private func person(in reader: CSVReader, _ column: Int, _ columns: CSVColumns) throws -> String {
        let field = reader.field(column)
        guard !field.isEmpty, let name = String(validating: field, as: UTF8.self) else {
            throw DatasetsError(
                .emptyField,
                "\(place(reader, column, columns)): empty or no UTF-8 text; every record is somebody's")
        }
        return name
    }

    private func number(in reader: CSVReader, _ column: Int, _ columns: CSVColumns) throws -> Double {
        let text = reader.field(column)
        switch DecimalNumber.parse(text) {
        case .finite(let value):
            return value
        case .nonFinite:
            throw DatasetsError(
                .nonFinite,
                "\(place(reader, column, columns)): \(MessageText.quoted(text)) is not finite; "
                    + "remove the record or fill the value in")
        case .malformed where text.isEmpty:
            throw DatasetsError(
                .emptyField,
                "\(place(reader, column, columns)): empty; remove the record or fill the value in")
        case .malformed:
            throw DatasetsError(
                .notANumber,
                "\(place(reader, column, columns)): \(MessageText.quoted(text)) is not a number; "
                    + "allowed are decimal numbers such as -1.5 or 2e-3")
        }
    }

    private func place(_ reader: CSVReader, _ column: Int, _ columns: CSVColumns) -> String {
        "\(file.path), line \(reader.line), column \(MessageText.quoted(columns.header[column]))"
    }

    private func changed() -> DatasetsError {
        DatasetsError(.changedWhileRead, "\(file.path): changed while it was read; load it again")
    }
}
