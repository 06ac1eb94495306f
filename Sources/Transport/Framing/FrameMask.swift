internal import NIOWebSocket

/// The masking of a client's frames (RFC 6455, section 5.3), 32 bytes at a step.
enum FrameMask {
    /// Combines the bytes with the repeated key by exclusive or; applying it twice gives the bytes back.
    static func apply(_ key: WebSocketMaskingKey, to bytes: UnsafeMutableRawBufferPointer) {
        var pattern: UInt64 = 0
        // The pattern in memory order on a little-endian machine: byte i of the word is key[i % 4].
        for index in 0..<8 { pattern |= UInt64(key[index % 4]) << (8 * UInt64(index)) }
        pattern = pattern.littleEndian
        let patterns = SIMD4(repeating: pattern)
        var offset = 0
        while offset &+ 32 <= bytes.count {
            let words = bytes.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self)
            bytes.storeBytes(of: words ^ patterns, toByteOffset: offset, as: SIMD4<UInt64>.self)
            offset &+= 32
        }
        while offset < bytes.count {
            bytes[offset] ^= key[offset % 4]
            offset += 1
        }
    }
}
