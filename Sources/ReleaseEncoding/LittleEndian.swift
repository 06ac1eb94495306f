extension [UInt8] {
    /// The low `byteCount` bytes of `number`, lowest first.
    init(littleEndian number: UInt64, byteCount: Int) {
        self = (0..<byteCount).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) }
    }

    /// Returns the number of `byteCount` bytes at `index`, lowest first.
    func littleEndian(at index: Int, byteCount: Int) -> UInt64 {
        var value: UInt64 = 0
        for shift in 0..<byteCount { value |= UInt64(self[index + shift]) << UInt64(8 * shift) }
        return value
    }
}
