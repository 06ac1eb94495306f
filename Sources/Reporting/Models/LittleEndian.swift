/// Numbers as bytes, lowest byte first.
enum LittleEndian {
    /// Returns the bytes of an integer.
    static func bytes(of value: some FixedWidthInteger) -> [UInt8] {
        (0..<(value.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    /// Adds the bytes of doubles.
    static func append(_ values: [Double], to bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + 8 * values.count)
        for value in values {
            let bits = value.bitPattern
            for shift in stride(from: 0 as UInt64, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: bits >> shift))
            }
        }
    }

    /// Returns the 64-bit integer at an index.
    static func integer(in bytes: [UInt8], at index: Int) -> UInt64 {
        (0..<8).reversed().reduce(0) { $0 << 8 | UInt64(bytes[index + $1]) }
    }

    /// Returns the doubles between two indices, a multiple of 8 apart.
    static func doubles(in bytes: [UInt8], from start: Int, to end: Int) -> [Double] {
        stride(from: start, to: end, by: 8).map { Double(bitPattern: integer(in: bytes, at: $0)) }
    }
}
