internal import NIOWebSocket

/// Which end of a connection this is.
package enum ConnectionRole: Sendable {
    case client
    case server
}

/// What the exchange allows of WebSocket: whole binary frames, pings, pongs and closes, masked by clients alone.
enum FrameRules {
    /// Checks one received frame.
    ///
    /// - Throws: ``TransportError/Code/frameRefused`` naming the rule.
    static func check(_ frame: WebSocketFrame, receivedBy role: ConnectionRole) throws(TransportError) {
        guard frame.fin, frame.opcode != .continuation else {
            throw TransportError(.frameRefused, "fragmented frames are not part of the exchange")
        }
        guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
            throw TransportError(.frameRefused, "a reserved bit is set; no extension was negotiated")
        }
        switch frame.opcode {
        case .binary, .ping, .pong, .connectionClose: break
        case .text: throw TransportError(.frameRefused, "text frames are not part of the exchange")
        default: throw TransportError(.frameRefused, "unknown opcode")
        }
        switch (role, frame.maskKey == nil) {
        case (.server, true): throw TransportError(.frameRefused, "a client's frame is not masked")
        case (.client, false): throw TransportError(.frameRefused, "a server's frame is masked")
        default: break
        }
        guard frame.length <= TransportLimits.frameByteCount else {
            throw TransportError(
                .frameRefused,
                "frame of \(frame.length) bytes; the bound is \(TransportLimits.frameByteCount)")
        }
    }
}
