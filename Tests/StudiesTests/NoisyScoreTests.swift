internal import Configuration
internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning
internal import PrivacyAccounting
internal import PrivacyMechanisms
internal import SeededRandom
internal import Studies
internal import Testing

/// Scores of private studies: what is summed, what noise does to it, and what it costs.
@Suite struct NoisyScoreTests {
    private static let bound = 4.0

    private func plan(
        _ recordCount: Int, noise: Double = 0.01, distribution: NoiseDistribution = .roundedGaussian
    ) throws -> ReleasePlan {
        try #require(
            try PrivateStudy(
                unit: .record, relation: .replaceOne, clippingNorm: 3, noiseMultiplier: 9, samplingRate: 1,
                noise: distribution, declaredCounts: [:], maximumReleaseCount: 1, dimension: 7,
                scoreNoiseMultiplier: noise
            ).scorePlan(recordCount: recordCount))
    }

    private func objective(
        _ features: [Double], _ targets: [Double], _ loss: LossKind
    ) throws -> TaskObjective {
        try TaskObjective(
            features: Matrix(columns: [features]), targets: targets, loss: loss, scale: .mean)
    }

    /// The noisy score of a seed, and the sum before noise.
    private func score(
        of model: [Double], on objective: TaskObjective, noise: Double = 0.01, seed: UInt64 = 1
    ) throws -> (noisy: NoisyScore, sum: Double) {
        let plan = try plan(objective.recordCount, noise: noise)
        var mechanism = try RecordingMechanism(plan, source: SeededRandomness(seed: seed))
        let recorded = try mechanism.release(
            of: ScoreContributions(of: model, on: objective, bound: Self.bound))
        return (
            NoisyScore(
                ofSteps: recorded.released.steps[0], plan: plan, loss: objective.loss, bound: Self.bound),
            Double(recorded.transcript.clippedSteps[0]) * plan.grid.step
        )
    }

    @Test("with little noise it is the score itself", arguments: 1...4 as ClosedRange<UInt64>)
    func accuracy(seed: UInt64) throws {
        let classifier = try objective([1, 2, -3, -4], [1, 0, 0, 0], .logistic)
        let (noisy, sum) = try score(of: [0.5], on: classifier, seed: seed)
        #expect(noisy.metric == .accuracy && noisy.recordCount == 4)
        // Noise of deviation 0.005 on a sum over 4 records.
        #expect(abs(noisy.value - Score(of: [0.5], on: classifier, isHeldOut: true).value) < 0.01)
        #expect(noisy.value != 0.75 && abs(sum - 1) < 1e-6)
        // Squared errors 1, 0, 0 and 4; the bound is 4.
        let regression = try objective([1, 2, 3, 4], [1, 4, 6, 10], .squared)
        let error = try score(of: [2], on: regression, seed: seed).noisy
        #expect(error.metric == .rootMeanSquaredError)
        #expect(abs(error.value * error.value - 1.25) < 0.04 && error.value != 1.25.squareRoot())
    }

    @Test("a record in the place of another moves the sum by twice the clipping norm at most")
    func sensitivity() throws {
        var random = SeededGenerator(seed: 4)
        let limit = 2 * PrivateStudy.scoreClippingNorm
        for loss in [LossKind.logistic, .squared] {
            var largest = 0.0
            for _ in 0..<200 {
                func target() -> Double {
                    loss == .logistic ? (random.uniform() < 0.5 ? 0 : 1) : 2 * random.normal()
                }
                var features = (0..<5).map { _ in random.normal() }
                var targets = (0..<5).map { _ in target() }
                let first = try score(of: [1.5], on: objective(features, targets, loss)).sum
                let place = random.integer(below: 5)
                features[place] = 1e3 * random.normal()
                targets[place] = target()
                let second = try score(of: [1.5], on: objective(features, targets, loss)).sum
                largest = max(largest, abs(first - second))
            }
            #expect(largest <= limit && largest > 0.9 * limit, "\(loss), seed 4: \(largest)")
        }
    }

    @Test("a squared error counts up to the bound, one that overflows like any other beyond it")
    func bounded() throws {
        for target in [10, 1e3, 1e200] {
            let (noisy, sum) = try score(of: [1], on: objective([1, 1], [1, target], .squared))
            #expect(abs(sum) < 1e-6, "\(target): \(sum)")
            #expect(abs(noisy.value * noisy.value - Self.bound / 2) < 0.05)
        }
    }

    @Test("what noise takes out of range is brought back")
    func clamped() throws {
        for distribution in NoiseDistribution.allCases {
            let plan = try plan(10, noise: 50, distribution: distribution)
            func value(_ sum: Double, _ loss: LossKind) -> Double {
                NoisyScore(
                    ofSteps: Int64(sum / plan.grid.step), plan: plan, loss: loss, bound: Self.bound
                ).value
            }
            #expect(value(1e3, .logistic) == 1 && value(-1e3, .logistic) == 0 && value(0, .logistic) == 0.5)
            #expect(value(-1e3, .squared) == 0 && abs(value(0, .squared) - 2.0.squareRoot()) < 1e-6)
        }
    }

    private func study(_ settings: String...) throws -> StudyConfiguration {
        try StudyConfiguration.parse(
            """
            name: test
            loss: logistic
            regularizer: l21
            lambda: 0.5
            eta: 0.1
            stop: {updates: 100}
            dimension: 3
            tasks: [{name: a, site: north}, {name: b, site: south}, {name: c, site: north}]
            privacy:
              relation: replace-one
              clipping_norm: 2
              noise_multiplier: 40
              declared_records: 100
              releases: 9
              score_noise_multiplier: 30
            """, path: "/study.yaml", overrides: settings, environment: [:])
    }

    @Test("what a study plans to spend has its scores in it, and a ledger's policy allows them")
    func spending() throws {
        let study = try study()
        // At twice the distance; both kinds' squares add up.
        let one = (9 / (40.0 * 40) + 1 / (30.0 * 30)).squareRoot()
        let planned = try #require(try study.plannedEpsilon(taskCount: 1))
        #expect(abs(planned / GaussianPrivacy.epsilon(delta: 1e-5, mu: 2 * one) - 1) < 1e-9)
        let releases = try #require(try study.plannedReleases(taskCount: 2, runCount: 4))
        #expect(releases.map(\.count) == [72, 8])
        #expect(releases.map(\.event) == [.gaussian(noiseMultiplier: 40), .gaussian(noiseMultiplier: 30)])
        for (runCount, site, taskCount) in [(1, "north", 2), (4, "north", 2), (4, "south", 1)] {
            let policy = try #require(try study.runPolicy(ofSite: site, runCount: runCount))
            #expect(policy.smallestNoiseMultiplier == 30)
            let mu = 2 * one * Double(runCount * taskCount).squareRoot()
            let spent = GaussianPrivacy.epsilon(delta: 1e-5, mu: mu)
            #expect(policy.epsilon >= spent && policy.epsilon < spent + 0.011, "\(site), \(runCount)")
        }
        #expect(try self.study("privacy.epsilon=3").runPolicy(ofSite: "north", runCount: 4)?.epsilon == 3)
        let more = try self.study("privacy.score_noise_multiplier=50")
        #expect(try more.runPolicy(ofSite: "north")?.smallestNoiseMultiplier == 40)
        let without = try self.study("privacy.score_noise_multiplier=null")
        #expect(try without.plannedReleases(taskCount: 2)?.map(\.count) == [18])
    }

    @Test("noise that no mechanism has is refused with the key")
    func refusal() throws {
        let error = #expect(throws: FederationError.self) {
            try study("privacy.score_noise_multiplier=1e-3").plan()
        }
        #expect(error?.message.contains("privacy.score_noise_multiplier") == true)
    }
}
