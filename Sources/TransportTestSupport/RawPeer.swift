internal import NIOCore
internal import NIOPosix
internal import Transport

/// A peer of bare bytes, to say what no honest peer says.
package struct RawPeer {
    /// The answer to everything that is refused before authentication: close, two bytes, 1008, no text.
    package static let uniformClose: [UInt8] = [0x88, 0x02, 0x03, 0xF0]

    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var buffered: [UInt8] = []

    /// Runs `body` with a TCP connection to a port of this machine.
    package static func connect<Result: Sendable>(
        port: Int, _ body: (inout RawPeer) async throws -> Result
    ) async throws -> Result {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var peer = RawPeer(inbound: inbound.makeAsyncIterator(), outbound: outbound)
            return try await body(&peer)
        }
    }

    package func send(_ bytes: [UInt8]) async throws { try await outbound.write(ByteBuffer(bytes: bytes)) }

    package func send(_ text: String) async throws { try await send([UInt8](text.utf8)) }

    /// Sends an upgrade request and returns the head of the answer.
    package mutating func upgrade(subprotocol: String? = WireVersion.subprotocol) async throws -> String {
        try await send(Self.upgradeRequest(subprotocol: subprotocol))
        return try await readHead()
    }

    package static func upgradeRequest(subprotocol: String?) -> String {
        let field = subprotocol.map { "Sec-WebSocket-Protocol: \($0)\r\n" } ?? ""
        return "GET /v1/exchange HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\(field)\r\n"
    }

    /// Reads up to the empty line that ends an HTTP head.
    package mutating func readHead() async throws -> String {
        let end = [UInt8]("\r\n\r\n".utf8)
        while true {
            if let index = buffered.indices.first(where: { buffered[$0...].starts(with: end) }) {
                let head = String(decoding: buffered[..<index], as: UTF8.self)
                buffered.removeSubrange(..<(index + end.count))
                return head
            }
            guard let bytes = try await inbound.next() else {
                return String(decoding: buffered, as: UTF8.self)
            }
            buffered += bytes.readableBytesView
        }
    }

    /// Reads until the server closes; a reset counts as a close.
    package mutating func readToEnd() async -> [UInt8] {
        while let bytes = try? await inbound.next() { buffered += bytes.readableBytesView }
        defer { buffered = [] }
        return buffered
    }

    /// Returns the bytes of one client frame, masked with 1, 2, 3, 4 unless told otherwise.
    package static func frame(
        firstByte: UInt8 = 0x82, _ payload: [UInt8], declared: Int? = nil, masked: Bool = true
    ) -> [UInt8] {
        let count = declared ?? payload.count
        let bit: UInt8 = masked ? 0x80 : 0
        var bytes = [firstByte]
        switch count {
        case ..<126: bytes.append(bit | UInt8(count))
        case ...65_535: bytes += [bit | 126, UInt8(count >> 8), UInt8(count & 0xFF)]
        default: bytes += [bit | 127] + (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) }
        }
        guard masked else { return bytes + payload }
        let key: [UInt8] = [1, 2, 3, 4]
        return bytes + key + payload.enumerated().map { $1 ^ key[$0 % 4] }
    }
}
