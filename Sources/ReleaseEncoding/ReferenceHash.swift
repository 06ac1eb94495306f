internal import Sodium

/// Names a reference: 16 bytes, the fingerprint of the release that made it.
///
/// A release says what it is relative to, so a name stands for the whole chain of releases since the last full
/// value, and with it for the vector that both ends hold: no vector is ever hashed, and each release once.
///
/// The fingerprint is Poly1305 under a public key, a quarter of the cost of BLAKE2b. It tells honest states apart:
/// two of `n` bytes share a name with probability below `n / 2^103`. It does not withstand forgery and need not: a
/// forged name would gain a site nothing but a wrong column of its own, which it may write anyway. What must
/// withstand it, the hash in ledger and receipt, is BLAKE2b-256 of the same bytes.
package struct ReferenceHash: Hashable, Sendable {
    package static let byteCount = 16

    /// Names the zero vector, which every decoder holds.
    package static let none = ReferenceHash(low: 0, high: 0)

    /// BLAKE2b-256 of the ASCII bytes of `atoll reference`.
    private static let key = Blake2b.hash([UInt8]("atoll reference".utf8), length: Poly1305.keyByteCount)

    private let low: UInt64
    private let high: UInt64

    /// Creates a name from exactly ``byteCount`` bytes; nil for any other count.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init(
            low: bytes.littleEndian(at: 0, byteCount: 8), high: bytes.littleEndian(at: 8, byteCount: 8))
    }

    /// Creates the name of what both ends hold after a release.
    init(ofRelease release: [UInt8]) {
        let tag = Poly1305.tag(of: release, key: Self.key)
        self.init(low: tag.littleEndian(at: 0, byteCount: 8), high: tag.littleEndian(at: 8, byteCount: 8))
    }

    private init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// The name's ``byteCount`` bytes.
    package var bytes: [UInt8] {
        [UInt8](littleEndian: low, byteCount: 8) + [UInt8](littleEndian: high, byteCount: 8)
    }
}
