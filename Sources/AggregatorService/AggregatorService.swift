package import AggregatorStorage
package import Federation
package import LinearAlgebra
package import Logging
internal import SecureChannel
internal import ServiceLifecycle
package import ServiceProcess
package import Transport
internal import Wire

/// The consortium's service: accepts updates, applies the asynchronous step, serves the result.
package struct AggregatorService: Sendable {
    /// What the service is given.
    package struct Settings: Sendable {
        package var host: String
        /// 0 lets the system choose; ``AggregatorService/run(onListening:)`` says which.
        package var port: Int
        /// Whether the service ends once every owner has fetched its final columns.
        package var exitsWhenFinished: Bool
        /// Whether factors of the proximal operator are computed beside the exchange; nil for what costs less.
        package var factorRefresh: FactorRefresh?

        package init(
            host: String, port: Int, exitsWhenFinished: Bool, factorRefresh: FactorRefresh? = nil
        ) {
            self.host = host
            self.port = port
            self.exitsWhenFinished = exitsWhenFinished
            self.factorRefresh = factorRefresh
        }
    }

    /// How a run ended.
    package struct Outcome: Sendable {
        package var progress: StudyProgress
        package var relativeResidual: Double?
        /// The model, dimension x tasks; nil where the run ended without a result.
        package var model: Matrix?

        package var phase: StudyPhase { progress.phase }
        package var version: UInt64 { progress.version }
    }

    private let settings: Settings
    private let plan: StudyPlan
    private let identity: LocalIdentity
    private let authorization: SiteAuthorization
    private let store: AggregatorStore
    private let state: AggregatorState
    private let receipts: ReceiptKeeper?
    private let recorder: any UpdateRecorder
    private let board: StatusBoard?
    private let logger: Logger

    /// Creates a service that does not run yet.
    ///
    /// - Parameters:
    ///   - state: What `store` holds.
    ///   - receipts: Opened; needed where the study is private.
    ///   - board: Told what the sockets carry; it hears of updates only where it is the recorder, or part of it.
    package init(
        settings: Settings, plan: StudyPlan, identity: LocalIdentity, authorization: SiteAuthorization,
        store: AggregatorStore, state: AggregatorState, receipts: ReceiptKeeper? = nil,
        recorder: any UpdateRecorder, board: StatusBoard? = nil, logger: Logger
    ) {
        self.settings = settings
        self.plan = plan
        self.identity = identity
        self.authorization = authorization
        self.store = store
        self.state = state
        self.receipts = receipts
        self.recorder = recorder
        self.board = board
        self.logger = logger
    }

    /// Serves until the study is over and fetched, or graceful shutdown, or cancellation.
    ///
    /// - Parameters:
    ///   - stopRequests: Each element is the operator's word to finish the study now and serve its result.
    ///   - manager: Is told that the service lives, and its state.
    ///   - onListening: Told the port once sites can connect.
    /// - Throws: ``TransportError`` where the port cannot be bound; the store's error where a commit failed.
    package func run(
        stopRequests: AsyncStream<Void> = AsyncStream { $0.finish() }, manager: ServiceManager? = nil,
        onListening: @escaping @Sendable (_ port: Int) -> Void
    ) async throws -> Outcome {
        let limits = WireLimits(maximumDimension: plan.dimension, areBatchesExact: plan.isPrivate)
        let coordinator = try await makeCoordinator()
        let traffic = TrafficCounter()
        var transportLimits = TransportLimits()
        transportLimits.maximumMessageByteCount = limits.maximumMessageByteCount
        let server = ExchangeServer(
            host: settings.host, port: settings.port, identity: identity,
            // Not self: the board in it keeps the server, to show what it carried.
            authorize: { [authorization] in authorization.identity(ofChannelKey: $0) },
            limits: transportLimits, logger: logger)
        let (listens, startsListening) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingOldest(1))
        let ending = try await withThrowingTaskGroup(of: Ending?.self) { group in
            group.addTask {
                let listening = { @Sendable (port: Int) in
                    board?.listening {
                        StatusBoard.Traffic(statistics: server.statistics, bytes: traffic.counts)
                    }
                    onListening(port)
                    startsListening.yield()
                }
                // First what a stored state was about to do when its process ended, and which keys went meanwhile.
                await coordinator.handle([.keysListed(authorization.sites), .clock])
                try await server.run(onListening: listening) { connection in
                    await serve(connection, coordinator: coordinator, limits: limits, traffic: traffic)
                }
                return nil
            }
            group.addTask {
                await coordinator.runCommits()
                return nil
            }
            group.addTask {
                await coordinator.runRefreshes()
                return nil
            }
            group.addTask {
                await coordinator.runReceipts()
                return nil
            }
            group.addTask {
                await coordinator.runHeads()
                return nil
            }
            group.addTask {
                try await watchAuthorization(server: server, coordinator: coordinator)
                return nil
            }
            group.addTask {
                while true {
                    try await Task.sleep(for: AggregatorLimits.clockInterval)
                    let (bytesUp, bytesDown) = traffic.take()
                    await coordinator.tick(bytesUp: bytesUp, bytesDown: bytesDown)
                }
            }
            group.addTask {
                await manager?.keepAlive {
                    // Through the queue of commits and back: what hangs there does not feed the watchdog.
                    await coordinator.handle([])
                    return await coordinator.status
                }
                return nil
            }
            group.addTask {
                for await _ in stopRequests { await coordinator.handle(.stopRequested) }
                return nil
            }
            group.addTask {
                // A stored study may be over already: even then the service listens before it ends.
                for await _ in listens { break }
                return try await waitForEnd(coordinator)
            }
            group.addTask {
                try? await gracefulShutdown()
                return Task.isCancelled ? nil : .shutdown
            }
            var ending: Ending?
            do {
                while ending == nil, let next = try await group.next() { ending = next }
            } catch is CancellationError {
                ending = .shutdown
            }
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError), ending == nil {
                    throw error
                }
            }
            return ending ?? .shutdown
        }
        if case .failed(let error) = ending { throw error }
        let (bytesUp, bytesDown) = traffic.take()
        try await coordinator.commitRest(bytesUp: bytesUp, bytesDown: bytesDown)
        let progress = await coordinator.progress
        var model: Matrix?
        if case .finished = progress.phase { model = try await coordinator.model() }
        return Outcome(
            progress: progress, relativeResidual: await coordinator.relativeResidual, model: model)
    }

    private enum Ending: Sendable {
        case finished
        case shutdown
        case failed(any Error)
    }

    private func makeCoordinator() async throws -> ExchangeCoordinator {
        precondition(!plan.isPrivate || receipts != nil, "a private study needs somebody who keeps receipts")
        let machine = try AggregatorMachine(
            plan: plan, state: state, factorRefresh: settings.factorRefresh ?? .suited(to: plan),
            signedHeads: await receipts?.signedHeads ?? SignedHeads())
        return ExchangeCoordinator(
            plan: plan, machine: machine, store: store, receipts: receipts, recorder: recorder, logger: logger
        )
    }

    /// Waits until every owner has its result; then, where the service ends with the study, for their farewell.
    private func waitForEnd(_ coordinator: ExchangeCoordinator) async throws -> Ending? {
        for await result in coordinator.endings {
            if case .failure(let error) = result { return .failed(error) }
            if settings.exitsWhenFinished { break }
            logger.notice("every owner has its result; it is served until the service is stopped")
        }
        try Task.checkCancellation()
        let clock = ContinuousClock()
        // Where an earlier process ended first, owners are away, and do not know yet that they are done.
        let returnDeadline = clock.now + FederationLimits.returnTimeout
        while await coordinator.owesReleases, clock.now < returnDeadline {
            try await Task.sleep(for: AggregatorLimits.clockInterval)
        }
        let deadline = clock.now + AggregatorLimits.farewellTimeout
        while await coordinator.connectedCount > 0, clock.now < deadline {
            try await Task.sleep(for: AggregatorLimits.clockInterval)
        }
        return .finished
    }

    /// Lists the folder of authorised sites once a second, and ends the sessions of removed keys.
    ///
    /// What the coordinator does about a change waits for commits; no listing, and no removed key, waits for that.
    private func watchAuthorization(
        server: ExchangeServer, coordinator: ExchangeCoordinator
    ) async throws {
        let (changes, listing) = AsyncStream<SiteAuthorization.Change>.makeStream()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await change in changes {
                    // A site is expected before its key is let in: a join that came first would find it frozen.
                    for site in change.authorizedSites { await coordinator.handle(.authorized(site)) }
                    authorization.publish(change)
                    await coordinator.withdraw(change.removedKeys)
                    for site in change.revokedSites { await coordinator.handle(.revoked(site)) }
                }
            }
            while true {
                try await Task.sleep(for: AggregatorLimits.authorizationInterval)
                let change = authorization.reload(logger: logger)
                server.closeSessions(ofChannelKeys: change.removedKeys)
                listing.yield(change)
            }
        }
    }

    /// Serves one site's confirmed connection until it ends.
    private func serve(
        _ connection: PeerConnection, coordinator: ExchangeCoordinator, limits: WireLimits,
        traffic: TrafficCounter
    ) async {
        let key = connection.peer.channelKey
        let (identifier, outbox) = await coordinator.connect(SiteName(connection.peer.name), key: key) {
            connection.close($0)
        }
        guard authorization.identity(ofChannelKey: key) != nil else {
            // The key was removed before the coordinator knew of the connection.
            connection.close(.revoked)
            await coordinator.disconnect(identifier)
            return
        }
        traffic.begin(identifier, connection)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    for await batch in outbox.batches {
                        for bytes in try WireCodec.encodeInBatches(batch, limits: limits) {
                            try await connection.send(bytes)
                        }
                        outbox.sent(batch)
                    }
                } catch {
                    if error is WireError {
                        logger.error("an answer cannot be encoded", metadata: ["reason": "\(error)"])
                    }
                    // The reader hears of the lost connection too, and ends the session.
                    connection.close(.internalError)
                }
            }
            do {
                try await read(connection, identifier, coordinator: coordinator, limits: limits)
            } catch {
                logger.debug(
                    "a connection ended", metadata: ["site": "\(connection.peer.name)", "reason": "\(error)"])
            }
            await coordinator.disconnect(identifier)
        }
        traffic.end(identifier)
    }

    private func read(
        _ connection: PeerConnection, _ identifier: ConnectionIdentifier, coordinator: ExchangeCoordinator,
        limits: WireLimits
    ) async throws {
        var malformedCount = 0
        for try await first in connection.messages {
            // What came while the last commit was under way shares the next one.
            var events: [AggregatorEvent] = []
            for bytes in [first] + connection.takeWaitingMessages() {
                do {
                    // Nothing behind them is applied, and each has its receipt.
                    guard malformedCount < AggregatorLimits.malformedMessageCount else {
                        throw WireError(
                            .malformed, "it came behind \(malformedCount) messages that could not be read")
                    }
                    let messages = try WireCodec.decodeSiteMessages(bytes, limits: limits)
                    events += messages.map { .received(identifier, $0) }
                } catch let error as WireError {
                    malformedCount += 1
                    let code: Refusal.Code = error.code == .oversized ? .oversized : .malformed
                    events.append(.unreadable(identifier, Refusal(code, message: "\(error)"), bytes: bytes))
                }
            }
            await coordinator.handle(events)
            guard malformedCount < AggregatorLimits.malformedMessageCount else {
                connection.close(.protocolViolation)
                return
            }
        }
    }
}
