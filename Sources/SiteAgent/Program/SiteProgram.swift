package import Configuration
internal import Datasets
internal import Federation
internal import LinearAlgebra
package import Logging
internal import MultiTaskLearning
internal import OperatorEndpoint
package import Reporting
internal import SecureChannel
internal import ServiceProcess
internal import SiteStorage
internal import Storage
internal import Studies
internal import Transport

/// What `atoll-site` does: configuration and local records in, a model out.
package struct SiteProgram: Sendable {
    private let configuration: SiteConfiguration
    private let study: StudyConfiguration
    private let comparesLocally: Bool
    private let isOffline: Bool
    private let endsWithStandardInput: Bool
    private let auditRecording: (folder: String, canaryCount: Int)?
    private let logger: Logger

    /// Reads the study that the configuration names.
    ///
    /// - Parameters:
    ///   - comparesLocally: Whether the summary also scores a model of each task's own records alone.
    ///   - isOffline: Whether to finish from the models on disk instead of connecting.
    ///   - endsWithStandardInput: Whether the end of standard input shuts the agent down.
    ///   - auditRecording: Where releases are recorded for an audit, with so many canaries a task: they are not private.
    package init(
        configuration: SiteConfiguration, comparesLocally: Bool, isOffline: Bool = false,
        endsWithStandardInput: Bool, auditRecording: (folder: String, canaryCount: Int)? = nil,
        logger: Logger
    ) throws {
        self.configuration = configuration
        self.comparesLocally = comparesLocally
        self.isOffline = isOffline
        self.auditRecording = auditRecording
        self.endsWithStandardInput = endsWithStandardInput
        study = try StudyConfiguration.load(path: configuration.study)
        self.logger = logger
    }

    /// Trains until every task of the site has its model, or SIGTERM or SIGINT.
    ///
    /// Where the models of this very study are on disk already and the aggregator released them, it does not connect:
    /// the process was killed just before its end, and the aggregator may be gone. Offline it does not connect in any
    /// case: models that are not on disk are then missing from the result.
    ///
    /// - Returns: What `summary.json` holds and whether every task has a model; nil where it was shut down before.
    package func run() async throws -> (summary: JSONValue, isComplete: Bool)? {
        let plan = try study.plan()
        guard !comparesLocally || study.privacy?.releasesScores != true else {
            throw ConfigurationError(
                .impossibleCombination,
                "--compare-local: the study '\(plan.name)' has privacy.score_noise_multiplier, and a local-only model's score "
                    + "would stand without noise beside the noisy one; leave it out")
        }
        let site = SiteName(configuration.site)
        let tasks = try loadTasks(plan: plan, site: site)
        // Whether a step converges on them is a statistic of the records: no refusal may tell it.
        if !plan.isPrivate { try StudyData.requireConvergentStep(tasks, eta: study.eta) }
        let ledger = try openLedger(plan: plan)
        try Folder.create(configuration.resultsDirectory)
        let results = try SiteResults(
            folder: configuration.resultsDirectory, site: site, plan: plan,
            isUnprotected: auditRecording != nil || (ledger?.spending.unprotectedCount ?? 0) > 0)
        logger.notice(
            "ready",
            metadata: ["study": "\(plan.name)", "site": "\(site)", "tasks": "\(tasks.count)"])
        if results.unreadableCount > 0 {
            logger.warning(
                "lines at the end of acceptances.jsonl cannot be read; they are left as they are",
                metadata: ["lines": "\(results.unreadableCount)"])
        }
        let hasModels = results.hasKept(tasks.map(\.name))
        let manager = ServiceManager(logger: logger)
        let isOver = isOffline || (hasModels && results.isReleased)
        let scores = ledger.flatMap {
            PrivateScores(
                resultsFolder: configuration.resultsDirectory, site: site, plan: plan,
                bound: study.privacy?.scoreBound ?? 1, ledger: $0,
                clock: { Timestamp.now().millisecondsSinceEpoch })
        }
        // A score's charge names the run that the journal is of.
        let journal = isOver && scores == nil ? nil : try openJournal(plan: plan, site: site)
        let outcome: SiteOutcome
        if isOver {
            logger.notice(
                "the result is taken from the models on disk; to take part anew, use another results directory",
                metadata: ["results": "\(configuration.resultsDirectory)", "complete": "\(hasModels)"])
            // Whoever started the service waits for this word, also where nothing is left to do.
            manager.ready("the result is taken from the models on disk")
            manager.stopping()
            outcome = hasModels ? .complete : .incomplete([])
        } else {
            guard
                let reached = try await exchange(
                    plan: plan, site: site, tasks: tasks, journal: journal, ledger: ledger,
                    results: results, manager: manager)
            else { return nil }
            outcome = reached
            if outcome == .complete { try results.markReleased() }
        }
        var localModels: [TaskName: LocalModel] = [:]
        for task in tasks where comparesLocally {
            localModels[task.name] = try LocalModel(of: task, study: study)
        }
        let privateScores = try scores.map {
            try self.scores($0, tasks: tasks, results: results, instance: journal?.instance)
        }
        let summary = try results.finish(
            tasks: tasks, outcome: outcome, localModels: localModels, privateScores: privateScores,
            spending: ledger?.spending)
        return (summary, outcome == .complete)
    }

    /// Charges a noisy score of each final model.
    private func scores(
        _ scores: PrivateScores, tasks: [StudyTask], results: SiteResults, instance: InstanceIdentifier?
    ) throws -> [TaskName: PrivateScores.Outcome] {
        var outcomes: [TaskName: PrivateScores.Outcome] = [:]
        for task in tasks {
            guard let model = results.model(of: task.name) else { continue }
            let outcome = try scores.outcome(of: task, model: model, instance: instance)
            if case .withheld(let reason) = outcome {
                logger.warning(
                    "no score of a task is released",
                    metadata: ["task": "\(task.name)", "reason": "\(reason)"])
            }
            outcomes[task.name] = outcome
        }
        return outcomes
    }

    /// Runs the agent; nil where it was shut down before its end.
    private func exchange(
        plan: StudyPlan, site: SiteName, tasks: [StudyTask], journal: SiteJournal?, ledger: SiteLedger?,
        results: SiteResults, manager: ServiceManager
    ) async throws -> SiteOutcome? {
        let board = AgentBoard(plan: plan, site: site, tasks: tasks.map(\.name))
        let agent = SiteAgent(
            plan: plan, site: site,
            objectives: Dictionary(uniqueKeysWithValues: tasks.map { ($0.name, $0.objective) }),
            persons: Dictionary(
                uniqueKeysWithValues: tasks.compactMap { task in task.persons.map { (task.name, $0) } }),
            readsInFlight: configuration.inFlight,
            identity: LocalIdentity(try KeyFile.load(at: configuration.key)),
            peer: SiteAgent.Peer(
                host: configuration.aggregator.host, port: configuration.aggregator.port,
                identities: try configuration.aggregatorIdentities.map { try PublicIdentity(line: $0) }),
            journal: journal, ledger: ledger,
            recording: auditRecording.map {
                AuditRecording(folder: $0.folder, plan: plan, site: site, canaryCount: $0.canaryCount)
            },
            recorder: CombinedSiteRecorder(recorders: [results, board]), logger: logger)
        return try await ServiceProcess.run(
            endsWithStandardInput: endsWithStandardInput,
            companions: [ResultsFlusher(results: results, logger: logger)]
                + OperatorServer.services(
                    listen: configuration.operatorListen.map { ($0.host, $0.port) }, content: board.content,
                    resultsFolder: configuration.resultsDirectory, logger: logger),
            manager: manager, logger: logger
        ) {
            manager.ready("\(tasks.count) tasks, not connected yet")
            return try await agent.run(manager: manager)
        } ?? nil
    }

    /// Opens the ledger of a private study; nil for one that is not private.
    ///
    /// - Throws: `ConfigurationError` where only one of study and site is private.
    private func openLedger(plan: StudyPlan) throws -> SiteLedger? {
        guard plan.isPrivate else {
            guard configuration.privacy == nil else {
                throw ConfigurationError(
                    .impossibleCombination,
                    "privacy: this site has a ceiling, and the study '\(plan.name)' has no privacy: its updates would "
                        + "tell of records without bound, and no ledger would hold it. Agree on privacy in the study"
                )
            }
            guard auditRecording == nil else {
                throw ConfigurationError(
                    .impossibleCombination,
                    "--audit-recording: the study '\(plan.name)' has no privacy: there are no releases to record"
                )
            }
            return nil
        }
        let ledger = try SiteLedgerProgram(configuration).open(
            plan: plan, isRecorded: auditRecording != nil)
        if auditRecording != nil {
            logger.warning("releases are recorded with their noise: nothing of this run is private")
        }
        let spending = ledger.spending
        logger.notice(
            "the ledger is open",
            metadata: [
                "spent_epsilon": "\(spending.epsilon)", "ceiling_epsilon": "\(spending.epsilonMaximum)",
                "delta": "\(spending.delta)", "releases": "\(spending.releaseCount)",
            ])
        if let byteCount = ledger.recoveredByteCount {
            logger.warning(
                "an interrupted entry of the ledger is replaced by one that charges the policy's largest release",
                metadata: ["bytes": "\(byteCount)"])
        }
        return ledger
    }

    /// Opens the site's journal, and says what it was found to hold.
    private func openJournal(plan: StudyPlan, site: SiteName) throws -> SiteJournal {
        let journal = try SiteJournal(
            folder: configuration.state, plan: plan, site: site,
            durability: configuration.journal == .synced ? .synced : .unsynced)
        switch journal.recovery {
        case .created:
            logger.info("a journal is begun", metadata: ["state": "\(configuration.state)"])
        case .whole:
            logger.notice(
                "going on from the journal",
                metadata: [
                    "state": "\(configuration.state)", "tasks": "\(journal.restored.tasks.count)",
                    "pending": "\(journal.restored.tasks.values.count { $0.pending != nil })",
                ])
        case .cut(let offset, let byteCount, _):
            logger.warning(
                "the end of the journal was not whole and is cut off: its last write was interrupted",
                metadata: [
                    "state": "\(configuration.state)", "offset": "\(offset)", "bytes": "\(byteCount)",
                ])
        case .lost:
            logger.warning(
                "the journal was not on the disk when the machine stopped; the aggregator's numbers are taken",
                metadata: ["state": "\(configuration.state)"])
        }
        return journal
    }

    private func loadTasks(plan: StudyPlan, site: SiteName) throws -> [StudyTask] {
        let owned = plan.tasks(of: site)
        guard !owned.isEmpty else {
            throw FederationError(
                .notOwner,
                "the study '\(plan.name)' gives no task to site '\(site)'; its sites are "
                    + study.sites.prefix(8).joined(separator: ", "))
        }
        let dataset = try StudyData.load(
            configuration.data, tasks: owned.map(\.rawValue), featureColumns: study.featureColumns)
        let dimension = StudyData.dimension(featureCount: dataset.dimension, study: study)
        guard dimension == plan.dimension else {
            throw FederationError(
                .invalidStudy,
                "the data have \(dataset.dimension) features, which make \(dimension) model rows; the study says "
                    + "dimension: \(plan.dimension); compare feature_columns and intercept")
        }
        return try StudyData.prepare(dataset, study: study, split: configuration.data)
    }
}
