internal import Glibc
package import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Reporting
package import ServiceLifecycle
internal import Synchronization

/// The operator's HTTP endpoint: `/` is a status page, `/metrics` is for Prometheus, `/readyz` for a supervisor.
///
/// It answers GET and HEAD, and nothing that it serves changes anything. It runs on a thread of its own: drawing a
/// page delays no exchange.
package struct OperatorServer: Service {
    private let host: String
    private let port: Int
    private let content: OperatorContent
    private let limits: OperatorLimits
    private let addressFile: String?
    private let logger: Logger
    private let onListening: @Sendable (_ port: Int) -> Void

    /// The file in a results folder that says where the endpoint listens, as `host:port`.
    package static let addressFileName = "operator_address"

    /// Creates an endpoint that does not listen yet.
    ///
    /// - Parameters:
    ///   - port: 0 lets the kernel choose.
    ///   - addressFile: Where `host:port` is written once it listens; removed when it ends.
    ///   - onListening: Told the port.
    package init(
        host: String, port: Int, content: OperatorContent, limits: OperatorLimits = OperatorLimits(),
        addressFile: String? = nil, logger: Logger,
        onListening: @escaping @Sendable (_ port: Int) -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.content = content
        self.limits = limits
        self.addressFile = addressFile
        self.logger = logger
        self.onListening = onListening
    }

    /// The endpoint of a service, in a list of its companions; the list is empty where it is off.
    ///
    /// - Parameters:
    ///   - listen: nil for off.
    ///   - resultsFolder: Where the address is written; one that a killed process left is removed here.
    package static func services(
        listen: (host: String, port: Int)?, content: OperatorContent, resultsFolder: String, logger: Logger
    ) -> [any Service] {
        let addressFile = resultsFolder + "/" + addressFileName
        unlink(addressFile)
        guard let listen else { return [] }
        return [
            OperatorServer(
                host: listen.host, port: listen.port, content: content, addressFile: addressFile,
                logger: logger)
        ]
    }

    /// Serves until graceful shutdown or cancellation.
    ///
    /// - Throws: ``OperatorEndpointError`` `bindFailed`; ``ReportingError`` where the address cannot be written.
    package func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            try await serve(on: group)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
    }

    private func serve(on group: MultiThreadedEventLoopGroup) async throws {
        let connections = OpenConnections(limit: limits.connectionCount)
        let listener = try await listen(on: group, connections)
        let port = listener.localAddress?.port ?? port
        let authority = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        if let addressFile { try AtomicFile.write(Array("\(authority)\n".utf8), to: addressFile) }
        logger.notice("the status page is served", metadata: ["address": "http://\(authority)/"])
        onListening(port)
        let (closed, continuation) = AsyncStream<Never>.makeStream()
        listener.closeFuture.whenComplete { _ in continuation.finish() }
        await cancelWhenGracefulShutdown {
            for await _ in closed {}
        }
        if let addressFile { unlink(addressFile) }
        try? await listener.close().get()
        for channel in connections.stop() { try? await channel.close().get() }
    }

    private func listen(
        on group: MultiThreadedEventLoopGroup, _ connections: OpenConnections
    ) async throws -> any Channel {
        do {
            return try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: OperatorLimits.listenBacklog)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try accept(channel, connections) }
                }
                .bind(host: host, port: port).get()
        } catch {
            throw OperatorEndpointError(
                .bindFailed,
                "operator_listen: cannot listen on \(host) port \(port): \(error); choose another address, "
                    + "port 0 for any free one, or off")
        }
    }

    private func accept(_ channel: any Channel, _ connections: OpenConnections) throws {
        guard connections.admit(channel) else {
            throw ChannelError.ioOnClosedChannel
        }
        var decoding = NIOHTTPDecoderLimitConfiguration()
        decoding.maxHeaderFieldSize = limits.headerByteCount
        decoding.maxHeaderListSize = limits.headerByteCount
        let deadline = ConnectionDeadline(limits: limits)
        let local = channel.parent?.localAddress
        // A listener that is gone has no address: nothing but the fixed names then.
        let loopbackAddress = local.map { $0.isLoopback ? $0.ipAddress : nil } ?? "127.0.0.1"
        let router = OperatorRouter(
            content: content, loopbackAddress: loopbackAddress)
        try channel.pipeline.syncOperations.addHandlers([
            deadline, HTTPResponseEncoder(),
            ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: decoding)),
            OperatorRequestHandler(router: router, deadline: deadline),
        ])
    }
}

/// The endpoint's connections, bounded in number.
private final class OpenConnections: Sendable {
    private let limit: Int
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    init(limit: Int) {
        self.limit = limit
    }

    /// Takes up a connection until it is closed; false where there is no place.
    func admit(_ channel: any Channel) -> Bool {
        let identifier = ObjectIdentifier(channel)
        let isAdmitted = channels.withLock { channels in
            guard channels.count < limit else { return false }
            channels[identifier] = channel
            return true
        }
        if isAdmitted {
            channel.closeFuture.whenComplete { [self] _ in
                channels.withLock { $0[identifier] = nil }
            }
        }
        return isAdmitted
    }

    func stop() -> [any Channel] {
        channels.withLock { Array($0.values) }
    }
}

extension SocketAddress {
    /// Whether only this machine can reach the address.
    fileprivate var isLoopback: Bool {
        guard let address = ipAddress else { return false }
        return address.hasPrefix("127.") || address == "::1"
    }
}
