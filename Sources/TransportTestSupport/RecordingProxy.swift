internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// A TCP relay in the path of a connection that keeps what passes, and can alter or swallow it.
package final class RecordingProxy: Sendable {
    /// Where bytes go.
    package enum Direction: Sendable, Hashable, CaseIterable {
        case toServer
        case toClient
    }

    private struct State {
        /// By connection, in the order in which they came.
        var recorded: [[Direction: [UInt8]]] = []
        var flips: [Direction: Int] = [:]
        var isBlackHole = false
    }

    private let state = Mutex(State())

    /// Runs `body` with a relay to `port` on a port of the kernel's choice, and closes the relay.
    package static func run<Result: Sendable>(
        to port: Int, _ body: (_ proxy: RecordingProxy, _ port: Int) async throws -> Result
    ) async throws -> Result {
        let proxy = RecordingProxy()
        let group = MultiThreadedEventLoopGroup.singleton
        let listener = try await ServerBootstrap(group: group)
            .childChannelInitializer { client in
                // One loop for both sides, so that the two handlers share their state without a lock.
                ClientBootstrap(group: client.eventLoop).connect(host: "127.0.0.1", port: port)
                    .flatMapThrowing {
                        server in
                        let connection = proxy.begin()
                        let toServer = Relay(proxy, .toServer, connection, other: server)
                        let toClient = Relay(proxy, .toClient, connection, other: client)
                        try client.pipeline.syncOperations.addHandler(toServer)
                        try server.pipeline.syncOperations.addHandler(toClient)
                    }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result: Result
        do {
            result = try await body(proxy, listener.localAddress?.port ?? 0)
        } catch {
            try await listener.close().get()
            throw error
        }
        try await listener.close().get()
        return result
    }

    /// What has passed so far, as it was sent, one connection after the other.
    package func recorded(_ direction: Direction) -> [UInt8] {
        recordings(direction).flatMap { $0 }
    }

    /// What has passed so far, as it was sent, by connection; without those on which nothing passed.
    package func recordings(_ direction: Direction) -> [[UInt8]] {
        state.withLock { $0.recorded.compactMap { $0[direction] } }
    }

    /// Flips one bit of the next bytes that pass: bit `index`, counted from their first byte's lowest.
    package func flipNext(_ direction: Direction, bit index: Int) {
        state.withLock { $0.flips[direction] = index }
    }

    /// Passes nothing more, in either direction, and keeps the connections open: a half-open network.
    package func swallow() { state.withLock { $0.isBlackHole = true } }

    fileprivate var isSwallowing: Bool { state.withLock { $0.isBlackHole } }

    /// Returns the number of a new connection.
    fileprivate func begin() -> Int {
        state.withLock { state in
            state.recorded.append([:])
            return state.recorded.count - 1
        }
    }

    fileprivate func pass(_ bytes: [UInt8], _ direction: Direction, _ connection: Int) -> [UInt8]? {
        state.withLock { state in
            guard !state.isBlackHole else { return nil }
            state.recorded[connection][direction, default: []] += bytes
            guard let bit = state.flips[direction] else { return bytes }
            state.flips[direction] = nil
            var altered = bytes
            altered[(bit / 8) % bytes.count] ^= 1 << UInt8(bit % 8)
            return altered
        }
    }
}

/// Passes the bytes of one direction on to the other socket.
private final class Relay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let proxy: RecordingProxy
    private let direction: RecordingProxy.Direction
    private let connection: Int
    private let other: any Channel

    init(
        _ proxy: RecordingProxy, _ direction: RecordingProxy.Direction, _ connection: Int, other: any Channel
    ) {
        self.proxy = proxy
        self.direction = direction
        self.connection = connection
        self.other = other
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = [UInt8](buffer: unwrapInboundIn(data))
        if let passed = proxy.pass(bytes, direction, connection) {
            other.writeAndFlush(ByteBuffer(bytes: passed), promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        // A half-open network does not pass on the end of a connection either.
        if !proxy.isSwallowing { other.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
