package import Logging
package import NIOCore
internal import NIOPosix
package import SecureChannel
internal import Synchronization

/// The aggregator's end: one TCP port that serves the exchange, answers `GET /healthz`, and nothing else.
///
/// Until its first sealed record opens, a connection lives on an event loop alone, under deadlines, counted and
/// evictable; then the handler gets it in a task of its own.
package struct ExchangeServer: Sendable {
    /// Returns who owns a channel key, or nil when it is not authorised; asked at every handshake.
    ///
    /// It is called on event loops: it must not block.
    package typealias Authorization = @Sendable (_ channelKey: [UInt8]) -> PublicIdentity?

    private let host: String
    private let port: Int
    private let identity: LocalIdentity
    private let authorize: Authorization
    private let limits: TransportLimits
    private let group: any EventLoopGroup
    private let logger: Logger
    private let onHandshakeFailure: @Sendable (TransportError) -> Void
    private let registry: SessionRegistry
    private let failureLog = SharedFailureLog()
    private let start = NIODeadline.now()

    /// Creates a server that does not listen yet.
    ///
    /// - Parameters:
    ///   - port: 0 lets the kernel choose; ``run(onListening:handler:)`` reports which.
    ///   - authorize: consulted at each handshake, each change of keys, and again at confirmation.
    ///   - onHandshakeFailure: told why each connection failed that was not confirmed, on an event loop.
    package init(
        host: String, port: Int, identity: LocalIdentity, authorize: @escaping Authorization,
        limits: TransportLimits = TransportLimits(),
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton, logger: Logger,
        onHandshakeFailure: @escaping @Sendable (TransportError) -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.identity = identity
        self.authorize = authorize
        self.limits = limits
        self.group = group
        self.logger = logger
        self.onHandshakeFailure = onHandshakeFailure
        self.registry = SessionRegistry(limits: limits)
    }

    /// What was counted so far.
    package var statistics: ServerStatistics { registry.statistics }

    /// Ends the live sessions of these keys: from the return of this call none of them yields a message.
    ///
    /// Withdraw the keys from what `authorize` answers first: a handshake that is confirmed afterwards is refused
    /// by that.
    package func closeSessions(ofChannelKeys keys: some Sequence<[UInt8]>, reason: CloseReason = .revoked) {
        for connection in registry.sessions(ofChannelKeys: keys) { connection.close(reason) }
    }

    /// Listens and serves until the task is cancelled; call it once.
    ///
    /// The handler runs once for each confirmed connection. When it returns the connection is closed as
    /// `finished`, when it throws as `internalError`. A second connection of a key closes the first one, whose
    /// handler may still be on its way out when the handler of the second starts; one that comes too soon after
    /// too many such replacements is closed as `flapping` instead, and the first stays.
    ///
    /// Cancellation closes the listener, closes every connection as `goingAway`, and returns when all handlers
    /// have returned, at the latest ``TransportLimits/closeTimeout`` after the last of them.
    ///
    /// - Parameter onListening: told the bound port before the first connection is accepted.
    /// - Throws: ``TransportError`` with `bindFailed`.
    package func run(
        onListening: @Sendable (_ port: Int) -> Void = { _ in },
        handler: @escaping @Sendable (PeerConnection) async throws -> Void
    ) async throws {
        // Not bounded by a number of its own: each element is one of at most `connectionCount` live connections.
        let (confirmed, sink) = AsyncStream<PeerConnection>.makeStream()
        let listener = try await listen(sink)
        listener.closeFuture.whenComplete { _ in sink.finish() }
        onListening(listener.localAddress?.port ?? port)
        await withDiscardingTaskGroup { group in
            for await connection in confirmed {
                group.addTask { await serve(connection, handler) }
            }
            await stop(listener)
        }
        guard Task.isCancelled else {
            throw TransportError(.bindFailed, "the listener on port \(port) closed by itself")
        }
    }

    private func stop(_ listener: any Channel) async {
        try? await listener.close().get()
        let channels = registry.stop()
        for channel in channels {
            channel.triggerUserOutboundEvent(CloseRequest(reason: .goingAway), promise: nil)
        }
        for channel in channels { try? await channel.closeFuture.get() }
    }

    private func serve(
        _ connection: PeerConnection, _ handler: @Sendable (PeerConnection) async throws -> Void
    ) async {
        do {
            try await handler(connection)
            connection.close(Task.isCancelled ? .goingAway : .finished)
        } catch {
            if !(error is TransportError), !Task.isCancelled {
                logger.error(
                    "the handler of a connection failed",
                    metadata: ["peer": "\(connection.peer.name)", "error": "\(error)"])
            }
            connection.close(Task.isCancelled ? .goingAway : .internalError)
        }
        await connection.waitUntilClosed()
    }

    // MARK: Listening

    private func listen(_ sink: AsyncStream<PeerConnection>.Continuation) async throws -> any Channel {
        do {
            return try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: TransportLimits.listenBacklog)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try accept(channel, sink) }
                }
                .bind(host: host, port: port).get()
        } catch {
            throw TransportError(
                .bindFailed, "cannot listen on \(host) port \(port): \(error); choose another address or port"
            )
        }
    }

    private func accept(_ channel: any Channel, _ sink: AsyncStream<PeerConnection>.Continuation) throws {
        let id: SessionRegistry.ConnectionID
        switch registry.admit(channel) {
        case .admitted(let admitted): id = admitted
        case .admittedEvicting(let admitted, let evicted, let other):
            id = admitted
            reportRefusal("connection \(evicted), the oldest unconfirmed one, made room")
            other.close(promise: nil)
        case .refused:
            reportRefusal("all places are taken")
            throw TransportError(.tooManyConnections, "all \(limits.connectionCount) places are taken")
        }
        channel.closeFuture.whenComplete { _ in registry.remove(id, channelKey: nil) }
        let fail: (TransportError) -> Void = { report($0, of: id) }
        try channel.pipeline.syncOperations.addHandler(
            UpgradeGuard(duration: limits.requestDeadline, onFailure: fail))
        try ExchangeRequestHandler.addHandlers(to: channel, onFailure: fail) { channel in
            try install(on: channel, id: id, sink)
        }
    }

    /// Fills the pipeline of an upgraded connection.
    private func install(
        on channel: any Channel, id: SessionRegistry.ConnectionID,
        _ sink: AsyncStream<PeerConnection>.Continuation
    ) throws {
        let authorize = authorize
        let secure = try SecureConnection(
            responder: identity.identity, prologue: WireVersion.prologue,
            maximumMessageByteCount: limits.maximumMessageByteCount, keyLimits: limits.keyLimits,
            authorize: { authorize($0) != nil })
        let callbacks = SecureChannelHandler.Callbacks(
            identify: authorize,
            onConfirmed: { confirmed($0, id: id, channel: channel, sink) },
            onFailure: { report($0, of: id) },
            onRekey: { registry.countRekey() })
        try channel.pipeline.syncOperations.addHandler(
            SecureChannelHandler(
                role: .server, secure: secure, limits: limits, callbacks: callbacks,
                allocator: channel.allocator))
    }

    private func confirmed(
        _ connection: PeerConnection, id: SessionRegistry.ConnectionID, channel: any Channel,
        _ sink: AsyncStream<PeerConnection>.Continuation
    ) {
        let key = connection.peer.channelKey
        channel.closeFuture.whenComplete { _ in registry.remove(id, channelKey: key) }
        switch registry.confirm(id, connection, at: elapsed) {
        case .alone: break
        case .replaced(let displaced, let decision):
            displaced.close(.superseded)
            logReplacement(of: connection.peer, decision)
        case .refused(let decision):
            connection.close(.flapping)
            logReplacement(of: connection.peer, decision)
            return
        }
        // A key withdrawn between the handshake's answer and the registration above was not found by
        // `closeSessions`; from here on it is.
        if authorize(key) == nil { connection.close(.revoked) }
        sink.yield(connection)
    }

    // MARK: Reporting

    /// Logs each replacement, which are limited, but of the refusals only the warning.
    private func logReplacement(of peer: PublicIdentity, _ decision: ReplacementHistory.Decision) {
        let metadata: Logger.Metadata = [
            "peer": "\(peer.name)", "replacements": "\(decision.replacementCount)",
            "window": "\(limits.flappingWindow)",
        ]
        if decision.mustWarn {
            logger.warning(
                "sessions of one key keep replacing each other: is its key in two places?",
                metadata: metadata)
        } else if !decision.isRefused {
            logger.notice("a newer session replaced one of the same key", metadata: metadata)
        }
    }

    private var elapsed: Duration { .nanoseconds((NIODeadline.now() - start).nanoseconds) }

    private func reportRefusal(_ detail: String) {
        registry.countRefusal()
        log(TransportError(.tooManyConnections, detail))
    }

    private func report(_ error: TransportError, of id: SessionRegistry.ConnectionID) {
        if registry.fail(id, code: error.code) { log(error) }
    }

    private func log(_ error: TransportError) {
        if let suppressed = failureLog.admit(at: elapsed, limit: limits.failureLogsPerSecond) {
            logger.notice(
                "a connection was not accepted",
                metadata: [
                    "reason": "\(error.code.rawValue)", "detail": "\(error.message)",
                    "suppressed": "\(suppressed)",
                ])
        }
        onHandshakeFailure(error)
    }
}

/// A ``LogWindow`` for several event loops.
private final class SharedFailureLog: Sendable {
    private let log = Mutex(LogWindow())

    func admit(at now: Duration, limit: Int) -> Int? { log.withLock { $0.admit(at: now, limit: limit) } }
}
