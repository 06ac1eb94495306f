package import Federation
package import Logging
package import MultiTaskLearning
internal import PrivacyMechanisms
internal import Reporting
package import SecureChannel
internal import ServiceLifecycle
package import ServiceProcess
package import SiteStorage
internal import Sodium
internal import Storage
package import Transport
internal import Wire

/// A site's agent: computes on its own records and exchanges columns with the aggregator until its tasks are done.
///
/// It comes back after a pause when the connection is lost, whatever the reason, and starts again from its journal and
/// what the aggregator answers.
package struct SiteAgent: Sendable {
    /// Where the aggregator is and which keys it may have: its present one, and the next.
    package struct Peer: Sendable {
        package var host: String
        package var port: Int
        package var identities: [PublicIdentity]

        package init(host: String, port: Int, identities: [PublicIdentity]) {
            self.host = host
            self.port = port
            self.identities = identities
        }
    }

    private let plan: StudyPlan
    private let site: SiteName
    private let objectives: [TaskName: TaskObjective]
    private let readsInFlight: Int
    private let identity: LocalIdentity
    private let peer: Peer
    private let journal: SiteJournal?
    private let ledger: SiteLedger?
    private let recording: AuditRecording?
    private let persons: [TaskName: [String]]
    private let recorder: any SiteRecorder
    private let farewellTimeout: Duration
    private let logger: Logger

    /// Creates an agent that does not run yet.
    ///
    /// - Parameters:
    ///   - objectives: One for each task whose data the site holds.
    ///   - persons: Whose record each one is, by task, where the study hides persons.
    ///   - journal: Where the agent's state outlives it; without one it begins with nothing.
    ///   - ledger: What a private study's releases are charged to.
    ///   - recording: Where they are recorded for an audit; they are then not private, and the ledger says so.
    ///   - farewellTimeout: How long it comes back for the aggregator's last word once that was told of every model.
    package init(
        plan: StudyPlan, site: SiteName, objectives: [TaskName: TaskObjective],
        persons: [TaskName: [String]] = [:], readsInFlight: Int, identity: LocalIdentity, peer: Peer,
        journal: SiteJournal? = nil, ledger: SiteLedger? = nil, recording: AuditRecording? = nil,
        recorder: any SiteRecorder,
        farewellTimeout: Duration = SiteLimits.farewellTimeout, logger: Logger
    ) {
        self.plan = plan
        self.site = site
        self.objectives = objectives
        self.readsInFlight = readsInFlight
        self.identity = identity
        self.peer = peer
        self.journal = journal
        self.ledger = ledger
        self.recording = recording
        self.persons = persons
        self.recorder = recorder
        self.farewellTimeout = farewellTimeout
        self.logger = logger
    }

    /// Runs until every task has its final model or was refused for good.
    ///
    /// - Parameter manager: Is told that the agent lives, and its state.
    /// - Returns: nil where the agent was shut down before.
    /// - Throws: ``FederationError`` where the tasks are not the site's, or a private study has no ledger and synced
    ///   journal; the ledger's error where a release cannot be charged: it is not sent then; the recorder's error where a model cannot
    ///   be kept; the journal's where an update cannot be: it is not sent then.
    package func run(manager: ServiceManager? = nil) async throws -> SiteOutcome? {
        let tasks = plan.tasks(of: site).filter { objectives[$0] != nil }
        let machine = try SiteMachine(
            plan: plan, site: site, tasks: tasks, readsInFlight: readsInFlight,
            lipschitzConstants: try plan.reportedConstants(of: objectives.filter { tasks.contains($0.key) }),
            restored: journal?.restored ?? SiteState())
        let exchange = SiteExchange(
            machine: machine,
            // Another process draws other records: what it may send again is in the journal as it was sent.
            tasks: try plan.localTasks(
                objectives, seed: .random(in: 0 ... .max), randomness: .operatingSystem,
                persons: persons,
                recording: recording.map { recording in { try recording.gradients(of: $0, $1) } }),
            journal: journal, gate: try gate(), recording: recording, recorder: recorder, logger: logger)
        return try await cancelWhenGracefulShutdown {
            async let _: Void? = manager?.keepAlive { await exchange.status }
            do {
                return try await reconnecting(exchange)
            } catch is CancellationError {
                return nil
            }
        }
    }

    private func gate() throws -> ReleaseGate {
        if let study = UnprotectedStudy(plan) { return .open(study) }
        guard let ledger, journal?.durability == .synced else {
            throw FederationError(
                .invalidStudy,
                "the study '\(plan.name)' is private: it needs a ledger, and a journal that is synced before an update "
                    + "leaves; write privacy into the site's configuration")
        }
        return .ledger(ledger, clock: { Timestamp.now().millisecondsSinceEpoch })
    }

    private func reconnecting(_ exchange: SiteExchange) async throws -> SiteOutcome {
        var backoff = Backoff()
        var random = SystemRandomNumberGenerator()
        var attempt = 0
        let clock = ContinuousClock()
        // When a connection was first lost with nothing but the aggregator's last word to wait for.
        var farewellStart: ContinuousClock.Instant?
        while true {
            // Where the aggregator's next key is pinned too, the attempts take turns.
            let server = peer.identities[attempt % peer.identities.count]
            attempt += 1
            var isUseful = false
            do {
                let outcome = try await ExchangeClient.withConnection(
                    host: peer.host, port: peer.port, identity: identity, server: server,
                    limits: limits, logger: logger
                ) { connection in
                    recorder.connected()
                    return try await serve(connection, exchange, server: server, isUseful: &isUseful)
                }
                if let outcome { return outcome }
                recorder.disconnected("the connection was given up to join anew")
            } catch let error as TransportError {
                recorder.disconnected(error.eventForSite)
                logger.warning(
                    "\(error.eventForSite); trying again",
                    metadata: ["address": "\(peer.host):\(peer.port)", "reason": "\(error)"])
                // Two processes with one key would otherwise take the connection from each other without a pause.
                if error.closeReason == .superseded { isUseful = false }
            }
            if isUseful { backoff.reset() }
            try await exchange.disconnected()
            var delay = backoff.nextDelay(using: &random)
            if await exchange.awaitsOnlyReleases {
                let start = farewellStart ?? clock.now
                farewellStart = start
                let left = farewellTimeout - (clock.now - start)
                if left <= .zero, let outcome = try await exchange.giveUpReleases() {
                    logger.notice(
                        "the aggregator is gone and was told that every model is kept; the study is over here",
                        metadata: ["waited": "\(clock.now - start)"])
                    return outcome
                }
                delay = min(delay, max(left, .zero))
            } else {
                farewellStart = nil
            }
            try await Task.sleep(for: delay)
        }
    }

    private var limits: TransportLimits {
        var limits = TransportLimits()
        limits.maximumMessageByteCount = WireLimits(maximumDimension: plan.dimension).maximumMessageByteCount
        return limits
    }

    /// Exchanges over one connection; nil where it ended before the work did.
    ///
    /// - Parameter isUseful: Whether the connection brought the study on: an update was accepted or a final column
    ///   came, and the aggregator's messages could be read. One that is merely confirmed is no reason to come back
    ///   sooner.
    private func serve(
        _ connection: PeerConnection, _ exchange: SiteExchange, server: PublicIdentity,
        isUseful: inout Bool
    ) async throws -> SiteOutcome? {
        let limits = WireLimits(maximumDimension: plan.dimension)
        var step = try await exchange.connected(aggregatorKey: server.signingKey)
        var messages = connection.messages.makeAsyncIterator()
        while true {
            for bytes in try WireCodec.encodeInBatches(step.messages.map(\.message), limits: limits) {
                try await connection.send(bytes)
            }
            if let outcome = step.outcome { return outcome }
            if step.reconnects { return nil }
            guard let bytes = try await messages.next() else { return nil }
            do {
                let received = try WireCodec.decodeAggregatorMessages(bytes, limits: limits)
                isUseful = isUseful || received.contains(where: \.bringsStudyOn)
                step = try await exchange.received(received)
            } catch let error as WireError {
                logger.warning("the aggregator's message could not be read", metadata: ["reason": "\(error)"])
                isUseful = false
                return nil
            }
        }
    }
}

extension AggregatorMessage {
    /// Whether the message is an answer that only work which counts is given.
    fileprivate var bringsStudyOn: Bool {
        switch self {
        case .acceptance, .final: true
        case .welcome, .column, .released, .refusal, .headSigned: false
        }
    }
}

extension TransportError {
    /// What happened, in the words of a site's administrator.
    fileprivate var eventForSite: String {
        switch closeReason {
        case .revoked: "the aggregator no longer authorises this site's key"
        case .superseded: "another process with this site's key took its place at the aggregator"
        case .refusedTooOften: "the aggregator refused too much on this connection"
        case .some: "the connection to the aggregator was closed"
        case nil:
            code == .connectionLost
                ? "the connection to the aggregator was lost" : "no connection to the aggregator"
        }
    }
}
