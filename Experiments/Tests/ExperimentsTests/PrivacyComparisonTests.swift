internal import Datasets
internal import Experiments
internal import LinearAlgebra
internal import MultiTaskLearning
internal import Testing

@Suite("Scores with noise")
struct PrivacyComparisonTests {
    private static let hugeEpsilon = 1_000.0

    private static func comparison() throws -> PrivacyComparison {
        let synthetic = try SyntheticProblem(
            shape: SyntheticProblem.Shape(taskCount: 3, dimension: 4, recordCount: 40, rank: 1),
            target: .regression(noiseDeviation: 1), seed: 1)
        return PrivacyComparison(
            PrivateProblem(
                dataset: synthetic.dataset, loss: .squared, score: .rootMeanSquaredError, unit: 10,
                coupling: .mean, hasIntercept: false, eta: 0.2,
                grid: PrivacyGrid(
                    clippingNorms: [20], releaseCounts: [5, 20], coupledLambdas: [0.01],
                    aloneLambdas: [0.01])),
            seeds: [1, 2])
    }

    @Test("noise costs, of an epsilon so large next to nothing, and the same seeds give the same scores")
    func noise() async throws {
        let comparison = try Self.comparison()
        let outcomes = try await comparison.outcomes(epsilons: [0.1, Self.hugeEpsilon])
        let again = try await comparison.outcomes(epsilons: [0.1, Self.hugeEpsilon])
        #expect(outcomes.count == 8)
        #expect(outcomes.mapValues(\.scores) == again.mapValues(\.scores))
        for isCoupled in [true, false] {
            func mean(_ training: PrivacyComparison.Training) throws -> Double {
                let outcome = try #require(
                    outcomes[PrivacyComparison.Arm(training, isCoupled: isCoupled)])
                #expect(outcome.scores.count == 2 && outcome.taskScores.allSatisfy { $0.count == 3 })
                return Figures.meanAndDeviation(outcome.scores).mean
            }
            let noiseless = try mean(.noiseless)
            #expect(try mean(.noisy(0.1)) > 2 * noiseless)
            #expect(try abs(mean(.noisy(Self.hugeEpsilon)) - noiseless) < 0.2 * noiseless)
            #expect(try mean(.optimum) < 1.2 * noiseless)
        }
    }

    @Test("the noise of 80 updates at epsilon 4")
    func calibration() throws {
        // 2 sqrt(80) / mu, with Phi(mu/2 - 4/mu) - e^4 Phi(-mu/2 - 4/mu) = 1e-5.
        let multiplier = try NoisyFederation.noiseMultiplier(epsilon: 4, releaseCount: 80)
        #expect(abs(multiplier - 19.340411) < 1e-3)
    }

    @Test("tasks are compared by the mean of the seeds, and ordered by size")
    func tasks() throws {
        let comparison = try Self.comparison()
        let setting = PrivacyGrid.Setting(clippingNorm: 1, releaseCount: 1, lambda: 1)
        let one = PrivacyComparison.Outcome(
            setting: setting, scores: [], taskScores: [[1, nil, nil], [2, 1, nil]])
        let other = PrivacyComparison.Outcome(
            setting: setting, scores: [], taskScores: [[2, 7, nil], [2, 0, 5]])
        let better = comparison.tasksBetter(in: one, than: other)
        #expect(better.count == 1 && better.of == 2)
        #expect(comparison.scores(one, ofTasks: [0, 1]) == [10, 15])
        #expect(comparison.extremes(count: 1).smallest == [0])
        #expect(comparison.extremes(count: 1).largest == [2])
    }
}

@Suite("Scores on held-out records")
struct HeldOutScoreTests {
    private static let test = Dataset(
        tasks: [
            TaskData(name: "a", features: Matrix(columns: [[1, -1, 2, -2]]), targets: [1, 0, 0, 1]),
            TaskData(name: "b", features: Matrix(columns: [[1, 3]]), targets: [1, 1]),
        ], featureNames: ["x"])
    private static let weights = Matrix(columns: [[1], [0]])

    @Test("of each task, and of all")
    func known() throws {
        #expect(HeldOutScore.accuracy.ofTasks(Self.weights, on: Self.test) == [0.5, 0])
        #expect(try HeldOutScore.accuracy.ofAll(Self.weights, on: Self.test) == 0.25)
        // Of the four pairs of the first task, 1 is above -1, -2 above nothing.
        #expect(HeldOutScore.area.ofTasks(Self.weights, on: Self.test) == [0.25, nil])
        #expect(try HeldOutScore.area.ofAll(Self.weights, on: Self.test) == 0.25)
        let errors = HeldOutScore.rootMeanSquaredError.ofTasks(Self.weights, on: Self.test)
        #expect(errors == [(14.0 / 4).squareRoot(), 1])
        let all = try HeldOutScore.rootMeanSquaredError.ofAll(Self.weights, on: Self.test)
        #expect(abs(all - (16.0 / 6).squareRoot()) < 1e-12)
    }
}
