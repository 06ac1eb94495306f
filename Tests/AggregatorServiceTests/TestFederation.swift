internal import AggregatorService
internal import AggregatorStorage
internal import Federation
internal import FoundationEssentials
internal import InMemoryLogging
internal import Logging
internal import SecureChannel
internal import SiteAgent
internal import SiteStorage
internal import TestSupport
internal import Transport
internal import Wire

/// An aggregator's service on a port of the kernel's choice, with a folder of authorised sites.
struct TestFederation: Sendable {
    let study: TestStudy
    let aggregator: Party
    let parties: [String: Party]
    let keys: TemporaryFolder
    let port: Int
    let history: AggregatorRecorder
    let log: InMemoryLogHandler
    let siteLog: InMemoryLogHandler

    /// What stays when an aggregator is started again.
    struct Deployment: Sendable {
        let study: TestStudy
        let aggregator: Party
        let parties: [String: Party]
        let keys: TemporaryFolder
        let factorRefresh: FactorRefresh?
        /// Holds the aggregator's state.
        private(set) var state: TemporaryFolder

        /// The same for an aggregator that has no state.
        func withEmptyState() throws -> Deployment {
            var other = self
            other.state = try TemporaryFolder()
            return other
        }

        /// Makes keys for `sites`, and authorises those of them that are not in `unauthorized`.
        init(
            _ study: TestStudy, unauthorized: Set<String> = [], factorRefresh: FactorRefresh? = nil
        ) throws {
            self.study = study
            self.factorRefresh = factorRefresh
            aggregator = try Party("aggregator")
            parties = try Dictionary(uniqueKeysWithValues: TestStudy.sites.map { ($0, try Party($0)) })
            keys = try TemporaryFolder()
            state = try TemporaryFolder()
            for (name, party) in parties where !unauthorized.contains(name) {
                try keys.write(party.identity.line + "\n", to: "\(name).pub")
            }
        }
    }

    /// Runs `body` beside an aggregator until the aggregator has served every final column.
    static func run<Result: Sendable>(
        _ study: TestStudy, unauthorized: Set<String> = [], _ body: (TestFederation) async throws -> Result
    ) async throws -> (result: Result, outcome: AggregatorService.Outcome) {
        try await run(Deployment(study, unauthorized: unauthorized), port: 0, stops: false, body)
    }

    /// Runs `body` beside an aggregator.
    ///
    /// - Parameters:
    ///   - stops: Whether the aggregator is stopped when `body` is done, or runs to its end.
    ///   - board: Hears what the recorder does, where there is one.
    @discardableResult
    static func run<Result: Sendable>(
        _ deployment: Deployment, port: Int, stops: Bool, board: StatusBoard? = nil,
        _ body: (TestFederation) async throws -> Result
    ) async throws -> (result: Result, outcome: AggregatorService.Outcome) {
        let history = AggregatorRecorder()
        let log = InMemoryLogHandler()
        let store = try AggregatorStore(
            folder: deployment.state.file("state"), plan: deployment.study.plan,
            retention: StateRetention(updateCount: 100_000, releaseByteCount: 1 << 20))
        let state = try await store.begin().state
        var receipts: ReceiptKeeper?
        if deployment.study.plan.isPrivate {
            let folder = deployment.state.file("receipts")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let keeper = ReceiptKeeper(
                folder: folder, plan: deployment.study.plan, instance: state.instance,
                key: deployment.aggregator.local.identity.signingKey, store: store,
                logger: Logger(label: "receipts") { _ in log })
            try await keeper.open()
            receipts = keeper
        }
        let service = AggregatorService(
            settings: .init(
                host: "127.0.0.1", port: port, exitsWhenFinished: true,
                factorRefresh: deployment.factorRefresh),
            plan: deployment.study.plan, identity: deployment.aggregator.local,
            authorization: try SiteAuthorization(folder: deployment.keys.path),
            store: store, state: state, receipts: receipts,
            recorder: CombinedRecorder([history] + (board.map { [$0] } ?? [])), board: board,
            logger: Logger(label: "aggregator") { _ in log })
        let bound = Observed<Swift.Result<Int, any Error>?>(nil)
        let run = try await withThrowingTaskGroup(of: AggregatorService.Outcome.self) { group in
            group.addTask {
                do {
                    return try await service.run { port in bound.update { $0 = .success(port) } }
                } catch {
                    bound.update { $0 = $0 ?? .failure(error) }
                    throw error
                }
            }
            let result = try await body(
                TestFederation(
                    study: deployment.study, aggregator: deployment.aggregator, parties: deployment.parties,
                    keys: deployment.keys, port: try await bound.wait { $0 != nil }?.get() ?? 0,
                    history: history,
                    log: log, siteLog: InMemoryLogHandler()))
            if stops { group.cancelAll() }
            guard let outcome = try await group.next() else { throw CancellationError() }
            return (result, outcome)
        }
        // The next aggregator may open the state at once.
        await store.close()
        return run
    }

