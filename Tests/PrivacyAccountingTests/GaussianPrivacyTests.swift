internal import PrivacyAccounting
internal import SeededRandom
internal import Testing

@Suite struct GaussianPrivacyTests {
    /// Expected values: mpmath 1.4.1 with 40 digits, from Theorem 8 of Balle and Wang.
    @Test(
        "ln delta is right where delta underflows, and for distances where its terms nearly cancel",
        arguments: [
            (0, 0.1, -3.2219402234264528006), (1e-3, 1e-3, -9.3923763840394127126),
            (0.5, 0.01, -1263.0993655444768345), (40, 4, -36.128713973555365281),
            (3, 0.02, -11263.352415434980916), (0.1, 5, -0.013139928616630126107),
            (700, 3, -26884.072498335936562),
        ] as [(Double, Double, Double)])
    func logDelta(epsilon: Double, mu: Double, expected: Double) {
        let value = GaussianPrivacy.logDelta(epsilon: epsilon, mu: mu)
        #expect(abs(value - expected) < 1e-13 * (1 + 2 * abs(expected)), "\(value)")
    }

    @Test("epsilon(delta), delta(epsilon) and mu(epsilon, delta) are inverse, and each errs to the safe side")
    func inverse() {
        let seed: UInt64 = 11
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let mu = 0.01 * Double(1 << generator.integer(below: 10)) * (1 + generator.uniform())
            let delta = 1e-12 * Double(1 << generator.integer(below: 30)) * (1 + generator.uniform())
            let epsilon = GaussianPrivacy.epsilon(delta: delta, mu: mu)
            guard epsilon > 0 else {
                #expect(GaussianPrivacy.delta(epsilon: 0, mu: mu) <= delta * (1 + 1e-10))
                continue
            }
            let comment: Comment = "seed \(seed), mu \(mu), delta \(delta)"
            let back = GaussianPrivacy.logDelta(epsilon: epsilon, mu: mu)
            #expect(back <= delta.logarithm, comment)
            #expect(back > delta.logarithm - 1e-8, comment)
            let found = GaussianPrivacy.mu(epsilon: epsilon, delta: delta)
            #expect(abs(found / mu - 1) < 1e-9, comment)
            #expect(GaussianPrivacy.logDelta(epsilon: epsilon, mu: found) <= delta.logarithm, comment)
        }
    }

    @Test("no release spends nothing; infinite distance everything")
    func ends() {
        #expect(GaussianPrivacy.epsilon(delta: 1e-5, mu: 0) == 0)
        #expect(GaussianPrivacy.delta(epsilon: 0, mu: 0) == 0)
        #expect(GaussianPrivacy.epsilon(delta: 1e-5, mu: .infinity) == .infinity)
        #expect(GaussianPrivacy.delta(epsilon: 3, mu: .infinity) == 1)
    }

    @Test("the discrete Gaussian approaches the Gaussian, and its probabilities sum to 1")
    func discrete() throws {
        let distribution = try DiscreteGaussian(squaredScale: 400)
        let total = (-900...900).reduce(0) { $0 + distribution.probability($1) }
        #expect(abs(total - 1) < 1e-13)
        #expect(abs(distribution.variance / 400 - 1) < 1e-12)
        let delta = distribution.delta(epsilon: 0.5, sensitivity: 20)
        #expect(abs(delta / GaussianPrivacy.delta(epsilon: 0.5, mu: 1) - 1) < 1e-2)
        #expect(throws: AccountingError(.invalidParameter, "")) { _ = try DiscreteGaussian(squaredScale: 0) }
    }
}
