package import Configuration
internal import FoundationEssentials
internal import Glibc
package import Logging
internal import Reporting
internal import SecureChannel
internal import Storage
internal import Studies

/// A whole federation of real processes on this machine: one aggregator and a process a site, on loopback.
///
/// A process that a signal from outside ends is started again, as a service manager would, and the run ends whenever
/// that happens: with every site's result, or with an error that names the site without one. The identities are made
/// for the run, or for several that share their accounts.
package struct LocalFederation: Sendable {
    /// How the processes of a run ended.
    package struct Outcome: Sendable {
        /// Seconds from the start of the first process to the end of the last.
        package var wallSeconds: Double
        /// Times that a process was started again after a signal.
        package var restartCount: Int
    }

    private let study: StudyConfiguration
    private let data: DataConfiguration
    private let folder: RunFolder
    /// Where keys, ledgers and receipts are.
    private let accounts: SharedAccounts
    private let programs: String
    private let comparesLocally: Bool
    private let readsInFlight: Int
    private let recordsForAudit: Bool
    private let logger: Logger

    /// Creates a federation that does not run yet.
    ///
    /// - Parameters:
    ///   - study: Deployable: every task with its site.
    ///   - data: All sites' records; each site reads its own tasks'.
    ///   - accounts: nil for this run's own, in its folder.
    ///   - programs: The folder of `atoll-aggregator` and `atoll-site`.
    ///   - comparesLocally: Whether sites also score models of their own records alone.
    ///   - recordsForAudit: Whether sites record their releases in their folders: nothing is private then.
    package init(
        study: StudyConfiguration, data: DataConfiguration, folder: RunFolder,
        accounts: SharedAccounts? = nil, programs: String, comparesLocally: Bool,
        readsInFlight: Int, recordsForAudit: Bool = false, logger: Logger
    ) {
        self.study = study
        self.data = data
        self.folder = folder
        self.accounts = accounts ?? SharedAccounts(folder: folder, runCount: 1)
        self.programs = programs
        self.comparesLocally = comparesLocally
        self.readsInFlight = readsInFlight
        self.recordsForAudit = recordsForAudit
        self.logger = logger
    }

    /// Prepares the folder, runs every process to its end, and leaves the results in the folder.
    ///
    /// - Parameter onProgress: Told the number of applied updates now and then.
    /// - Throws: ``LocalFederationError``; cancellation stops every process first.
    package func run(onProgress: @escaping @Sendable (Int) -> Void) async throws -> Outcome {
        guard study.sites.count <= LocalFederationLimits.siteCount else {
            throw LocalFederationError(
                .tooManySites,
                "study '\(study.name)' has \(study.sites.count) sites, and one machine runs at most "
                    + "\(LocalFederationLimits.siteCount), a process each; give each site more tasks, as with --sites "
                    + "\(LocalFederationLimits.siteCount)")
        }
        for program in ["atoll-aggregator", "atoll-site"] where access(path(of: program), X_OK) != 0 {
            throw LocalFederationError(
                .programMissing,
                "\(path(of: program)) is not there; build it with `swift build -c release`, or say where the "
                    + "programs are with --programs")
        }
        try prepare()
        let clock = ContinuousClock()
        let start = clock.now
        var supervisor = FederationSupervisor(
            aggregator: FederationSupervisor.Member(
                name: "aggregator", program: path(of: "atoll-aggregator"), folder: folder.aggregator,
                record: "history.csv"),
            sites: study.sites.map {
                FederationSupervisor.Member(
                    name: $0, program: path(of: "atoll-site"), folder: folder.site($0),
                    record: "acceptances.jsonl")
            },
            folder: folder, authorizedSites: accounts.folder.authorizedSites, logger: logger
        ) { member in
            ["--config", member.folder + "/config.yaml"]
                + (member.folder == folder.aggregator
                    // The addresses are chosen by the system at the first start and kept for every other.
                    ? addressOverride
                    : (comparesLocally ? ["--compare-local"] : []) + (member.isOffline ? ["--offline"] : [])
                        + (recordsForAudit ? ["--audit-recording", member.folder] : []))
        }
        let progress = Task {
            var history = HistoryFollower(path: folder.aggregator + "/history.csv")
            while !Task.isCancelled {
                onProgress(history.updateCount())
                try? await Task.sleep(for: LocalFederationLimits.progressInterval)
            }
        }
        defer { progress.cancel() }
        try await supervisor.run {
            let address = try await waitForAddress()
            for site in study.sites { try writeConfiguration(of: site, aggregator: address) }
            // An earlier run that shares the accounts may have begun it.
            for site in study.sites
            where study.privacy != nil && access(accounts.folder.ledger(of: site), F_OK) != 0 {
                try await beginLedger(of: site)
            }
        }
        return Outcome(
            wallSeconds: (clock.now - start) / .seconds(1), restartCount: supervisor.restartCount)
    }

    private func path(of program: String) -> String { programs + "/" + program }

    private var addressPath: String { folder.aggregator + "/address" }

    /// The status page's port is chosen anew at every start: while it is free, somebody else may take it.
    private var addressOverride: [String] {
        guard let address = try? String(contentsOfFile: addressPath, encoding: .utf8) else { return [] }
        return ["--set", "listen=\(address.trimmingSuffix)"]
    }

    // MARK: Preparation

    private func prepare() throws {
        if access(folder.study, F_OK) == 0 {
            throw LocalFederationError(
                .folderInUse, "\(folder.path) holds a run already; remove it, or choose another with --name")
        }
        let shared = accounts.folder
        let sites = study.sites.map(folder.site) + study.sites.map(shared.site)
        for path in [shared.authorizedSites, folder.aggregator] + sites { try Folder.create(path) }
        try AtomicFile.write(Array(study.yaml().utf8), to: folder.study)
        try writeIdentity("aggregator", key: shared.aggregatorKey, to: shared.aggregatorIdentity)
        for site in study.sites {
            try writeIdentity(site, key: shared.key(of: site), to: shared.authorizedSite(site))
        }
        let configuration = AggregatorConfiguration(
            study: folder.study, key: shared.aggregatorKey, listen: Endpoint(host: "127.0.0.1", port: 0),
            operatorListen: Endpoint(host: "127.0.0.1", port: 0), authorizedSites: shared.authorizedSites,
            resultsDirectory: folder.aggregator, receipts: shared.receipts)
        try AtomicFile.write(Array(configuration.yaml().utf8), to: folder.aggregator + "/config.yaml")
    }

    /// Writes the public line of an identity, which is made unless an earlier run that shares the accounts made it.
    private func writeIdentity(_ name: String, key: String, to path: String) throws {
        let line: String
        if access(key, F_OK) == 0 {
            line = try KeyFile.load(at: key).publicIdentity(name: name).line
        } else {
            line = try KeyFile.generate(at: key).publicIdentity(name: name).line
        }
        try AtomicFile.write(Array((line + "\n").utf8), to: path)
    }

    private func writeConfiguration(of site: String, aggregator: Endpoint) throws {
        let identity = try String(contentsOfFile: accounts.folder.aggregatorIdentity, encoding: .utf8)
        let tasks = study.tasks(of: site).map(\.name)
        let configuration = SiteConfiguration(
            study: folder.study, site: site, key: accounts.folder.key(of: site), aggregator: aggregator,
            aggregatorIdentities: [identity.trimmingSuffix], data: data.restricted(to: tasks),
            resultsDirectory: folder.site(site), inFlight: readsInFlight,
            privacy: try privacy(of: site))
        try AtomicFile.write(Array(configuration.yaml().utf8), to: folder.site(site) + "/config.yaml")
    }

    /// Writes the policy of a throw-away site, and returns where its ledger will be; nil without privacy.
    private func privacy(of site: String) throws -> SitePrivacy? {
        guard
            let policy = try study.runPolicy(
                ofSite: site, runCount: accounts.runCount, allowsUnprotectedNoise: recordsForAudit)
        else { return nil }
        let shared = accounts.folder
        try AtomicFile.write(Array(policy.yaml().utf8), to: shared.policy(of: site))
        return SitePrivacy(
            policy: shared.policy(of: site), ledger: shared.ledger(of: site),
            datasetKey: shared.datasetKey(of: site))
    }

    /// Begins a site's ledger as its administrator would.
    private func beginLedger(of site: String) async throws {
        let log = folder.site(site) + "/log"
        let process = try ChildProcess(
            program: path(of: "atoll-site"),
            arguments: ["--config", folder.site(site) + "/config.yaml", "--begin-ledger"],
            output: folder.site(site) + "/out", log: log)
        let ending = await process.wait()
        guard ending == .exited(0) else {
            throw LocalFederationError(
                .processFailed, "the ledger of site \(site) could not be begun (\(ending)); see \(log)")
        }
    }

    private func waitForAddress() async throws -> Endpoint {
        let clock = ContinuousClock()
        let deadline = clock.now + LocalFederationLimits.startTimeout
        while clock.now < deadline {
            if let text = try? String(contentsOfFile: addressPath, encoding: .utf8),
                let endpoint = Endpoint(text.trimmingSuffix)
            {
                return endpoint
            }
            try await Task.sleep(for: LocalFederationLimits.pollInterval)
        }
        throw LocalFederationError(
            .processFailed, "the aggregator does not listen after \(LocalFederationLimits.startTimeout)")
    }
}

extension String {
    /// The text without the line feeds at its end.
    fileprivate var trimmingSuffix: String {
        String(reversed().drop { $0.isNewline }.reversed())
    }
}
