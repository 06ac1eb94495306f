/// Reads the records of a CSV file one at a time, in bounded memory (RFC 4180; LF or CRLF).
///
/// Empty lines are skipped, a byte order mark is dropped, and the last line may lack its end.
struct CSVReader {
    private static let comma = UInt8(ascii: ",")
    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private enum Scan {
        case record(end: Int, lineCount: Int)
        case incomplete
        case end
    }

    private let file: InputFile
    private var buffer: [UInt8]
    /// Where the next record begins in `buffer`.
    private var position = 0
    /// How many bytes of `buffer` hold data.
    private var available = 0
    private var fileOffset = 0
    private var isAtEnd = false
    private var nextLine = 1
    /// The fields of the current record that hold doubled quotes.
    private var quotedFields: [Int] = []
    private var fields: [Range<Int>] = []

    /// The line on which the current record begins, from 1.
    private(set) var line = 1

    /// Creates a reader at the start of the file.
    init(file: InputFile) throws {
        self.file = file
        buffer = [UInt8](repeating: 0, count: DatasetsLimits.chunkByteCount)
        try refill()
        let start = buffer[..<available]
        if start.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) {
            throw DatasetsError(.unsupportedFormat, "\(file.path): UTF-16 text; save it as UTF-8")
        }
    }

    /// The number of fields of the current record.
    var fieldCount: Int { fields.count }

    /// Returns a field of the current record, without its quotes and without blanks at its ends.
    func field(_ index: Int) -> ArraySlice<UInt8> {
        var range = fields[index]
        while let first = range.first, Self.isBlank(buffer[first]) { range = (first + 1)..<range.upperBound }
        while let last = range.last, Self.isBlank(buffer[last]) { range = range.lowerBound..<last }
        return buffer[range]
    }

    /// Goes to the next record; returns false at the end of the file.
    mutating func next() throws -> Bool {
        while true {
            switch try scan() {
            case .incomplete:
                try refill()
            case .end:
                return false
            case .record(let end, let lineCount):
                let isEmptyLine = fields.count == 1 && fields[0].isEmpty && fields[0].lowerBound == position
                position = end
                line = nextLine
                nextLine += lineCount
                if isEmptyLine { continue }
                undoubleQuotes()
                return true
            }
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    /// Finds the fields of the record at `position`.
    private mutating func scan() throws -> Scan {
        fields.removeAll(keepingCapacity: true)
        quotedFields.removeAll(keepingCapacity: true)
        if position == available, isAtEnd { return .end }
        var index = position
        var lineCount = 1
        while true {
            let start = index
            if index < available, buffer[index] == Self.quote {
                guard let end = try endOfQuotedField(from: start, lineCount: &lineCount) else {
                    return .incomplete
                }
                fields.append((start + 1)..<end)
                index = end + 1
            } else {
                index = endOfPlainField(from: start)
                fields.append(start..<index)
            }
            if fields.count > DatasetsLimits.columnCount {
                throw DatasetsError(
                    .tooLarge, "\(place): more than \(DatasetsLimits.columnCount) fields in one record")
            }
            guard index < available else {
                return isAtEnd ? .record(end: index, lineCount: lineCount) : .incomplete
            }
            switch buffer[index] {
            case Self.comma:
                index += 1
            case Self.lineFeed:
                return .record(end: index + 1, lineCount: lineCount)
            case Self.carriageReturn:
                if index + 1 == available, !isAtEnd { return .incomplete }
                guard index + 1 < available, buffer[index + 1] == Self.lineFeed else {
                    throw malformed("a carriage return without a line feed; end lines by LF or CRLF")
                }
                return .record(end: index + 2, lineCount: lineCount)
            default:
                throw malformed(
                    buffer[start] == Self.quote
                        ? "text after the closing quote of field \(fields.count)"
                        : "a quote inside field \(fields.count), which does not begin with one; "
                            + "put the whole field in quotes and double those inside")
            }
        }
    }

    /// Returns where the unquoted field ends: at a comma, a line end, a quote, or the end of the data.
    private func endOfPlainField(from start: Int) -> Int {
        var index = start
        while index < available {
            let byte = buffer[index]
            if byte == Self.comma || byte == Self.lineFeed || byte == Self.quote
                || byte == Self.carriageReturn
            {
                break
            }
            index += 1
        }
        return index
    }

    /// Returns where the closing quote stands, or nil when more data is needed to tell.
    private mutating func endOfQuotedField(from start: Int, lineCount: inout Int) throws -> Int? {
        var index = start + 1
        while index < available {
            if buffer[index] == Self.lineFeed { lineCount += 1 }
            if buffer[index] == Self.quote {
                if index + 1 == available, !isAtEnd { return nil }
                guard index + 1 < available, buffer[index + 1] == Self.quote else { return index }
                if quotedFields.last != fields.count { quotedFields.append(fields.count) }
                index += 1
            }
            index += 1
        }
        if isAtEnd { throw malformed("the quote that opens field \(fields.count + 1) is never closed") }
        return nil
    }

    /// Makes each doubled quote one quote, in place.
    private mutating func undoubleQuotes() {
        for field in quotedFields {
            let range = fields[field]
            var target = range.lowerBound
            var source = range.lowerBound
            while source < range.upperBound {
                buffer[target] = buffer[source]
                source += buffer[source] == Self.quote ? 2 : 1
                target += 1
            }
            fields[field] = range.lowerBound..<target
        }
    }

    /// Moves the unread bytes to the front and reads more behind them.
    private mutating func refill() throws {
        let unread = available - position
        if position > 0 {
            for index in 0..<unread { buffer[index] = buffer[position + index] }
            position = 0
            available = unread
        } else if available == buffer.count {
            guard buffer.count < DatasetsLimits.recordByteCount else {
                throw DatasetsError(
                    .tooLarge,
                    "\(place): a record longer than \(DatasetsLimits.recordByteCount) bytes; "
                        + "is a quote missing?")
            }
            let more = min(buffer.count, DatasetsLimits.recordByteCount - buffer.count)
            buffer.append(contentsOf: repeatElement(0, count: more))
        }
        let count = try file.read(into: &buffer, from: available, upTo: buffer.count, at: fileOffset)
        isAtEnd = available + count < buffer.count || fileOffset + count >= file.byteCount
        available += count
        fileOffset += count
    }

    private var place: String { "\(file.path), line \(nextLine)" }

    private func malformed(_ fault: String) -> DatasetsError {
        DatasetsError(.malformedText, "\(place): \(fault)")
    }
}
