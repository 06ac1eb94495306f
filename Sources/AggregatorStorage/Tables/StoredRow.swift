internal import FoundationEssentials
internal import GRDB

/// The values of one row that was read, taken in the order of its table's columns.
///
/// SQLite keeps no checksums of its own: a bit that turned in a number would be read as another number.
struct StoredRow {
    let table: StateTable
    private let values: [DatabaseValue]
    private var position = 0

    /// Takes a row that was read.
    ///
    /// - Throws: ``AggregatorStorageError`` `corrupted` where the values are not those that were written.
    init(_ table: StateTable, reading row: Row) throws {
        self.table = table
        values = Array(row.databaseValues.prefix(table.columns.count))
        let checksum = SQLValues(values).checksum
        guard Data.fromDatabaseValue(row[table.columns.count])?.elementsEqual(checksum) == true else {
            throw corruption("its checksum does not fit its values")
        }
    }
}

// MARK: - Reading

extension StoredRow {
    /// An error that names the table, the row, and what to do.
    func corruption(_ what: String) -> AggregatorStorageError {
        Self.corruption(table.name, row: values.first.map { "\($0)" } ?? "?", what)
    }

    /// An error that names the table, the row, and what to do.
    static func corruption(_ table: String, row: String, _ what: String) -> AggregatorStorageError {
        AggregatorStorageError(
            .corrupted,
            "the stored state is corrupted: table '\(table)', row \(row): \(what); restore the state folder from a "
                + "backup, or move it away to begin the study anew (sites rejoin by themselves)")
    }

    private mutating func next() -> (column: String, value: DatabaseValue) {
        precondition(position < values.count, "a row of \(table.name) has no more columns")
        defer { position += 1 }
        return (table.columns[position], values[position])
    }

    mutating func optionalUnsigned() throws -> UInt64? {
        let (column, value) = next()
        if value.isNull { return nil }
        guard case .int64(let number) = value.storage, number >= 0 else {
            throw corruption("\(column) is \(value), no count")
        }
        return UInt64(number)
    }

    mutating func unsigned() throws -> UInt64 {
        try required(try optionalUnsigned())
    }

    mutating func integer(in range: Range<Int>) throws -> Int {
        let number = try unsigned()
        guard let integer = Int(exactly: number), range.contains(integer) else {
            throw corruption(
                "\(previousColumn) is \(number), beyond \(range.lowerBound) to \(range.upperBound - 1)")
        }
        return integer
    }

    mutating func boolean() throws -> Bool {
        try integer(in: 0..<2) == 1
    }

    mutating func optionalReal() throws -> Double? {
        let (column, value) = next()
        if value.isNull { return nil }
        guard case .double(let number) = value.storage, !number.isNaN else {
            throw corruption("\(column) is \(value), no number")
        }
        return number
    }

    mutating func real() throws -> Double {
        try required(try optionalReal())
    }

    mutating func text() throws -> String {
        let (column, value) = next()
        guard case .string(let text) = value.storage else { throw corruption("\(column) is no text") }
        return text
    }

    mutating func optionalBytes(count: Int) throws -> [UInt8]? {
        let (column, value) = next()
        if value.isNull { return nil }
        guard case .blob(let data) = value.storage, data.count == count else {
            throw corruption("\(column) has not \(count) bytes")
        }
        return [UInt8](data)
    }

    mutating func bytes(count: Int) throws -> [UInt8] {
        try required(try optionalBytes(count: count))
    }

    /// Reads finite float64 numbers: exactly so many, or at most so many.
    mutating func numbers(_ counts: ClosedRange<Int>) throws -> [Double] {
        let (column, value) = next()
        guard case .blob(let data) = value.storage, data.count.isMultiple(of: 8),
            counts.contains(data.count / 8)
        else { throw corruption("\(column) has not \(counts) numbers") }
        let numbers = unsafe data.withUnsafeBytes { raw in
            stride(from: 0, to: raw.count, by: 8).map {
                Double(
                    bitPattern: UInt64(
                        littleEndian: unsafe raw.loadUnaligned(fromByteOffset: $0, as: UInt64.self)))
            }
        }
        guard numbers.allSatisfy(\.isFinite) else {
            throw corruption("\(column) holds a number that is not finite")
        }
        return numbers
    }

    mutating func optionalTime() throws -> Duration? {
        try optionalUnsigned().map { .nanoseconds(Int64(clamping: $0)) }
    }

    mutating func time() throws -> Duration {
        try required(try optionalTime())
    }

    private var previousColumn: String { table.columns[max(position - 1, 0)] }

    private func required<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw corruption("\(previousColumn) is missing") }
        return value
    }
}