    func party(_ site: String) throws -> Party {
        guard let party = parties[site] else { throw CancellationError() }
        return party
    }

    // MARK: Sites

    /// Runs an honest agent to its end.
    @discardableResult
    func runAgent(
        _ site: String, port: Int? = nil, readsInFlight: Int = 1, journal: SiteJournal? = nil,
        recorder: any SiteRecorder = TestSiteRecorder(),
        farewellTimeout: Duration = SiteLimits.farewellTimeout
    ) async throws -> SiteOutcome? {
        try await SiteAgent(
            plan: study.plan, site: SiteName(site), objectives: study.objectives(of: site),
            readsInFlight: readsInFlight, identity: try party(site).local,
            peer: .init(host: "127.0.0.1", port: port ?? self.port, identities: [aggregator.identity]),
            journal: journal, recorder: recorder, farewellTimeout: farewellTimeout,
            logger: Logger(label: site) { _ in siteLog }
        ).run()
    }

    /// Runs an honest agent until it has every model.
    func completeAgent(_ site: String) async throws {
        let outcome = try await runAgent(site)
        guard outcome == .complete else { throw IncompleteSite(outcome: outcome) }
    }

    /// Runs honest agents beside `body`, and waits until every one is complete.
    ///
    /// - Throws: What `body` throws; the agents are cancelled then.
    func withAgents<Result: Sendable>(
        _ sites: [String], port: Int? = nil, _ body: () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: SiteOutcome?.self) { group in
            for site in sites { group.addTask { try await runAgent(site, port: port) } }
            let result = try await body()
            for try await outcome in group where outcome != .complete {
                throw IncompleteSite(outcome: outcome)
            }
            return result
        }
    }

    /// Runs `body` with a confirmed connection that says what the test wants.
    func connect<Result: Sendable>(
        as party: Party, pinning identity: PublicIdentity? = nil, port: Int? = nil,
        maximumMessageByteCount: Int? = nil, _ body: (inout ProtocolPeer) async throws -> Result
    ) async throws -> Result {
        var limits = TransportLimits()
        limits.maximumMessageByteCount =
            maximumMessageByteCount ?? ProtocolPeer.limits(study.plan).maximumMessageByteCount
        return try await ExchangeClient.withConnection(
            host: "127.0.0.1", port: port ?? self.port, identity: party.local,
            server: identity ?? aggregator.identity, limits: limits,
            logger: Logger(label: "peer") { _ in InMemoryLogHandler() }
        ) { connection in
            var peer = ProtocolPeer(connection, study: study, site: party.identity.name)
            return try await body(&peer)
        }
    }

    /// Waits until the site of an earlier connection is seen to have left.
    func waitUntilLeft(_ site: String) async throws {
        _ = try await history.wait { !$0.present.contains(SiteName(site)) }
    }

    /// Whether a line of the aggregator's log has this message and, under `key`, this value.
    func hasLogged(_ message: String, _ key: String, _ value: String) -> Bool {
        log.entries.contains { entry in
            entry.message.description == message && entry.metadata[key]?.description == value
        }
    }
}

/// An honest site that did not get all its models.
struct IncompleteSite: Error {
    let outcome: SiteOutcome?
}
