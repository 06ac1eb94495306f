internal import Datasets
internal import LinearAlgebra
internal import MultiTaskLearning

/// Scores with less and less noise, of coupled tasks and of each task alone.
package struct PrivacyComparison: Sendable {
    package let problem: PrivateProblem
    package let seeds: [UInt64]
    /// The part of each task's records that trains.
    package static let trainFraction = 0.8
    /// The part of these that trains while settings are chosen.
    package static let innerFraction = 0.75
    /// How near to its optimum a model without noise is trained.
    private static let gap = 1e-4

    /// - Parameter seeds: Of splits, noise and delays; settings are chosen with the first.
    package init(_ problem: PrivateProblem, seeds: [UInt64]) {
        precondition(!seeds.isEmpty, "a comparison needs a seed")
        self.problem = problem
        self.seeds = seeds
    }

    /// Chooses each arm's setting, trains and scores.
    ///
    /// A model without noise makes as many updates as that of the largest epsilon.
    ///
    /// - Returns: An outcome for each epsilon, for `noiseless` and for `optimum`, coupled and alone.
    /// - Throws: What a federation or a solver does.
    package func outcomes(epsilons: [Double]) async throws -> [Arm: Outcome] {
        let chosen = try await settings(
            of: (epsilons.map { Training.noisy($0) } + [.optimum]).flatMap { training in
                [true, false].map { Arm(training, isCoupled: $0) }
            })
        var settings = chosen
        for isCoupled in [true, false] {
            let last = epsilons.max().flatMap { chosen[Arm(.noisy($0), isCoupled: isCoupled)] }
            settings[Arm(.noiseless, isCoupled: isCoupled)] = last
        }
        let jobs = settings.flatMap { arm, setting in seeds.map { (arm, setting, $0) } }
        let results = try await ConcurrentMap.map(jobs) { arm, setting, seed in
            let split = try self.split(seed: seed)
            let weights = try self.weights(arm, setting: setting, train: split.train, seed: seed)
            return (
                try problem.score.ofAll(weights, on: split.test),
                problem.score.ofTasks(weights, on: split.test)
            )
        }
        var outcomes: [Arm: Outcome] = [:]
        for (start, (arm, setting, _)) in zip(0..., jobs) where start.isMultiple(of: seeds.count) {
            let own = results[start..<start + seeds.count]
            outcomes[arm] = Outcome(
                setting: setting, scores: own.map { $0.0 * problem.unit }, taskScores: own.map(\.1))
        }
        return outcomes
    }

    /// Returns each arm's best setting for the first seed, by a part of its training records.
    private func settings(of arms: [Arm]) async throws -> [Arm: PrivacyGrid.Setting] {
        let seed = seeds[0]
        let inner = try DatasetSplit(
            split(seed: seed).train, trainFraction: Self.innerFraction, seed: seed)
        let jobs = arms.flatMap { arm in
            let settings =
                arm.training == .optimum
                ? problem.grid.optima : problem.grid.settings(isCoupled: arm.isCoupled)
            return settings.map { (arm, $0) }
        }
        let scores = try await ConcurrentMap.map(jobs) { arm, setting in
            let weights = try self.weights(arm, setting: setting, train: inner.train, seed: seed)
            return try problem.score.ofAll(weights, on: inner.test)
        }
        var best: [Arm: (setting: PrivacyGrid.Setting, score: Double)] = [:]
        for ((arm, setting), score) in zip(jobs, scores) {
            let isBetter = best[arm].map {
                problem.score.isLargerBetter ? score > $0.score : score < $0.score
            }
            if isBetter ?? true { best[arm] = (setting, score) }
        }
        return best.mapValues(\.setting)
    }

    private func split(seed: UInt64) throws -> DatasetSplit {
        try DatasetSplit(problem.dataset, trainFraction: Self.trainFraction, seed: seed)
    }

    /// Returns a column a task.
    private func weights(
        _ arm: Arm, setting: PrivacyGrid.Setting, train: Dataset, seed: UInt64
    ) throws -> Matrix {
        let regularizer = try problem.regularizer(isCoupled: arm.isCoupled)
        func federation(noiseMultiplier: Double?) throws -> Matrix {
            try NoisyFederation(
                train, loss: problem.loss, regularizer: regularizer, eta: problem.eta, setting: setting,
                noiseMultiplier: noiseMultiplier
            ).model(seed: seed)
        }
        switch arm.training {
        case .noisy(let epsilon):
            return try federation(
                noiseMultiplier: NoisyFederation.noiseMultiplier(
                    epsilon: epsilon, releaseCount: setting.releaseCount))
        case .noiseless:
            return try federation(noiseMultiplier: nil)
        case .optimum:
            let tasks = try train.tasks.map {
                try TaskObjective(
                    features: $0.features, targets: $0.targets, loss: problem.loss, scale: .mean)
            }
            return try CentralSolver(
                regularizer: regularizer, lambda: setting.lambda, relativeGap: Self.gap,
                iterationLimit: 3_000
            ).solve(tasks).w
        }
    }
}
