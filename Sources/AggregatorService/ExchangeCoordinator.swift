internal import AggregatorStorage
internal import Federation
internal import LinearAlgebra
internal import Logging
internal import MultiTaskLearning
internal import PrivacyLedger
internal import Transport

/// Runs the state machine: events in any order, one at a time; commits before messages.
///
/// Whatever arrives while a commit is under way joins the next one, so that sites share commits. Where the machine hands
/// the factor of its proximal operator over, it is computed beside all this, one at a time; an event whose answer the
/// factor at hand is too old for waits until it is there, and whatever comes after it waits too.
actor ExchangeCoordinator {
    private struct Connection {
        var site: SiteName
        var key: [UInt8]
        var outbox: ConnectionOutbox
        var close: @Sendable (CloseReason) -> Void
    }

    private let store: AggregatorStore
    private let recorder: any UpdateRecorder
    private let logger: Logger
    private var siteLog: SiteLog
    private let plan: StudyPlan
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var machine: AggregatorMachine
    private var connections: [ConnectionIdentifier: Connection] = [:]
    private var connectionCount: UInt64 = 0
    /// What arrived together, and waits for a factor.
    struct Arrival {
        fileprivate(set) var events: ArraySlice<AggregatorEvent>
        fileprivate let waiter: CheckedContinuation<Void, Never>
    }

    private(set) var arrivals: [Arrival] = []
    private var isRefreshing = false
    private let snapshots: AsyncStream<FactorSnapshot>
    private let refresh: AsyncStream<FactorSnapshot>.Continuation
    private var queue: [AggregatorAction] = []
    /// Those whose actions are in the queue.
    private var waiters: [CheckedContinuation<Void, Never>] = []
    private var isStopped = false
    private var failure: (any Error)?
    /// Of a private study.
    private let receipts: ReceiptKeeper?
    private let receiptWakeUps: AsyncStream<Void>
    private let receiptWakeUp: AsyncStream<Void>.Continuation
    /// A head that is to be signed, for the connection that brought it.
    private struct HeadRequest {
        let connection: ConnectionIdentifier
        let site: SiteName
        let head: LedgerHead
    }

    // Bounded by the machine: a connection with more heads than updates is closed.
    private let headRequests: AsyncStream<HeadRequest>
    private let headRequest: AsyncStream<HeadRequest>.Continuation
    private let wakeUps: AsyncStream<Void>
    private let wakeUp: AsyncStream<Void>.Continuation
    private let ending: AsyncStream<Result<Void, any Error>>.Continuation
    /// Yields when every owner holds its result, and when the service cannot go on.
    let endings: AsyncStream<Result<Void, any Error>>

    init(
        plan: StudyPlan, machine: AggregatorMachine, store: AggregatorStore, receipts: ReceiptKeeper? = nil,
        recorder: any UpdateRecorder, logger: Logger
    ) {
        self.machine = machine
        self.store = store
        self.receipts = receipts
        self.recorder = recorder
        self.logger = logger
        siteLog = SiteLog(plan: plan, logger: logger)
        self.plan = plan
        // Time goes on where the stored state left off: pauses between two processes do not count.
        start = clock.now - machine.progress.elapsed
        (endings, ending) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(2))
        (wakeUps, wakeUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (receiptWakeUps, receiptWakeUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (headRequests, headRequest) = AsyncStream.makeStream()
        (snapshots, refresh) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var progress: StudyProgress { machine.progress }

    var relativeResidual: Double? { machine.relativeResidual }

    var connectedCount: Int { connections.count }

    /// Whether owners may come back to hear that they are done.
    var owesReleases: Bool { machine.owesReleases }

    /// The state in a few words, for people.
    var status: String { "\(machine.version) updates applied, \(connections.count) sites connected" }

    /// The model at this moment: prox of V.
    func model() throws -> Matrix {
        try machine.model()
    }

    /// Registers a confirmed connection of `site`.
    ///
    /// - Parameters:
    ///   - key: The channel key that it was confirmed with.
    ///   - close: Ends the connection; called when a newer one of the same site joins, when the peer does not
    ///     read, when its key is removed, and when the service cannot go on.
    func connect(
        _ site: SiteName, key: [UInt8], close: @escaping @Sendable (CloseReason) -> Void
    ) async -> (ConnectionIdentifier, ConnectionOutbox) {
        connectionCount += 1
        let connection = ConnectionIdentifier(connectionCount)
        let outbox = ConnectionOutbox(
            byteCountMaximum: AggregatorLimits.outboxByteCount(plan: plan, site: site))
        connections[connection] = Connection(site: site, key: key, outbox: outbox, close: close)
        await handle(.connected(connection, site))
        return (connection, outbox)
    }

    func disconnect(_ connection: ConnectionIdentifier) async {
        connections.removeValue(forKey: connection)?.outbox.finish()
        await handle(.disconnected(connection))
    }

    /// Ends the connections of removed keys: nothing of theirs that is not applied yet will be.
    func withdraw(_ keys: [[UInt8]]) async {
        let ended = connections.filter { keys.contains($0.value.key) }.keys.sorted()
        guard !ended.isEmpty else { return }
        // Before all that waits for a factor: some of it may be theirs.
        await take(ended.map { .keyWithdrawn($0) }, at: arrivals.startIndex)
    }

    /// Takes one event; returns when its actions are done.
    func handle(_ event: AggregatorEvent) async {
        await handle([event])
    }

    /// Takes events that arrived together; returns when their actions are done, or the coordinator has stopped.
    ///
    /// A connection that waits for this before it reads on has no more in the queue than its receive buffer holds.
    func handle(_ events: [AggregatorEvent]) async {
        await take(events, at: arrivals.endIndex)
    }

    /// Puts events that arrived together at a place among those that wait.
    private func take(_ events: [AggregatorEvent], at place: Int) async {
        guard !isStopped else { return }
        await withCheckedContinuation { continuation in
            arrivals.insert(Arrival(events: events[...], waiter: continuation), at: place)
            handleArrivals()
        }
    }

    /// Hands the machine what has arrived, up to an event that waits for a factor, and starts on a factor that is due.
    private func handleArrivals() {
        do {
            arrivals: while !arrivals.isEmpty {
                while let event = arrivals[0].events.first {
                    if machine.awaitsFactor(for: event) { break arrivals }
                    queue += try machine.handle(event, at: clock.now - start)
                    arrivals[0].events.removeFirst()
                }
                waiters.append(arrivals.removeFirst().waiter)
            }
        } catch {
            fail(error, "a step cannot be computed")
            return
        }
        wakeUp.yield()
        guard !isRefreshing, let snapshot = machine.factorSnapshot() else { return }
        isRefreshing = true
        refresh.yield(snapshot)
    }

    /// Computes factors of the proximal operator, until it is cancelled; run it in a task of its own.
    ///
    /// The state on disk does not depend on them: a start decomposes what it reads.
    @concurrent nonisolated func runRefreshes() async {
        for await snapshot in snapshots {
            let began = clock.now
            let result = Result { try snapshot.refreshed() }
            await refreshed(result, duration: clock.now - began)
        }
    }

    private func refreshed(_ result: Result<RefreshedFactor, any Error>, duration: Duration) {
        isRefreshing = false
        guard !isStopped else { return }
        do {
            let factor = try result.get()
            let oldAge = machine.factorAge
            if machine.install(factor) {
                recorder.recordRefresh(
                    FactorRefreshRecord(
                        duration: duration, isDecomposition: factor.isDecomposed, replacedAge: oldAge,
                        age: machine.factorAge))
            }
        } catch {
            fail(error, "the proximal operator cannot be computed")
            return
        }
        handleArrivals()
    }

    /// Passes the time on where the machine waits for it, and the bytes that were carried meanwhile.
    func tick(bytesUp: UInt64, bytesDown: UInt64) async {
        if bytesUp > 0 || bytesDown > 0 {
            await handle(.traffic(bytesUp: bytesUp, bytesDown: bytesDown))
        }
        guard let deadline = machine.nextDeadline, clock.now - start >= deadline else { return }
        await handle(.clock)
    }

    /// Commits and carries out what events led to, until it is cancelled; run it in a task of its own.
    ///
    /// Whoever waits in ``handle(_:)`` waits for one commit, however busy the others are.
    func runCommits() async {
        for await _ in wakeUps {
            while !isStopped, !queue.isEmpty || !waiters.isEmpty {
                let batch = queue
                let sharing = waiters
                queue.removeAll(keepingCapacity: true)
                waiters.removeAll(keepingCapacity: true)
                do {
                    let transactions = batch.compactMap {
                        if case .commit(let change) = $0 { change } else { nil }
                    }
                    if !transactions.isEmpty { try await commit(transactions) }
                    // Nothing is acknowledged where the machine failed while this commit was under way.
                    if !isStopped { perform(batch) }
                } catch {
                    fail(error, "its state cannot be kept")
                }
                for waiter in sharing { waiter.resume() }
                guard !isStopped else { continue }
                do {
                    try await store.maintain()
                } catch {
                    fail(error, "its state cannot be kept")
                }
            }
        }
        stop()
    }

    /// Writes receipts some time after the commits that they are of, until it is cancelled; run it in a task of its own.
    func runReceipts() async {
        guard let receipts else { return }
        for await _ in receiptWakeUps {
            do {
                try await receipts.catchUp()
            } catch {
                fail(error, "its receipts cannot be kept")
                return
            }
            // What comes meanwhile shares the next signatures.
            try? await Task.sleep(for: AggregatorLimits.receiptInterval)
        }
    }

    /// Signs heads of privacy ledgers, until it is cancelled; run it in a task of its own.
    func runHeads() async {
        guard let receipts else { return }
        for await request in headRequests {
            do {
                let signed = try await receipts.countersign(request.head, of: request.site)
                if !isStopped { send([.headSigned(signed)], to: request.connection) }
            } catch {
                fail(error, "a signed head cannot be kept")
                return
            }
        }
    }

    private func commit(_ transactions: [Transaction]) async throws {
        let began = clock.now
        try await store.commit(transactions)
        if transactions.contains(where: { $0.applied != nil || $0.refused != nil }) { receiptWakeUp.yield() }
        recorder.recordCommit(
            updateCount: transactions.count { $0.applied != nil }, duration: clock.now - began)
    }

    /// Commits what is left, once ``runCommits()`` has returned.
    ///
    /// Nothing of it was acknowledged: it is there so that the sums over the study are whole.
    ///
    /// - Throws: The store's error; or that which stopped the coordinator, which the run's end may have overtaken.
    func commitRest(bytesUp: UInt64, bytesDown: UInt64) async throws {
        if let failure { throw failure }
        isStopped = true
        do {
            queue += try machine.handle(
                .traffic(bytesUp: bytesUp, bytesDown: bytesDown), at: clock.now - start)
            let rest = queue.compactMap { if case .commit(let change) = $0 { change } else { nil } }
            queue.removeAll()
            try await store.commit(rest + [Transaction(progress: machine.progress)])
            try await receipts?.catchUp()
        } catch {
            fail(error, "its state cannot be kept")
            throw error
        }
    }

    /// Carries out actions whose commits are done.
    ///
    /// Messages of one connection leave together.
    private func perform(_ batch: [AggregatorAction]) {
        var messages: [(ConnectionIdentifier, [AggregatorMessage])] = []
        var isDone = false
        for action in batch {
            switch action {
            case .commit(let transaction):
                if let applied = transaction.applied { recorder.record(applied) }
            case .send(let connection, let message):
                if let index = messages.firstIndex(where: { $0.0 == connection }) {
                    messages[index].1.append(message)
                } else {
                    messages.append((connection, [message]))
                }
            case .countersign(let connection, let site, let head):
                headRequest.yield(HeadRequest(connection: connection, site: site, head: head))
            case .close(let connection, let cause):
                connections[connection]?.close(CloseReason(cause))
            case .note(let note):
                recorder.record(note)
                siteLog.log(note, at: clock.now - start)
            case .done:
                isDone = true
            }
        }
        for (connection, batch) in messages { send(batch, to: connection) }
        if isDone { ending.yield(.success(())) }
    }

    private func send(_ messages: [AggregatorMessage], to connection: ConnectionIdentifier) {
        guard let target = connections[connection] else { return }
        guard target.outbox.enqueue(messages) else {
            siteLog.logUnread(
                by: target.site, bound: target.outbox.byteCountMaximum, at: clock.now - start)
            target.close(.protocolViolation)
            return
        }
    }

    /// A commit or an eigensolver failed: nothing more is acknowledged.
    private func fail(_ error: any Error, _ reason: String) {
        if failure == nil { failure = error }
        logger.critical(
            "the aggregator stops and acknowledges nothing more: \(reason)",
            metadata: ["error": "\(error)"])
        for connection in connections.values { connection.close(.internalError) }
        ending.yield(.failure(error))
        stop()
    }

    private func stop() {
        isStopped = true
        receiptWakeUp.finish()
        headRequest.finish()
        refresh.finish()
        for waiter in waiters + arrivals.map(\.waiter) { waiter.resume() }
        waiters.removeAll()
        arrivals.removeAll()
    }
}

extension CloseReason {
    /// What a peer whose connection is closed for this cause is told.
    fileprivate init(_ cause: ClosingCause) {
        self =
            switch cause {
            case .superseded: .superseded
            case .revoked: .revoked
            case .refusedTooOften: .refusedTooOften
            }
    }
}
