package import Sodium

/// One record of a chain: length of the body (4 bytes, little-endian), body, checksum (32), signature (64).
///
/// The checksum is BLAKE2b-256 over the purpose's label, the length and the body. The signature is Ed25519 over the
/// purpose's label and the checksum. The record's hash, which the next body names, is BLAKE2b-256 of the purpose's
/// label, checksum and signature: it covers every byte of the record.
package struct SignedRecord: Sendable, Equatable {
    static let lengthByteCount = 4
    /// Bytes of a record beside its body.
    package static let overheadByteCount =
        lengthByteCount + LedgerHash.byteCount + Ed25519.signatureByteCount

    /// The canonical bytes of an entry.
    package let body: [UInt8]
    /// The hash of the body.
    private let checksum: LedgerHash
    /// The record's hash.
    package let hash: LedgerHash
    /// The signature, 64 bytes, unchecked.
    package let signature: [UInt8]

    /// Creates and signs a record.
    package init(body: [UInt8], purpose: ChainPurpose, key: borrowing Ed25519.SigningKey) {
        precondition(
            LedgerLimits.bodyByteCount.contains(body.count), "a record's body of \(body.count) bytes")
        let checksum = Self.checksum(of: body, purpose: purpose)
        self.init(
            body: body, checksum: checksum,
            signature: key.signature(for: purpose.signatureDomain + checksum.bytes), purpose: purpose)
    }

    private init(body: [UInt8], checksum: LedgerHash, signature: [UInt8], purpose: ChainPurpose) {
        self.body = body
        self.checksum = checksum
        self.signature = signature
        hash = LedgerHash(hashing: purpose.signatureDomain, checksum.bytes, signature)
    }

    /// What begins at a place of a file.
    package enum Parsed: Sendable {
        /// A whole record, whose checksum is right.
        case record(SignedRecord, byteCount: Int)
        /// Fewer bytes than the record's length says.
        case incomplete
        /// Bytes that are no record: the length is out of bounds, or the checksum is another.
        case damaged
    }

    /// Reads the record that begins at `offset` of `bytes`.
    package static func parse(_ bytes: [UInt8], at offset: Int, purpose: ChainPurpose) -> Parsed {
        guard bytes.count - offset >= lengthByteCount else { return .incomplete }
        let length = (0..<lengthByteCount).reversed().reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
        guard LedgerLimits.bodyByteCount.contains(length) else { return .damaged }
        let end = offset + overheadByteCount + length
        guard end <= bytes.count else { return .incomplete }
        let bodyStart = offset + lengthByteCount
        let body = Array(bytes[bodyStart..<bodyStart + length])
        let signatureStart = end - Ed25519.signatureByteCount
        guard let stated = LedgerHash(bytes: bytes[bodyStart + length..<signatureStart]),
            checksum(of: body, purpose: purpose) == stated
        else { return .damaged }
        return .record(
            SignedRecord(
                body: body, checksum: stated, signature: Array(bytes[signatureStart..<end]), purpose: purpose),
            byteCount: end - offset)
    }

    /// Whether the owner of a public key signed the record.
    package func isSigned(by publicKey: [UInt8], purpose: ChainPurpose) -> Bool {
        Ed25519.isValid(signature, for: purpose.signatureDomain + checksum.bytes, publicKey: publicKey)
    }

    /// The bytes to append to a file.
    package var bytes: [UInt8] {
        Self.length(ofBodyByteCount: body.count) + body + checksum.bytes + signature
    }

    private static func checksum(of body: [UInt8], purpose: ChainPurpose) -> LedgerHash {
        LedgerHash(hashing: purpose.hashDomain, length(ofBodyByteCount: body.count), body)
    }

    /// The first bytes of a record.
    static func length(ofBodyByteCount count: Int) -> [UInt8] {
        (0..<lengthByteCount).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    }
}
