internal import Reporting

/// The outcomes of a comparison as tables of the document.
struct PrivacyRows: Sendable {
    private let comparison: PrivacyComparison
    private let outcomes: [PrivacyComparison.Arm: PrivacyComparison.Outcome]
    private let trainings: [PrivacyComparison.Training]
    private let decimals: Int

    /// Runs the comparison.
    ///
    /// - Throws: As the comparison does.
    init(_ comparison: PrivacyComparison, epsilons: [Double], decimals: Int) async throws {
        self.comparison = comparison
        self.decimals = decimals
        trainings = epsilons.map { .noisy($0) } + [.noiseless, .optimum]
        outcomes = try await comparison.outcomes(epsilons: epsilons)
    }

    /// A row an epsilon, and two without noise.
    var table: MarkdownTable {
        get throws {
            var table = MarkdownTable(
                [
                    "epsilon", "coupled", "C, K, noise, lambda", "alone", "C, K, noise, lambda",
                    "above local-only",
                ])
            let localOnly = try outcome(.optimum, isCoupled: false)
            for training in trainings {
                let coupled = try outcome(training, isCoupled: true)
                let alone = try outcome(training, isCoupled: false)
                let better = comparison.tasksBetter(in: coupled, than: localOnly)
                table.append(
                    [Self.title(training)]
                        + (try [coupled, alone].flatMap {
                            [
                                Figures.meanText($0.scores, decimals: decimals),
                                try Self.text($0.setting, training),
                            ]
                        }) + ["\(better.count) of \(better.of)"])
            }
            return table
        }
    }

    /// The mean of the tasks with the fewest records and of those with the most, `count` of each.
    ///
    /// - Throws: ``ExperimentsError`` for an outcome that is not there.
    func tableBySize(count: Int) throws -> MarkdownTable {
        let extremes = comparison.extremes(count: count)
        var table = MarkdownTable(
            ["epsilon", "fewest, coupled", "fewest, alone", "most, coupled", "most, alone"])
        for training in trainings {
            let cells = try [extremes.smallest, extremes.largest].flatMap { tasks in
                try [true, false].map { isCoupled in
                    Figures.meanText(
                        comparison.scores(try outcome(training, isCoupled: isCoupled), ofTasks: tasks),
                        decimals: decimals)
                }
            }
            table.append([Self.title(training)] + cells)
        }
        return table
    }

    private func outcome(
        _ training: PrivacyComparison.Training, isCoupled: Bool
    ) throws -> PrivacyComparison.Outcome {
        guard let outcome = outcomes[PrivacyComparison.Arm(training, isCoupled: isCoupled)] else {
            throw ExperimentsError("a comparison has no outcome for \(training)")
        }
        return outcome
    }

    private static func title(_ training: PrivacyComparison.Training) -> String {
        switch training {
        case .noisy(let epsilon): Figures.power(epsilon)
        case .noiseless: "no noise, K updates"
        case .optimum: "no noise, optimum"
        }
    }

    private static func text(
        _ setting: PrivacyGrid.Setting, _ training: PrivacyComparison.Training
    ) throws -> String {
        let lambda = Figures.power(setting.lambda)
        switch training {
        case .noisy(let epsilon):
            let noise = try NoisyFederation.noiseMultiplier(
                epsilon: epsilon, releaseCount: setting.releaseCount)
            return "\(Figures.power(setting.clippingNorm)), \(setting.releaseCount), "
                + "\(Figures.power(noise)), \(lambda)"
        case .noiseless: return "-, \(setting.releaseCount), -, \(lambda)"
        case .optimum: return "-, -, -, \(lambda)"
        }
    }
}
