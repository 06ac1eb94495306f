extension LedgerHead {
    /// Bytes of a head in a file of its own.
    package static let byteCount = 3 * LedgerHash.byteCount + 8

    /// The head with a checksum: ledger, number, hash, and BLAKE2b-256 of these behind `atoll ledger newest 1`, a line feed.
    package var bytes: [UInt8] {
        var writer = CanonicalWriter(reservingByteCount: Self.byteCount)
        writer.hash(ledger)
        writer.integer(sequence)
        writer.hash(hash)
        writer.hash(Self.checksum(of: writer.bytes))
        return writer.bytes
    }

    /// Reads a head back.
    ///
    /// - Throws: ``LedgerError`` `malformed` for bytes that ``bytes`` does not give.
    package init(bytes: [UInt8]) throws(LedgerError) {
        var reader = CanonicalReader(bytes)
        self.init(
            ledger: try reader.hash(), sequence: try reader.integer(), hash: try reader.hash())
        let checksum = try reader.hash()
        try reader.end()
        guard checksum == Self.checksum(of: Array(bytes.dropLast(LedgerHash.byteCount))) else {
            throw LedgerError(.malformed, "the checksum is not of these bytes")
        }
    }

    private static func checksum(of bytes: [UInt8]) -> LedgerHash {
        LedgerHash(hashing: Array("atoll ledger newest 1\n".utf8) + bytes)
    }
}
