/// Reads the fields of a body; everything that ``CanonicalWriter`` would not have written is an error.
struct RecordingReader {
    private let bytes: ArraySlice<UInt8>
    private var offset: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        offset = bytes.startIndex
    }

    mutating func byte() throws(RecordingError) -> UInt8 {
        try require(1)
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func integer() throws(RecordingError) -> UInt64 {
        try require(8)
        var value: UInt64 = 0
        for index in 0..<8 { value |= UInt64(bytes[offset + index]) << UInt64(8 * index) }
        offset += 8
        return value
    }

    /// A number of things of so many bytes each, which are all there.
    mutating func count(ofBytes width: Int) throws(RecordingError) -> Int {
        let value = try integer()
        guard let count = Int(exactly: value), count <= (bytes.endIndex - offset) / max(width, 1) else {
            throw RecordingError(.malformed, "\(value) things of \(width) bytes do not fit its body")
        }
        return count
    }

    /// A number of things that are not there.
    mutating func total() throws(RecordingError) -> Int {
        let value = try integer()
        guard let count = Int(exactly: value) else { throw RecordingError(.malformed, "a count of \(value)") }
        return count
    }

    mutating func number() throws(RecordingError) -> Double {
        let value = Double(bitPattern: try integer())
        guard value.isFinite else { throw RecordingError(.malformed, "a number that is not finite") }
        return value
    }

    mutating func numbers(_ count: Int) throws(RecordingError) -> [Double] {
        try require(count, of: 8)
        var values: [Double] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try number()) }
        return values
    }

    mutating func steps(_ count: Int) throws(RecordingError) -> [Int64] {
        try integers(count).map { Int64(bitPattern: $0) }
    }

    mutating func integers(_ count: Int) throws(RecordingError) -> [UInt64] {
        try require(count, of: 8)
        var values: [UInt64] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try integer()) }
        return values
    }

    mutating func fixed(_ count: Int) throws(RecordingError) -> [UInt8] {
        try require(count)
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
    }

    mutating func name() throws(RecordingError) -> String {
        let utf8 = try fixed(Int(try byte()))
        let text = String(decoding: utf8, as: UTF8.self)
        guard text.utf8.elementsEqual(utf8) else {
            throw RecordingError(.malformed, "a name that is not UTF-8")
        }
        return text
    }

    mutating func bits(_ count: Int) throws(RecordingError) -> [Bool] {
        let packed = try fixed((count + 7) / 8)
        let values = (0..<count).map { packed[$0 / 8] >> UInt8($0 % 8) & 1 == 1 }
        guard count % 8 == 0 || packed[count / 8] >> UInt8(count % 8) == 0 else {
            throw RecordingError(.malformed, "bits behind the last of \(count)")
        }
        return values
    }

    /// A byte that stands for one of several things.
    mutating func choice<Value>(
        _ what: String, _ value: (UInt8) -> Value?
    ) throws(RecordingError) -> Value {
        let code = try byte()
        guard let value = value(code) else {
            throw RecordingError(.malformed, "the unknown code \(code) of \(what)")
        }
        return value
    }

    /// Checks that nothing follows.
    func end() throws(RecordingError) {
        guard offset == bytes.endIndex else {
            throw RecordingError(.malformed, "\(bytes.endIndex - offset) bytes follow the last field")
        }
    }

    private func require(_ count: Int, of width: Int = 1) throws(RecordingError) {
        guard count <= (bytes.endIndex - offset) / width else {
            throw RecordingError(.malformed, "\(bytes.count) bytes are too few for its fields")
        }
    }
}
