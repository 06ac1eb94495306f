internal import AggregatorStorage
package import Configuration
internal import Federation
package import Logging
internal import OperatorEndpoint
package import Reporting
internal import SecureChannel
internal import ServiceLifecycle
internal import ServiceProcess
internal import Storage
internal import Studies
internal import Transport

/// What `atoll-aggregator` does: configuration in, a study served, results out.
package struct AggregatorProgram: Sendable {
    /// The file in the results folder that says where the service listens, as `host:port`.
    package static let addressFileName = "address"

    private let configuration: AggregatorConfiguration
    private let study: StudyConfiguration
    private let endsWithStandardInput: Bool
    private let logger: Logger

    /// Reads the study that the configuration names.
    ///
    /// - Parameter endsWithStandardInput: Whether the end of standard input shuts the service down.
    package init(
        configuration: AggregatorConfiguration, endsWithStandardInput: Bool, logger: Logger
    ) throws {
        self.configuration = configuration
        self.endsWithStandardInput = endsWithStandardInput
        study = try StudyConfiguration.load(path: configuration.study)
        self.logger = logger
    }

    /// Serves the study until it is over, or SIGTERM or SIGINT; SIGUSR1 finishes it early, with its result.
    ///
    /// - Returns: What `summary.json` holds, and whether the study has a result.
    package func run() async throws -> (summary: JSONValue, isFinished: Bool) {
        let plan = try study.plan()
        try Folder.create(configuration.resultsDirectory)
        let store = try AggregatorStore(
            folder: configuration.state, plan: plan,
            retention: StateRetention(
                updateCount: UInt64(configuration.retainedUpdateCount),
                releaseByteCount: UInt64(configuration.retainedReleaseMebibytes) << 20))
        let (state, isResumed) = try await store.begin()
        if isResumed {
            logger.notice(
                "continuing at version \(state.version)",
                metadata: ["phase": "\(state.phase.name)", "state": "\(configuration.state)"])
        }
        let results = try await AggregatorResults(
            folder: configuration.resultsDirectory, recordsLosses: plan.reportsLoss, state: state,
            store: store, logger: logger)
        let authorization = try SiteAuthorization(folder: configuration.authorizedSites)
        for warning in authorization.warnings {
            logger.warning("an authorised site's file is not usable", metadata: ["reason": "\(warning)"])
        }
        let identity = try KeyFile.load(at: configuration.key)
        var receipts: ReceiptKeeper?
        if plan.isPrivate {
            try Folder.create(configuration.receipts)
            let keeper = ReceiptKeeper(
                folder: configuration.receipts, plan: plan, instance: state.instance,
                key: identity.signingKey, store: store, logger: logger)
            try await keeper.open()
            receipts = keeper
        }
        let board = StatusBoard(plan: plan)
        if isResumed { board.resumed(state) }
        let service = AggregatorService(
            settings: AggregatorService.Settings(
                host: configuration.listen.host, port: configuration.listen.port,
                exitsWhenFinished: configuration.exitWhenFinished),
            plan: plan, identity: LocalIdentity(identity), authorization: authorization, store: store,
            state: state, receipts: receipts,
            recorder: CombinedRecorder([results, board]), board: board, logger: logger)
        let (stopRequests, requester) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingOldest(1))
        let manager = ServiceManager(logger: logger)
        let outcome = try await ServiceProcess.run(
            endsWithStandardInput: endsWithStandardInput,
            companions: [HistoryFlusher(results: results, logger: logger), StopSignal { requester.yield() }]
                + OperatorServer.services(
                    listen: configuration.operatorListen.map { ($0.host, $0.port) }, content: board.content,
                    resultsFolder: configuration.resultsDirectory, logger: logger),
            manager: manager, logger: logger
        ) { try await serve(service, stopRequests: stopRequests, manager: manager) }
        await store.close()
        guard let outcome else {
            throw FederationError(.stateMismatch, "the service ended without an outcome")
        }
        let summary = try results.finish(
            plan: plan, continuedAt: isResumed ? state.version : nil, outcome: outcome)
        if summary["arock_exceeded"] == true, let bound = summary["arock_bound"]?.doubleValue,
            let used = summary["relaxation_max"]?.doubleValue
        {
            logger.notice(
                "the relaxation exceeded ARock's bound for the staleness that was seen: no theorem covers this run",
                metadata: ["relaxation": "\(used)", "bound": "\(bound)"])
        }
        if case .finished = outcome.phase { return (summary, true) }
        return (summary, false)
    }

    private func serve(
        _ service: AggregatorService, stopRequests: AsyncStream<Void>, manager: ServiceManager
    ) async throws -> AggregatorService.Outcome {
        let address = configuration.resultsDirectory + "/" + Self.addressFileName
        return try await service.run(stopRequests: stopRequests, manager: manager) {
            [host = configuration.listen.host, logger] port in
            let endpoint = Endpoint(host: host, port: port)
            logger.notice("listening", metadata: ["address": "\(endpoint)"])
            do {
                try AtomicFile.write(Array("\(endpoint)\n".utf8), to: address)
            } catch {
                logger.error("the address file cannot be written", metadata: ["reason": "\(error)"])
            }
            manager.ready("listening on \(endpoint)")
        }
    }
}

/// Keeps the history on disk a moment behind the study, so that it can be followed.
private struct HistoryFlusher: Service {
    let results: AggregatorResults
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var reported: String?
            while (try? await Task.sleep(for: AggregatorLimits.historyFlushInterval)) != nil {
                if let failure = results.flush(), failure != reported {
                    reported = failure
                    logger.error("the history cannot be written", metadata: ["reason": "\(failure)"])
                }
            }
        }
    }
}
