extension [UInt8] {
    /// The low `elementByteCount` bytes of each element, lowest first.
    ///
    /// Whole words are stored at once: byte by byte, this took as long as hashing the result.
    init(littleEndian elements: [UInt64], elementByteCount: Int) {
        self.init(unsafeUninitializedCapacity: elements.count * elementByteCount) { buffer, count in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            for (index, element) in elements.enumerated() {
                let offset = index * elementByteCount
                switch elementByteCount {
                case 8: raw.storeBytes(of: element.littleEndian, toByteOffset: offset, as: UInt64.self)
                case 4:
                    raw.storeBytes(
                        of: UInt32(truncatingIfNeeded: element).littleEndian, toByteOffset: offset,
                        as: UInt32.self)
                case 2:
                    raw.storeBytes(
                        of: UInt16(truncatingIfNeeded: element).littleEndian, toByteOffset: offset,
                        as: UInt16.self)
                default: preconditionFailure("elements have 2, 4 or 8 bytes, not \(elementByteCount)")
                }
            }
            count = elements.count * elementByteCount
        }
    }

    /// Returns the number of `byteCount` bytes at `index`, lowest first.
    func littleEndian(at index: Int, byteCount: Int) -> UInt64 {
        var value: UInt64 = 0
        for shift in 0..<byteCount { value |= UInt64(self[index + shift]) << UInt64(8 * shift) }
        return value
    }
}
