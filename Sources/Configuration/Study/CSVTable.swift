/// A small CSV file with a header: comma-separated, a field in quotation marks where it holds a comma.
struct CSVTable {
    /// One line that is not empty.
    struct Row {
        /// Counted from 1.
        let line: Int
        /// As many as the header's.
        let fields: [String]
    }

    let header: [String]
    let rows: [Row]
    private let path: String

    /// Reads a file.
    ///
    /// - Throws: ``ConfigurationError``.
    init(path: String, what: String) throws(ConfigurationError) {
        self.path = path
        let text = try LocalFile.text(path, what: what)
        var rows: [Row] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, content) in lines.enumerated() {
            guard content.contains(where: { $0 != " " && $0 != "\t" }) else { continue }
            let fields = try Self.fields(of: content, path: path, line: index + 1)
            if let header = rows.first, fields.count != header.fields.count {
                throw Self.refusal(
                    path: path, line: index + 1, got: "\(fields.count) fields",
                    allowed: "\(header.fields.count), as the header has", fix: "correct the line")
            }
            rows.append(Row(line: index + 1, fields: fields))
        }
        guard let first = rows.first else {
            throw Self.refusal(
                path: path, line: 1, got: "nothing", allowed: "a header and lines below it", fix: "fill it in"
            )
        }
        header = first.fields
        self.rows = Array(rows.dropFirst())
    }

    /// Returns a field as a finite decimal number.
    func number(_ row: Row, _ index: Int) throws(ConfigurationError) -> Double {
        guard let value = SettingReader.decimal(row.fields[index]), value.isFinite else {
            throw refusal(
                line: row.line, got: row.fields[index], allowed: "a finite decimal number", fix: "correct it")
        }
        return value
    }

    func refusal(line: Int, got: String, allowed: String, fix: String) -> ConfigurationError {
        Self.refusal(path: path, line: line, got: got, allowed: allowed, fix: fix)
    }

    private static func refusal(
        path: String, line: Int, got: String, allowed: String, fix: String
    ) -> ConfigurationError {
        ConfigurationError(
            .outOfRange, "\(path):\(line): got \(SettingNode.quote(got)); allowed: \(allowed); \(fix)")
    }

    private static func fields(
        of line: Substring, path: String, line number: Int
    ) throws(ConfigurationError) -> [String] {
        var fields: [String] = []
        var field = ""
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted:
                fields.append(field)
                field = ""
            default: field.append(character)
            }
        }
        guard !isQuoted else {
            throw refusal(
                path: path, line: number, got: field, allowed: "quotation marks in pairs",
                fix: "close the field")
        }
        fields.append(field)
        return fields.map { String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
    }
}
