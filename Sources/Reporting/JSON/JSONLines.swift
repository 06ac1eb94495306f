/// Writes JSON lines: one value a line, appended, in bounded memory.
package struct JSONLinesWriter: ~Copyable {
    private var file: LineFile
    /// The number of the last line that the file had when it was opened, where its lines are numbered; 0 for none.
    package let lastNumber: UInt64
    /// Where the file of before is, with all its lines, if more than a tail was cut off.
    package var oldPath: String? { file.oldPath }

    /// Opens a file to append to; a torn last line is cut off.
    package init(path: String) throws {
        file = try LineFile(path: path)
        lastNumber = 0
    }

    /// Opens a file of numbered lines to append to; lines at the end whose number is beyond a bound, and a torn one,
    /// are cut off.
    ///
    /// - Parameter key: Under which each line, an object, has its number.
    package init(path: String, upTo bound: UInt64, of key: String) throws {
        func number(of line: [UInt8]) -> UInt64? {
            (try? JSONValue(parsing: line))?[key]?.doubleValue.flatMap { UInt64(exactly: $0) }
        }
        file = try LineFile(path: path) { line in number(of: line).map { $0 <= bound } ?? false }
        lastNumber = number(of: file.lastLine) ?? 0
    }

    /// Adds a line.
    ///
    /// - Throws: ``ReportingError``: `fileSystem`, or `closed` after ``close()`` or a failed write.
    package mutating func append(_ value: JSONValue) throws {
        try file.append(value.utf8)
    }

    /// Writes what is buffered.
    package mutating func flush() throws {
        try file.flush()
    }

    /// Writes what is buffered and syncs it; the writer takes no more.
    package mutating func close() throws {
        try file.close()
    }
}

/// JSON lines that were written.
package enum JSONLines {
    /// Returns the values of a file's lines; a last line without its line feed is not yet written, and left out.
    ///
    /// - Throws: ``ReportingError``: `fileSystem`, `tooLarge`, or `malformedJSON` with file and line.
    package static func read(path: String) throws -> [JSONValue] {
        var values: [JSONValue] = []
        for (index, line) in lines(of: try FileContents.read(path: path)).enumerated() {
            do {
                values.append(try JSONValue(parsing: Array(line)))
            } catch let error as ReportingError {
                throw ReportingError(error.code, "\(path), line \(index + 1): \(error.message)")
            }
        }
        return values
    }

    /// Returns the values of the lines that begin after the first of a file's last bytes, and how many of these lines
    /// cannot be read.
    ///
    /// - Throws: ``ReportingError`` `fileSystem`.
    package static func readEnd(
        path: String, byteCount: Int
    ) throws -> (values: [JSONValue], unreadableCount: Int) {
        let (bytes, isWhole) = try FileContents.readEnd(path: path, byteCount: byteCount)
        let lines = lines(of: bytes).dropFirst(isWhole ? 0 : 1)
        let values = lines.compactMap { try? JSONValue(parsing: Array($0)) }
        return (values, lines.count - values.count)
    }

    private static func lines(of bytes: [UInt8]) -> ArraySlice<ArraySlice<UInt8>> {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
    }
}
