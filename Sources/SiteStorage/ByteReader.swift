/// Bytes that are no entry of a journal.
struct MalformedEntry: Error {}

/// Reads the fields of a journal's entries, little-endian, in order.
struct ByteReader {
    private let source: [UInt8]
    private var offset = 0

    init(_ source: [UInt8]) {
        self.source = source
    }

    var isAtEnd: Bool { offset == source.count }

    mutating func byte() throws(MalformedEntry) -> UInt8 {
        try take(1).first ?? 0
    }

    mutating func integer() throws(MalformedEntry) -> UInt64 {
        try take(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func fixed(_ count: Int) throws(MalformedEntry) -> [UInt8] {
        Array(try take(count))
    }

    /// Bytes with their count before them.
    mutating func bytes() throws(MalformedEntry) -> [UInt8] {
        Array(try take(try count()))
    }

    mutating func text() throws(MalformedEntry) -> String {
        String(decoding: try take(try count()), as: UTF8.self)
    }

    /// Numbers with their count before them.
    mutating func numbers(maximumCount: Int) throws(MalformedEntry) -> [Double] {
        let count = try count()
        guard count <= maximumCount else { throw MalformedEntry() }
        let bytes = try take(8 * count)
        return bytes.withUnsafeBytes { buffer in
            (0..<count).map {
                Double(
                    bitPattern: UInt64(
                        littleEndian: buffer.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self)))
            }
        }
    }

    private mutating func count() throws(MalformedEntry) -> Int {
        Int(clamping: try integer())
    }

    private mutating func take(_ count: Int) throws(MalformedEntry) -> ArraySlice<UInt8> {
        guard count >= 0, count <= source.count - offset else { throw MalformedEntry() }
        defer { offset += count }
        return source[offset..<offset + count]
    }
}

extension [UInt8] {
    mutating func append(integer value: UInt64) {
        Swift.withUnsafeBytes(of: value.littleEndian) { self.append(contentsOf: $0) }
    }

    mutating func append(counted bytes: [UInt8]) {
        append(integer: UInt64(bytes.count))
        self += bytes
    }

    mutating func append(text: String) {
        append(integer: UInt64(text.utf8.count))
        self += text.utf8
    }

    mutating func append(numbers: [Double]) {
        append(integer: UInt64(numbers.count))
        let words = numbers.map { $0.bitPattern.littleEndian }
        words.withUnsafeBytes { self.append(contentsOf: $0) }
    }
}
