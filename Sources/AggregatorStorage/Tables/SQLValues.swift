internal import GRDB
internal import GRDBSQLite
internal import Sodium

/// Values of a statement's parameters, one behind the other in one piece of memory.
///
/// Each is a tag, and behind it, except for null, eight bytes: a number little-endian, or how many bytes of a text or
/// a blob follow. It is the form that a row's checksum is over, and SQLite reads texts and blobs where they stand.
struct SQLValues: Sendable {
    private enum Tag {
        static let null: UInt8 = 0
        static let integer: UInt8 = 1
        static let real: UInt8 = 2
        static let text: UInt8 = 3
        static let blob: UInt8 = 4
    }

    static let checksumByteCount = 16

    private(set) var bytes: [UInt8] = []
    private(set) var count = 0
    /// Bytes up to the last value that is not null.
    private(set) var presentByteCount = 0

    /// Creates no values.
    ///
    /// - Parameter byteCount: How many bytes they will take, about.
    init(byteCount: Int = 384) {
        bytes.reserveCapacity(byteCount)
    }

    /// Creates values that were read.
    init(_ values: [DatabaseValue]) {
        self.init()
        for value in values {
            switch value.storage {
            case .null: appendNull()
            case .int64(let number): append(Tag.integer, UInt64(bitPattern: number))
            case .double(let number): append(Tag.real, number.bitPattern)
            case .string(let text): append(text)
            case .blob(let data): append(Tag.blob, followedBy: data)
            }
        }
    }

    /// BLAKE2b over the values; nulls at the end do not count: a migration appends such to rows that were written
    /// before it.
    var checksum: [UInt8] {
        var hasher = Blake2b(length: Self.checksumByteCount)
        hasher.update(bytes.span.extracting(first: presentByteCount))
        return hasher.finalize()
    }
}

// MARK: - Appending

extension SQLValues {
    mutating func append(_ value: UInt64) {
        append(Tag.integer, UInt64(bitPattern: Int64(clamping: value)))
    }

    mutating func append(_ value: Int) {
        append(Tag.integer, UInt64(bitPattern: Int64(value)))
    }

    mutating func append(_ value: Bool) {
        append(value ? 1 : 0)
    }

    mutating func append(_ value: Double) {
        // SQLite stores no NaN, and no sign of a zero.
        if value.isNaN { appendNull() } else { append(Tag.real, (value + 0).bitPattern) }
    }

    mutating func append(_ value: String) {
        append(Tag.text, followedBy: value.utf8)
    }

    mutating func append(_ value: [UInt8]) {
        append(Tag.blob, followedBy: value)
    }

    /// Appends float64 numbers, little-endian, as one blob.
    mutating func append(_ numbers: [Double]) {
        let words = numbers.map { $0.bitPattern.littleEndian }
        append(Tag.blob, UInt64(words.count * MemoryLayout<UInt64>.size))
        unsafe words.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        presentByteCount = bytes.count
    }

    /// Appends a time in whole nanoseconds.
    mutating func append(_ time: Duration) {
        let (seconds, attoseconds) = time.components
        append(Tag.integer, UInt64(bitPattern: seconds * 1_000_000_000 + attoseconds / 1_000_000_000))
    }

    mutating func appendNull() {
        bytes.append(Tag.null)
        count += 1
    }

    mutating func append(_ value: UInt64?) {
        if let value { append(value) } else { appendNull() }
    }

    mutating func append(_ value: Double?) {
        if let value { append(value) } else { appendNull() }
    }

    private mutating func append(_ tag: UInt8, followedBy content: some Collection<UInt8>) {
        append(tag, UInt64(content.count))
        bytes.append(contentsOf: content)
        presentByteCount = bytes.count
    }

    private mutating func append(_ tag: UInt8, _ word: UInt64) {
        bytes.append(tag)
        append(word: word)
        count += 1
        presentByteCount = bytes.count
    }

    private mutating func append(word: UInt64) {
        unsafe withUnsafeBytes(of: word.littleEndian) { unsafe bytes.append(contentsOf: $0) }
    }
}

// MARK: - Binding

extension SQLValues {
    /// Runs `body` while the values are bound to a statement's parameters, in order.
    ///
    /// - Returns: SQLite's code of the first value that could not be bound, otherwise what `body` returns.
    func withBound(to statement: OpaquePointer, _ body: () -> CInt) -> CInt {
        unsafe bytes.withUnsafeBytes { raw in
            var offset = 0
            for index in 0..<count {
                let index = CInt(index + 1)
                let tag = unsafe raw[offset]
                offset += 1
                var code = SQLITE_OK
                if tag == Tag.null {
                    code = unsafe sqlite3_bind_null(statement, index)
                } else {
                    let word = UInt64(
                        littleEndian: unsafe raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                    offset += MemoryLayout<UInt64>.size
                    switch tag {
                    case Tag.integer:
                        code = unsafe sqlite3_bind_int64(statement, index, Int64(bitPattern: word))
                    case Tag.real:
                        code = unsafe sqlite3_bind_double(statement, index, Double(bitPattern: word))
                    default:
                        // Without a destructor it is read where it is, until the statement has run.
                        let start = unsafe raw.baseAddress?.advanced(by: offset)
                        code =
                            tag == Tag.text
                            ? unsafe sqlite3_bind_text64(
                                statement, index, start?.assumingMemoryBound(to: CChar.self), word, nil,
                                UInt8(SQLITE_UTF8))
                            : unsafe sqlite3_bind_blob64(statement, index, start, word, nil)
                        offset += Int(word)
                    }
                }
                guard code == SQLITE_OK else { return code }
            }
            return body()
        }
    }
}

extension Database {
    /// Runs a statement that writes and is used again, which afterwards holds nothing of its values.
    func run(_ sql: String, _ values: SQLValues) throws {
        let statement = unsafe try cachedStatement(sql: sql).sqliteStatement
        let code = unsafe values.withBound(to: statement) { unsafe sqlite3_step(statement) }
        let message = code == SQLITE_DONE ? nil : lastErrorMessage
        // It repeats the step's error.
        _ = unsafe sqlite3_reset(statement)
        _ = unsafe sqlite3_clear_bindings(statement)
        guard code == SQLITE_DONE else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message, sql: sql)
        }
    }
}
