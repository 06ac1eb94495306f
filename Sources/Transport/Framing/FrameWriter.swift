internal import NIOCore
internal import NIOWebSocket

/// Writes WebSocket frames, each into one buffer: header, and payload masked in place on the client's side.
struct FrameWriter {
    /// Which end writes: a client masks, a server must not (RFC 6455, section 5.1).
    let role: ConnectionRole
    let allocator: ByteBufferAllocator

    /// Returns the frame's bytes.
    ///
    /// - Precondition: the payload is at most ``TransportLimits/frameByteCount`` bytes.
    func frame(_ opcode: WebSocketOpcode, payload: some Collection<UInt8>) -> ByteBuffer {
        let payloadCount = payload.count
        precondition(payloadCount <= TransportLimits.frameByteCount, "frame payload over its bound")
        let maskingKey: WebSocketMaskingKey? = role == .client ? .random() : nil
        let maskBit: UInt8 = maskingKey == nil ? 0 : 0x80
        var buffer = allocator.buffer(
            capacity: Self.headerByteCount(payload: payloadCount, masked: true) + payloadCount)
        buffer.writeInteger(0x80 | UInt8(webSocketOpcode: opcode))
        if payloadCount < 126 {
            buffer.writeInteger(maskBit | UInt8(payloadCount))
        } else {
            buffer.writeInteger(maskBit | 126)
            buffer.writeInteger(UInt16(payloadCount))
        }
        guard let maskingKey else {
            buffer.writeBytes(payload)
            return buffer
        }
        buffer.writeBytes(maskingKey)
        let start = buffer.writerIndex - buffer.readerIndex
        buffer.writeBytes(payload)
        buffer.withUnsafeMutableReadableBytes { bytes in
            FrameMask.apply(maskingKey, to: UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
        }
        return buffer
    }

    /// Returns the bytes that a frame of this payload has in front of it.
    static func headerByteCount(payload: Int, masked: Bool) -> Int {
        let length = payload < 126 ? 2 : payload <= 65_535 ? 4 : 10
        return length + (masked ? 4 : 0)
    }
}
