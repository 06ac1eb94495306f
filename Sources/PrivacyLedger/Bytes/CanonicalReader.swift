/// Reads the fields of a body; everything that ``CanonicalWriter`` would not have written is an error.
struct CanonicalReader {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Reads the format's version; `subject` is what is of it, for the message.
    mutating func formatVersion(of subject: String) throws(LedgerError) {
        let version = try byte()
        guard version == LedgerLimits.formatVersion else {
            throw LedgerError(
                .malformed,
                "\(subject) of format version \(version); this build reads \(LedgerLimits.formatVersion)")
        }
    }

    mutating func byte() throws(LedgerError) -> UInt8 { try take(1).first ?? 0 }

    mutating func integer() throws(LedgerError) -> UInt64 {
        try take(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func time() throws(LedgerError) -> Int64 { Int64(bitPattern: try integer()) }

    /// A finite number of at least 0, and not the negative zero.
    mutating func number() throws(LedgerError) -> Double {
        let value = Double(bitPattern: try integer())
        guard value.isFinite, value.sign == .plus else {
            throw LedgerError(.malformed, "a number that is not finite, or negative")
        }
        return value
    }

    mutating func hash() throws(LedgerError) -> LedgerHash {
        guard let hash = LedgerHash(bytes: try take(LedgerHash.byteCount)) else {
            throw LedgerError(.malformed, "a hash of another size")
        }
        return hash
    }

    mutating func fixed(_ count: Int) throws(LedgerError) -> [UInt8] { Array(try take(count)) }

    mutating func name() throws(LedgerError) -> String {
        let utf8 = try take(Int(try byte()))
        let text = String(decoding: utf8, as: UTF8.self)
        guard text.utf8.elementsEqual(utf8) else { throw LedgerError(.malformed, "a name that is not UTF-8") }
        try LedgerName.require(text)
        return text
    }

    /// Checks that nothing follows.
    func end() throws(LedgerError) {
        guard offset == bytes.count else {
            throw LedgerError(.malformed, "\(bytes.count - offset) bytes follow the last field")
        }
    }

    private mutating func take(_ count: Int) throws(LedgerError) -> ArraySlice<UInt8> {
        guard count <= bytes.count - offset else {
            throw LedgerError(.malformed, "\(bytes.count) bytes are too few for its fields")
        }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }
}
