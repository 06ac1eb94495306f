package import Logging
package import NIOCore
internal import NIOHTTP1
internal import NIOPosix
package import SecureChannel
internal import Synchronization

/// The site's end: connects, upgrades, and proves itself to a server whose key it knows.
package enum ExchangeClient {
    /// Runs `body` with a confirmed connection, and closes the connection after it.
    ///
    /// When `body` returns the connection is closed as `finished`; what it sent goes first. No attempt is made
    /// again here: see ``Backoff``.
    ///
    /// - Parameters:
    ///   - identity: this end's private keys.
    ///   - server: the pinned identity of the server; no other key is accepted.
    /// - Throws: what `body` throws; ``TransportError`` with `connectFailed`, `connectTimedOut`, `versionRefused`,
    ///   `upgradeRefused`, `requestTimedOut`, `requestRefused`, `handshakeRefused` (the server has another key, or
    ///   does not know this one: it does not say which), `handshakeFailed` (an answer that the pinned key did not
    ///   make), `handshakeTimedOut` or `connectionLost`; `CancellationError`.
    package static func withConnection<Result: Sendable>(
        host: String, port: Int, identity: LocalIdentity, server: PublicIdentity,
        limits: TransportLimits = TransportLimits(),
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton, logger: Logger,
        _ body: (PeerConnection) async throws -> Result
    ) async throws -> Result {
        let attempt = ConnectionAttempt()
        let connection: PeerConnection
        do {
            connection = try await withTaskCancellationHandler {
                try await connect(host, port, identity, server, limits, group, attempt)
            } onCancel: {
                attempt.cancel()
            }
        } catch {
            if Task.isCancelled { throw CancellationError() }
            throw error
        }
        logger.debug("connected", metadata: ["server": "\(server.name)"])
        do {
            let result = try await body(connection)
            connection.close(.finished)
            await connection.waitUntilClosed()
            return result
        } catch {
            connection.close(Task.isCancelled ? .goingAway : .internalError)
            await connection.waitUntilClosed()
            throw error
        }
    }

    private static func connect(
        _ host: String, _ port: Int, _ identity: LocalIdentity, _ server: PublicIdentity,
        _ limits: TransportLimits,
        _ group: any EventLoopGroup, _ attempt: ConnectionAttempt
    ) async throws -> PeerConnection {
        let channel: any Channel
        do {
            channel = try await ClientBootstrap(group: group)
                .connectTimeout(TimeAmount(limits.connectTimeout))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    // May run for several addresses of a name: what belongs to the connection is added below.
                    attempt.add(channel)
                    return channel.eventLoop.makeSucceededVoidFuture()
                }
                .connect(host: host, port: port).get()
        } catch ChannelError.connectTimeout {
            throw TransportError(
                .connectTimedOut, "no connection to \(host) port \(port) within \(limits.connectTimeout)")
        } catch {
            throw TransportError(.connectFailed, "cannot connect to \(host) port \(port): \(error)")
        }
        let confirmed = channel.eventLoop.makePromise(of: PeerConnection.self)
        // Whatever ends the connection ends the wait; a promise keeps its first answer.
        channel.closeFuture.whenComplete { _ in
            confirmed.fail(
                TransportError(.connectionLost, "the server closed the connection before the exchange began"))
        }
        let authority = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        channel.eventLoop.execute {
            do {
                try configure(channel, authority, identity, server, limits, confirmed)
            } catch {
                confirmed.fail(error)
                channel.close(promise: nil)
            }
        }
        return try await confirmed.futureResult.get()
    }

    private static func configure(
        _ channel: any Channel, _ authority: String, _ identity: LocalIdentity, _ server: PublicIdentity,
        _ limits: TransportLimits, _ confirmed: EventLoopPromise<PeerConnection>
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(
            UpgradeGuard(duration: limits.requestDeadline, onFailure: { confirmed.fail($0) }))
        let upgrader = ClientUpgrader { channel in
            let secure = try SecureConnection(
                initiator: identity.identity, peerChannelKey: server.channelKey,
                prologue: WireVersion.prologue,
                maximumMessageByteCount: limits.maximumMessageByteCount, keyLimits: limits.keyLimits)
            let callbacks = SecureChannelHandler.Callbacks(
                identify: { _ in server }, onConfirmed: { confirmed.succeed($0) },
                onFailure: { confirmed.fail($0) }, onRekey: {})
            try channel.pipeline.syncOperations.addHandler(
                SecureChannelHandler(
                    role: .client, secure: secure, limits: limits, callbacks: callbacks,
                    allocator: channel.allocator))
        }
        var request = HTTPRequestHead(version: .http1_1, method: .GET, uri: WireVersion.exchangePath)
        request.headers.add(name: "Host", value: authority)
        var configuration = NIOUpgradableHTTPClientPipelineConfiguration<Void>(
            upgradeConfiguration: NIOTypedHTTPClientUpgradeConfiguration(
                upgradeRequestHead: request, upgraders: [upgrader],
                notUpgradingCompletionHandler: { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            RefusalReader(onFailure: { confirmed.fail($0) }))
                    }
                }))
        configuration.leftOverBytesStrategy = .forwardBytes
        configuration.decoderConfiguration.maxHeaderFieldSize = TransportLimits.requestByteCount
        configuration.decoderConfiguration.maxHeaderListSize = TransportLimits.requestByteCount
        let upgraded = try pipeline.configureUpgradableHTTPClientPipeline(configuration: configuration)
        upgraded.whenFailure { error in
            confirmed.fail(TransportError(upgrade: error))
            channel.close(promise: nil)
        }
    }
}

extension TransportError {
    /// Creates the error of an upgrade that failed before a usable answer.
    fileprivate init(upgrade error: any Error) {
        switch error {
        case let error as TransportError: self = error
        case is NIOHTTPClientUpgradeError:
            self.init(
                .upgradeRefused,
                "the server's answer is no upgrade to a WebSocket with \(WireVersion.subprotocol): \(error)")
        case is IOError, is ChannelError:
            self.init(.connectionLost, "the connection ended before the exchange began: \(error)")
        default: self.init(.requestRefused, "no usable HTTP answer: \(error)")
        }
    }
}

/// The sockets of one attempt to connect, so that a cancelled task closes them.
private final class ConnectionAttempt: Sendable {
    private struct State {
        var channels: [any Channel] = []
        var isCancelled = false
    }

    private let state = Mutex(State())

    func add(_ channel: any Channel) {
        let isCancelled = state.withLock { state in
            state.channels.append(channel)
            return state.isCancelled
        }
        if isCancelled { Self.close(channel) }
    }

    func cancel() {
        let channels = state.withLock { state in
            state.isCancelled = true
            return state.channels
        }
        for channel in channels { Self.close(channel) }
    }

    private static func close(_ channel: any Channel) {
        channel.eventLoop.execute {
            // In the pipeline: the upgrade guard or the secure channel ends it. Before it: nobody hears, so close.
            let request = channel.eventLoop.makePromise(of: Void.self)
            request.futureResult.whenFailure { _ in channel.close(promise: nil) }
            channel.triggerUserOutboundEvent(CloseRequest(reason: .goingAway), promise: request)
        }
    }
}
