/// Reads `history.csv` back, in bounded memory.
package enum HistoryReader {
    /// Hands over each record of a history, in its order; a line that is not yet whole is left out.
    ///
    /// - Throws: ``ReportingError``: `malformedTable` with file and line, `fileSystem`, `tooLarge`; what `body` throws.
    package static func forEach(path: String, _ body: (HistoryRecord) throws -> Void) throws {
        var lineNumber = 0
        try FileLines.forEach(path: path) { line in
            lineNumber += 1
            if lineNumber == 1 {
                guard line.elementsEqual(HistoryWriter.header.utf8) else {
                    throw ReportingError(
                        .malformedTable,
                        "\(path), line 1: a history begins with the line \(HistoryWriter.header)")
                }
                return
            }
            guard let record = record(line) else {
                throw ReportingError(
                    .malformedTable,
                    "\(path), line \(lineNumber): not a record of \(HistoryWriter.header)")
            }
            try body(record)
        }
    }

    private static func record(_ line: ArraySlice<UInt8>) -> HistoryRecord? {
        guard let fields = CSVText.fields(line), fields.count == 7 else { return nil }
        guard let seconds = Double(fields[0]), seconds.magnitude < 1e15, let version = UInt64(fields[1]),
            let staleness = UInt64(fields[3]), let relaxation = Double(fields[4]),
            let residual = Double(fields[5]), let byteCount = Int(fields[6])
        else { return nil }
        return HistoryRecord(
            time: .seconds(seconds), version: version, task: fields[2], staleness: staleness,
            relaxation: relaxation, residual: residual, byteCount: byteCount)
    }
}
