internal import Configuration
internal import Federation
internal import LinearAlgebra
internal import LocalFederation
internal import MultiTaskLearning
internal import Reporting
internal import Simulation
internal import Studies

/// A federation that has ended, as a sweep looks at it.
struct SweepTrial {
    let lambda: Double
    /// Of the local-only models that are scored beside.
    let localLambda: Double
    /// Of all tasks, in the study's order; of a private study without those that hold no records out.
    let scores: [TaskScore]
    let updateCount: Int
    let epochs: Double
    let bytesUp: Int
    let bytesDown: Int
    /// On the clock of the federation, which may be a virtual one.
    let seconds: Double
    /// What ended it.
    let reason: String
    /// nil where nothing was kept.
    let folder: String?

    /// What real processes came to.
    ///
    /// - Throws: As ``TaskScore`` does.
    init(lambda: Double, result: RunResult) throws {
        self.lambda = lambda
        localLambda = result.localLambda ?? lambda
        scores = try result.tasks.compactMap { task in
            task.testCount == 0 && task.scoreWithheld != nil ? nil : try TaskScore(task)
        }
        updateCount = result.aggregator["updates"]?.integerValue ?? 0
        epochs = result.aggregator["epochs"]?.doubleValue ?? .nan
        bytesUp = result.aggregator["bytes_up"]?.integerValue ?? 0
        bytesDown = result.aggregator["bytes_down"]?.integerValue ?? 0
        seconds = result.outcome.wallSeconds
        reason = result.aggregator["reason"]?.stringValue ?? ""
        folder = result.folder.path
    }

    /// Runs a study on a virtual clock, by its own stopping rule, with the delays that ``SimulationSettings`` begins
    /// with.
    ///
    /// - Parameter rival: The study, with another lambda, whose local-only models are scored beside; nil for the same.
    /// - Throws: Errors of configuration, protocol and solver; `CancellationError`.
    init(
        simulating local: LocalStudy, rival: StudyConfiguration? = nil, seed: UInt64, readsInFlight: Int
    ) throws {
        var settings = SimulationSettings(seed: seed)
        settings.readsInFlight = readsInFlight
        settings.keepsHistory = false
        settings.eventLimit = .max
        var federation = try SimulatedFederation(
            plan: local.study.plan(),
            objectives: Dictionary(uniqueKeysWithValues: local.tasks.map { ($0.name, $0.objective) }),
            settings: settings)
        let result = try federation.run { _, _ in
            try Task.checkCancellation()
            return false
        }
        let rival = rival ?? local.study
        lambda = local.study.lambda
        localLambda = rival.lambda
        scores = try local.tasks.enumerated().map { index, task in
            try TaskScore(
                task, model: result.model.column(index), local: LocalModel(of: task, study: rival))
        }
        updateCount = Int(result.store.progress.version)
        epochs = Double(updateCount) / Double(local.tasks.count)
        bytesUp = result.releaseBytesUp
        bytesDown = result.releaseBytesDown
        seconds = result.store.progress.statistics.lastUpdateTime.seconds
        reason =
            switch result.phase {
            case .running: "running"
            case .finished(.residual), .ended(.residual): "residual"
            case .finished(.updateCount), .ended(.updateCount): "updates"
            case .finished(.budgetsSpent), .ended(.budgetsSpent): "budgets spent"
            case .finished(let reason), .ended(let reason): "\(reason)"
            }
        folder = nil
    }

    func count(_ standing: ScoreStanding) -> Int { scores.count { $0.standing == standing } }
}
