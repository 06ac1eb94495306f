/// One frame of a log: magic (4 bytes), payload length (4), checksum (8), payload, zeros up to a multiple of 8.
///
/// Little-endian. The checksum is seeded by the log's own salt and the frame's offset, so that neither another log's
/// bytes nor bytes in another place are taken for a frame.
enum LogFrame {
    static let headerByteCount = 16
    static let alignment = 8
    private static let magic = UInt32(0x316A_7461)

    /// What the header of a frame says.
    struct Header {
        var byteCount: Int
        var checksum: UInt64

        /// Reads a header; nil where no frame begins here.
        init?(_ bytes: UnsafeRawBufferPointer) {
            guard bytes.count >= LogFrame.headerByteCount,
                UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)) == LogFrame.magic
            else { return nil }
            byteCount = Int(
                UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
            checksum = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            guard (1...JournalLimits.maximumFrameByteCount).contains(byteCount) else { return nil }
        }
    }

    /// Bytes that a frame with this payload takes in a log.
    static func byteCount(payloadByteCount: Int) -> Int {
        (headerByteCount + payloadByteCount + alignment - 1) / alignment * alignment
    }

    /// Returns a frame's bytes.
    ///
    /// - Parameter body: Appends the payload.
    static func bytes(
        byteCountHint: Int, salt: UInt64, offset: Int, _ body: (inout [UInt8]) -> Void
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount(payloadByteCount: byteCountHint))
        bytes += [UInt8](repeating: 0, count: headerByteCount)
        body(&bytes)
        let payloadByteCount = bytes.count - headerByteCount
        while !bytes.count.isMultiple(of: alignment) { bytes.append(0) }
        bytes.withUnsafeMutableBytes { buffer in
            let payload = UnsafeRawBufferPointer(
                rebasing: buffer[headerByteCount...].prefix(payloadByteCount))
            let checksum = checksum(payload, salt: salt, offset: offset)
            buffer.storeBytes(of: magic.littleEndian, toByteOffset: 0, as: UInt32.self)
            buffer.storeBytes(of: UInt32(payloadByteCount).littleEndian, toByteOffset: 4, as: UInt32.self)
            buffer.storeBytes(of: checksum.littleEndian, toByteOffset: 8, as: UInt64.self)
        }
        return bytes
    }

    static func checksum(_ payload: UnsafeRawBufferPointer, salt: UInt64, offset: Int) -> UInt64 {
        XXHash64.hash(payload, seed: salt &+ UInt64(offset))
    }
}
