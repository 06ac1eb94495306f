internal import Sodium

/// A BLAKE2b-256 hash: of a record, of a release's bytes, of a configuration.
package struct LedgerHash: Hashable, Sendable, CustomStringConvertible {
    /// Its size in bytes.
    package static let byteCount = 32
    /// What the first record of a chain names as its predecessor.
    package static let zero = LedgerHash(words: (0, 0, 0, 0))

    private let first, second, third, fourth: UInt64

    private init(words: (UInt64, UInt64, UInt64, UInt64)) {
        (first, second, third, fourth) = words
    }

    /// Creates a hash from exactly ``byteCount`` bytes; nil for any other count.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var words = [UInt64](repeating: 0, count: 4)
        for (index, byte) in bytes.enumerated() { words[index / 8] |= UInt64(byte) << (8 * (index % 8)) }
        self.init(words: (words[0], words[1], words[2], words[3]))
    }

    /// Creates the hash of the concatenated parts.
    init(hashing parts: [UInt8]...) {
        var hasher = Blake2b(length: Self.byteCount)
        for part in parts { hasher.update(part) }
        guard let hash = LedgerHash(bytes: hasher.finalize()) else {
            preconditionFailure("BLAKE2b gave another number of bytes than it was asked for")
        }
        self = hash
    }

    /// Creates the hash of a release's bytes, as ledger and receipt name it: plain BLAKE2b-256.
    package init(ofRelease bytes: [UInt8]) {
        self.init(hashing: bytes)
    }

    /// The bytes.
    package var bytes: [UInt8] {
        [first, second, third, fourth].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
    }

    /// 64 hexadecimal digits.
    package var description: String { Hexadecimal.encode(bytes) }

    /// The first 16 hexadecimal digits, for messages.
    package var short: String { String(description.prefix(16)) }
}
