internal import Sodium

/// Names a reference: 16 bytes of BLAKE2b over its numbers.
///
/// 128 bits tell honest states apart. A forged collision would gain a site nothing but a wrong column of
/// its own, which it may write anyway.
package struct ReferenceHash: Hashable, Sendable {
    package static let byteCount = 16

    /// Names the zero vector, which every decoder holds.
    package static let none = ReferenceHash(unchecked: [UInt8](repeating: 0, count: byteCount))

    package let bytes: [UInt8]

    /// Creates a name from exactly ``byteCount`` bytes; nil for any other count.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init(unchecked: bytes)
    }

    /// Creates the name of a vector: BLAKE2b with 16 bytes of output over its float64 numbers, little-endian.
    init(of value: [Double]) {
        let bytes = [UInt8](littleEndian: value.map(\.bitPattern), elementByteCount: 8)
        self.init(unchecked: Blake2b.hash(bytes, length: Self.byteCount))
    }

    private init(unchecked bytes: [UInt8]) {
        self.bytes = bytes
    }
}
