internal import PrivacyAccounting
internal import SeededRandom
internal import Testing

@Suite("Bounds from canaries' scores")
struct CanaryTrialsTests {
    /// Scores of one Gaussian of a distance `mu` between in and out.
    private func trials(mu: Double, count: Int, seed: UInt64) -> CanaryTrials {
        var random = SeededGenerator(seed: seed)
        let membership = (0..<count).map { _ in random.next() >> 63 == 1 }
        return CanaryTrials(
            scores: membership.map { ($0 ? mu : -mu) / 2 + random.normal() }, membership: membership)
    }

    @Test("bounds stay below the truth in nearly all of 200 attacks, and come near it")
    func coverage() throws {
        let delta = 1e-5
        for mu in [0.5, 2] {
            let truth = GaussianPrivacy.epsilon(delta: delta, mu: mu)
            var above = (oneRun: 0, any: 0, gaussian: 0)
            var largestMu = 0.0
            for seed in 1...200 as ClosedRange<UInt64> {
                let trials = trials(mu: mu, count: 1_000, seed: seed)
                let oneRun = try #require(try trials.oneRun(delta: delta, significance: 0.05))
                let bounds = try #require(try trials.independent(delta: delta, significance: 0.05))
                if oneRun.epsilon > truth { above.oneRun += 1 }
                if bounds.any.epsilon > truth { above.any += 1 }
                if bounds.gaussian.gaussianEpsilon > truth { above.gaussian += 1 }
                largestMu = max(largestMu, bounds.gaussian.mu)
            }
            // A twentieth is allowed.
            #expect(above.oneRun <= 10 && above.any <= 10 && above.gaussian <= 10, "mu \(mu): \(above)")
            #expect(largestMu > 0.7 * mu, "mu \(mu)")
        }
    }

    @Test("perfect scores refute a small epsilon, and abstention helps where few scores say anything")
    func power() throws {
        let perfect = trials(mu: 40, count: 64, seed: 1)
        let oneRun = try #require(try perfect.oneRun(delta: 1e-5, significance: 0.05))
        #expect(oneRun.correctCount == 64 && oneRun.guessCount == 64 && oneRun.epsilon > 2.4)
        let bounds = try #require(try perfect.independent(delta: 1e-5, significance: 0.05))
        #expect(bounds.any.epsilon > 1 && bounds.gaussian.mu > 1.5)
        // One in eight canaries is seen for certain.
        var random = SeededGenerator(seed: 2)
        let membership = (0..<800).map { _ in random.next() >> 63 == 1 }
        let rare = CanaryTrials(
            scores: membership.enumerated().map { $0 % 8 == 0 ? ($1 ? 9 : -9) : random.normal() },
            membership: membership)
        let guessed = try #require(try rare.oneRun(delta: 1e-5, significance: 0.05))
        #expect(guessed.guessCount == 100 && guessed.epsilon > 2)
    }

    @Test("without canaries of both kinds there is no bound by error rates, and with one no guess")
    func few() throws {
        let alone = CanaryTrials(scores: [1], membership: [true])
        #expect(try alone.oneRun(delta: 1e-5, significance: 0.05) == nil)
        #expect(try alone.independent(delta: 1e-5, significance: 0.05) == nil)
        var both = alone
        both.append(CanaryTrials(scores: [-1], membership: [false]))
        let oneRun = try #require(try both.oneRun(delta: 1e-5, significance: 0.05))
        #expect(oneRun.epsilon == 0 && oneRun.guessCount == 2)
        #expect(try both.independent(delta: 1e-5, significance: 0.05)?.any.epsilon == 0)
    }
}
