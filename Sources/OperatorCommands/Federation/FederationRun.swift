internal import Configuration
internal import Datasets
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
    /// Whether models of a task's own records, and of all records in one place, are scored beside.
    let compares: Bool

    /// Runs the federation to its end; nil where a signal stopped it before.
    ///
    /// - Throws: ``LocalFederationError``; errors of configuration and data.
    func result(messages: TextOutput) async throws -> RunResult? {
        guard let data = study.data else {
            throw CommandError(
                .refusedStudy,
                "study '\(study.name)' has no data section, which `atoll run` needs: every site's records are here"
            )
        }
        let dataset = try StudyData.load(
            data, tasks: study.tasks.isEmpty ? nil : study.tasks.map(\.name),
            featureColumns: study.featureColumns)
        try requireSites(taskCount: dataset.tasks.count)
        let deployable = try study.filledIn(
            tasks: study.tasks.isEmpty
                ? StudyAssignment.assignments(
                    tasks: dataset.tasks.map(\.name), siteCount: siteCount ?? dataset.tasks.count)
                : study.tasks,
            dimension: StudyData.dimension(featureCount: dataset.dimension, study: study),
            featureColumns: dataset.featureNames)
        let tasks = try StudyData.prepare(dataset, study: deployable, split: data)
        try StudyData.requireConvergentStep(tasks, eta: deployable.eta)

        let federation = LocalFederation(
            study: deployable, data: data, folder: folder, programs: programs, comparesLocally: compares,
            readsInFlight: readsInFlight, logger: Logger(label: "run"))
        let reporter = ProgressReporter(
            title: "updates",
            total: deployable.stop.updateCountMaximum(taskCount: deployable.tasks.count).map { Int($0) },
            output: messages)
        let announcement = RunAnnouncement(folder: folder, output: messages)
        announcement.announceReport()
        let outcome = try await ServiceProcess.run(endsWithStandardInput: false, logger: Logger(label: "run"))
        {
            try await cancelWhenGracefulShutdown {
                try await federation.run { updateCount in
                    // The bar comes below the addresses.
                    if announcement.announceStatus() || updateCount > 0 {
                        reporter.update(completed: updateCount)
                    }
                }
            }
        }
        reporter.finish()
        guard let outcome else { return nil }
        var result = try RunResult(study: deployable, folder: folder, outcome: outcome)
        if compares { try result.compare(with: try centralSolution(deployable, tasks), tasks: tasks) }
        try AtomicFile.write(Array(result.json.indentedText.utf8), to: folder.summary)
        RunReport.writeOrWarn(folder: folder, messages: messages)
        return result
    }

    /// Refuses a number of sites that the study's tasks do not allow.
    private func requireSites(taskCount: Int) throws {
        guard let siteCount else { return }
        if !study.tasks.isEmpty, study.sites.count != siteCount {
            throw CommandError(
                .refusedStudy,
                "--sites is \(siteCount), and study '\(study.name)' names its \(study.sites.count) sites itself; leave "
                    + "--sites out, or remove the study's tasks")
        }
        guard siteCount <= taskCount else {
            throw CommandError(
                .refusedStudy,
                "--sites is \(siteCount), and the study has \(taskCount) tasks; each site owns at least one, so write at "
                    + "most --sites \(taskCount)")
        }
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
