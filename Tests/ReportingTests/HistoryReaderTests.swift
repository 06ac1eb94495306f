internal import Reporting
internal import TestSupport
internal import Testing

@Suite struct HistoryReaderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("a history reads back as it was written, names with commas and quotes too")
    func roundTrip() throws {
        let path = folder.file("history.csv")
        let names = ["a", "b, \"c\"", " é "]
        var records: [HistoryRecord] = []
        for index in 1...3_000 {
            records.append(
                HistoryRecord(
                    time: .milliseconds(250 * index), version: UInt64(index), task: names[index % 3],
                    staleness: UInt64(index % 7), relaxation: 0.9, residual: 1 / Double(index),
                    byteCount: index))
        }
        var writer = try HistoryWriter(path: path)
        for record in records { try writer.append(record) }
        try writer.close()
        var read: [HistoryRecord] = []
        try HistoryReader.forEach(path: path) { read.append($0) }
        #expect(read == records)
    }

    @Test("another table is refused by its first line")
    func otherTable() throws {
        let path = try folder.write("a,b\n1,2\n", to: "other.csv")
        #expect(throws: ReportingError(.malformedTable, "")) {
            try HistoryReader.forEach(path: path) { _ in }
        }
    }

    @Test("lines are read up to the bound and no further", arguments: [-1, 0, 1])
    func longLines(offset: Int) throws {
        let count = ReportingLimits.lineByteCount + offset
        let path = try folder.write("x\n" + String(repeating: "y", count: count), to: "lines")
        var lines: [Int] = []
        let read = { try FileLines.forEach(path: path) { lines.append($0.count) } }
        // It has no line feed yet, and is left out; only one that is too long is refused.
        if offset > 0 {
            #expect(throws: ReportingError(.tooLarge, "")) { try read() }
        } else {
            try read()
            #expect(lines == [1])
        }
    }

    @Test(
        "fields of a line are told apart, or the line is refused",
        arguments: [
            ("a,b", ["a", "b"]), ("", [""]), (",", ["", ""]), ("\"a,b\",c", ["a,b", "c"]),
            ("\"say \"\"hi\"\"\"", ["say \"hi\""]), ("\"a", nil), ("\"a\"b", nil), ("\"\"", [""]),
        ] as [(String, [String]?)])
    func fields(line: String, fields: [String]?) {
        #expect(CSVText.fields(Array(line.utf8)[...]) == fields)
    }
}
