internal import Configuration
internal import Federation
internal import Glibc
internal import LocalFederation
internal import Logging
internal import MultiTaskLearning
internal import Reporting
internal import ServiceLifecycle
internal import ServiceProcess
internal import Studies

/// A study run by real processes on this machine, and what came of it.
struct FederationRun {
    /// The study as it was written, with a data section.
    let study: StudyConfiguration
    /// How many sites share the data's tasks; nil where the study names them, or for one a task.
    let siteCount: Int?
    let folder: RunFolder
    let programs: String
    let readsInFlight: Int
    let comparison: Comparison
    /// Whether sites record their releases for an audit.
    var recordsForAudit = false
    /// The study as it is deployed, with another lambda, whose local-only models are scored beside; nil for the same,
    /// which the sites solve themselves.
    var rival: StudyConfiguration?
    /// Keys, ledgers and receipts that several runs share; nil for the run's own.
    var accounts: SharedAccounts?
    /// Whether SIGTERM and SIGINT end the run; else its caller cancels it then.
    var endsAtSignals = true
    /// Who runs it, for messages.
    var command = "atoll run"

    /// Which models are scored beside the federation's.
    enum Comparison {
        case none
        /// Of each task's own records.
        case local
        /// Of each task's own records, and of all records in one place.
        case localAndCentral
    }

    /// Runs the federation to its end; nil where a signal stopped it before.
    ///
    /// - Throws: ``LocalFederationError``; errors of configuration and data.
    func result(messages: TextOutput) async throws -> RunResult? {
        if let warning = study.optimumWarning { messages.write("warning: \(warning)\n") }
        guard comparison == .none || study.privacy?.releasesScores != true else {
            throw CommandError(
                .refusedStudy,
                "study '\(study.name)' has privacy.score_noise_multiplier: other models' scores would stand without noise beside "
                    + "its noisy ones; run it with `atoll run`, without --compare")
        }
        let local = try LocalStudy(study, siteCount: siteCount, command: command)
        let (deployable, tasks) = (local.study, local.tasks)
        let federation = LocalFederation(
            study: deployable, data: local.data, folder: folder, accounts: accounts,
            programs: programs, comparesLocally: comparison != .none && rival == nil,
            readsInFlight: readsInFlight,
            recordsForAudit: recordsForAudit, logger: Logger(label: "run"))
        let reporter = ProgressReporter(
            title: "updates",
            total: deployable.stop.updateCountMaximum(taskCount: deployable.tasks.count).map { Int($0) },
            output: messages)
        let announcement = RunAnnouncement(folder: folder, output: messages)
        announcement.announceReport()
        let work = { @Sendable in
            try await federation.run { updateCount in
                // The bar comes below the addresses.
                if announcement.announceStatus() || updateCount > 0 {
                    reporter.update(completed: updateCount)
                }
            }
        }
        let outcome =
            endsAtSignals
            ? try await ServiceProcess.run(endsWithStandardInput: false, logger: Logger(label: "run")) {
                try await cancelWhenGracefulShutdown { try await work() }
            } : try await work()
        reporter.finish()
        guard let outcome else { return nil }
        var result = try RunResult(study: deployable, folder: folder, outcome: outcome)
        if let rival { try result.compare(withLocalModelsOf: rival, tasks: tasks) }
        if comparison == .localAndCentral {
            result.compare(with: try centralSolution(deployable, tasks), tasks: tasks)
        }
        try AtomicFile.write(Array(result.json.indentedText.utf8), to: folder.summary)
        RunReport.writeOrWarn(folder: folder, messages: messages)
        return result
    }

    /// The optimum with all records in one place: what no federation of real sites can compute.
    private func centralSolution(
        _ study: StudyConfiguration, _ tasks: [StudyTask]
    ) throws -> CentralSolution {
        let dimension = tasks.first?.objective.dimension ?? 0
        let solver = try CentralSolver(
            regularizer: study.coupling(dimension: dimension, tasks: tasks.map(\.name.rawValue)),
            lambda: study.lambda, relativeGap: 1e-6)
        return try solver.solve(tasks.map(\.objective))
    }
}

/// Where this program's own file is: the services lie beside it.
enum ProgramFolder {
    static func ofThisProcess() -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else { return "." }
        let path = String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
        return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }
}
