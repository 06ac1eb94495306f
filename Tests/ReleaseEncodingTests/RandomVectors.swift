internal import ReleaseEncoding
internal import SeededRandom

extension SeededGenerator {
    /// Returns `count` normal numbers, each scaled by a power of two from 2^-`octaves` to 2^`octaves`.
    mutating func vector(count: Int, octaves: Int = 0) -> [Double] {
        (0..<count).map { _ in
            let exponent = octaves == 0 ? 0 : integer(below: 2 * octaves + 1) - octaves
            return Double(sign: .plus, exponent: exponent, significand: normal())
        }
    }

    mutating func bytes(count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}

extension Reference {
    /// Creates what both ends hold after a full value.
    init(full value: [Double]) throws { self = try ReleaseCodec.encodeFull(value).next }
}
