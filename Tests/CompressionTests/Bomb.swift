@testable internal import Compression

/// Frames made by hand (RFC 8878), because the library's own compressor cannot make most of these.
enum Bomb {
    /// The most content of one block.
    static let blockByteCount = 128 << 10

    /// Returns a frame of zeros in run-length blocks of 128 KiB, 4 bytes each.
    ///
    /// - Parameter declared: The content size that the header states, whatever the blocks hold; nil for none.
    /// - Parameter windowLog: The window, 10 ... 41; nil for a single segment, whose window is its content.
    static func zeros(
        blockCount: Int, declared: UInt64?, windowLog: Int? = nil, dictionary: UInt8? = nil
    ) -> [UInt8] {
        var frame = FrameHeader.magic
        let sizeFlag: UInt8 = declared == nil ? 0 : 0b1100_0000
        let segmentFlag: UInt8 = windowLog == nil ? 0b10_0000 : 0
        frame.append(sizeFlag | segmentFlag | (dictionary == nil ? 0 : 1))
        if let windowLog { frame.append(UInt8(windowLog - 10) << 3) }
        if let dictionary { frame.append(dictionary) }
        if let declared { frame += (0..<8).map { UInt8(truncatingIfNeeded: declared >> UInt64(8 * $0)) } }
        for index in 0..<blockCount {
            // Last-block flag (1 bit), type 1 = run length (2 bits), size (21 bits); then the byte.
            let header = blockByteCount << 3 | 1 << 1 | (index == blockCount - 1 ? 1 : 0)
            frame += [UInt8(header & 0xFF), UInt8(header >> 8 & 0xFF), UInt8(header >> 16), 0]
        }
        return frame
    }
}
