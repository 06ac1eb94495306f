/// What a Zstandard frame declares before its first block (RFC 8878, section 3.1.1.1).
///
/// Read here and not by the library, so that every refusal comes before any allocation.
struct FrameHeader: Equatable {
    static let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

    /// Bytes of the content; nil where the frame does not say.
    let contentByteCount: UInt64?
    /// Bytes of history that a decoder must keep.
    let windowByteCount: UInt64
    let needsDictionary: Bool

    /// Reads the header at the start of `bytes`.
    ///
    /// - Throws: ``CompressionError`` `malformed` for another magic number (skippable and older frames
    ///   included), a set reserved bit, or too few bytes.
    init(_ bytes: [UInt8]) throws {
        guard bytes.starts(with: Self.magic), bytes.count > Self.magic.count else {
            throw CompressionError(
                .malformed, "\(bytes.count) bytes do not start with the header of a Zstandard frame")
        }
        let descriptor = bytes[Self.magic.count]
        guard descriptor & 0b1000 == 0 else {
            throw CompressionError(.malformed, "the frame header's reserved bit is set")
        }
        let isSingleSegment = descriptor & 0b10_0000 != 0
        let dictionaryByteCount = [0, 1, 2, 4][Int(descriptor & 0b11)]
        let sizeByteCount = [isSingleSegment ? 1 : 0, 2, 4, 8][Int(descriptor >> 6)]
        let windowIndex = Self.magic.count + 1
        let dictionaryIndex = windowIndex + (isSingleSegment ? 0 : 1)
        let sizeIndex = dictionaryIndex + dictionaryByteCount
        guard bytes.count >= sizeIndex + sizeByteCount else {
            throw CompressionError(.malformed, "the frame ends inside its header, after \(bytes.count) bytes")
        }

        needsDictionary = bytes[dictionaryIndex..<sizeIndex].contains { $0 != 0 }
        if sizeByteCount == 0 {
            contentByteCount = nil
        } else {
            let declared = bytes[sizeIndex..<sizeIndex + sizeByteCount].reversed().reduce(UInt64(0)) {
                $0 << 8 | UInt64($1)
            }
            // Two bytes hold the size less 256: smaller sizes fit in one.
            contentByteCount = sizeByteCount == 2 ? declared + 256 : declared
        }
        if isSingleSegment {
            windowByteCount = contentByteCount ?? 0
        } else {
            let base = UInt64(1) << (10 + UInt64(bytes[windowIndex] >> 3))
            windowByteCount = base + base / 8 * UInt64(bytes[windowIndex] & 0b111)
        }
    }
}
