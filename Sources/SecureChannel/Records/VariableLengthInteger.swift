/// Unsigned integers as LEB128: seven bits a byte, the lowest first, in as few bytes as can be.
enum VariableLengthInteger {
    /// Appends the bytes of `value`, one to ten of them.
    static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Removes one integer from the front of `bytes`; nil unless it is there in its shortest form.
    static func take(from bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for (position, byte) in bytes.prefix(10).enumerated() {
            let bits = UInt64(byte & 0x7f)
            // The tenth byte has room for one bit.
            guard position < 9 || bits <= 1 else { return nil }
            value |= bits << (7 * position)
            if byte < 0x80 {
                guard byte != 0 || position == 0 else { return nil }
                bytes.removeFirst(position + 1)
                return value
            }
        }
        return nil
    }
}
