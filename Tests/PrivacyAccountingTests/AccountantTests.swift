internal import SeededRandom
internal import Testing

@testable internal import PrivacyAccounting

/// What holds for every accountant.
@Suite struct AccountantTests {
    private static func accounts(_ relation: NeighbouringRelation) -> [any PrivacyAccountant] {
        [
            ExactGaussianAccountant(relation: relation), RenyiAccountant(relation: relation),
            LossDistributionAccountant(relation: relation),
        ]
    }

    @Test("nothing released spends nothing, and something unprotected everything")
    func ends() throws {
        for relation in NeighbouringRelation.allCases {
            for var account in Self.accounts(relation) {
                #expect(try account.epsilon(delta: 1e-5) == 0)
                #expect(try account.delta(epsilon: 1) == 0)
                try account.compose(.composed([.gaussian(noiseMultiplier: 3), .nonPrivate]))
                #expect(try account.epsilon(delta: 1e-5) == .infinity)
                #expect(try account.delta(epsilon: 1) == 1)
            }
        }
    }

    @Test("an unsupported release is refused and leaves the account as it was")
    func refusal() throws {
        let refused: [(any PrivacyAccountant, PrivacyEvent)] = [
            (
                ExactGaussianAccountant(relation: .addOrRemoveOne),
                .poissonSampled(rate: 0.1, .gaussian(noiseMultiplier: 1))
            ),
            (ExactGaussianAccountant(relation: .addOrRemoveOne), .discreteGaussian(noiseMultiplier: 1)),
            (
                RenyiAccountant(relation: .addOrRemoveOne),
                .sampledWithoutReplacement(rate: 0.1, .gaussian(noiseMultiplier: 1))
            ),
            (LossDistributionAccountant(relation: .replaceOne), .discreteGaussian(noiseMultiplier: 1)),
            (
                LossDistributionAccountant(relation: .replaceOne),
                .sampledWithoutReplacement(rate: 0.1, .gaussian(noiseMultiplier: 1))
            ),
        ]
        for (account, event) in refused {
            var account = account
            try account.compose(.gaussian(noiseMultiplier: 5))
            let before = (account.tally, try account.epsilon(delta: 1e-5))
            #expect(throws: AccountingError(.unsupportedEvent, "")) {
                try account.compose(.composed([.gaussian(noiseMultiplier: 1), event]))
            }
            #expect(account.tally == before.0)
            #expect(try account.epsilon(delta: 1e-5) == before.1)
        }
    }

    @Test("delta and epsilon out of range are errors", arguments: [0, 1, -1, .nan, .infinity] as [Double])
    func ranges(value: Double) {
        for account in Self.accounts(.addOrRemoveOne) {
            #expect(throws: AccountingError(.invalidParameter, "")) { _ = try account.epsilon(delta: value) }
            if !(value >= 0 && value <= 1) {
                #expect(throws: AccountingError(.invalidParameter, "")) {
                    _ = try account.delta(epsilon: value)
                }
            }
        }
    }

    @Test(
        "composition is monotone, and epsilon and delta are inverse, for random mixes",
        arguments: 1...6)
    func properties(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let events = (0..<4).map { _ -> PrivacyEvent in
            let gaussian = PrivacyEvent.gaussian(noiseMultiplier: 4 + 20 * generator.uniform())
            let sampled = PrivacyEvent.poissonSampled(
                rate: 0.01 + 0.2 * generator.uniform(),
                .gaussian(noiseMultiplier: 1 + 2 * generator.uniform()))
            return .selfComposed(
                generator.integer(below: 2) == 0 ? gaussian : sampled, count: 1 + generator.integer(below: 50)
            )
        }
        for (index, empty) in Self.accounts(.addOrRemoveOne).enumerated().dropFirst() {
            // The loss distribution's bound is a little above the least one, and not always equally.
            let slack = index == 2 ? 1e-3 : 1e-12
            var account = empty
            var last = 0.0
            for event in events {
                try account.compose(event)
                let epsilon = try account.epsilon(delta: 1e-6)
                #expect(epsilon >= last * (1 - slack), "seed \(seed)")
                last = epsilon
            }
            let back = try account.delta(epsilon: last)
            #expect(abs(back / 1e-6 - 1) < 0.02, "seed \(seed), \(type(of: account).name): \(back)")
            let delta = try account.delta(epsilon: last + 1)
            #expect(delta < back, "seed \(seed)")
        }
    }

    @Test("unsampled Gaussians are one, under both relations: exact and by the loss distribution")
    func gaussians() throws {
        for (relation, distance) in [(NeighbouringRelation.addOrRemoveOne, 1.0), (.replaceOne, 2)] {
            var exact = ExactGaussianAccountant(relation: relation)
            var distribution = LossDistributionAccountant(relation: relation)
            for noise in [3.0, 4, 12] {
                try exact.compose(.gaussian(noiseMultiplier: noise))
                try distribution.compose(.gaussian(noiseMultiplier: noise))
            }
            let mu = distance * (1 / 9.0 + 1 / 16.0 + 1 / 144.0).squareRoot()
            let expected = GaussianPrivacy.epsilon(delta: 1e-5, mu: mu)
            #expect(try abs(exact.epsilon(delta: 1e-5) / expected - 1) < 1e-11)
            let bounds = try distribution.epsilonBounds(delta: 1e-5)
            #expect(bounds.upper == (try exact.epsilon(delta: 1e-5)))
            #expect(bounds.lower <= expected && bounds.lower > expected * (1 - 1e-9))
        }
    }

    @Test(
        "replacing a sampled record costs at least what removing does and at most what removing and adding do"
    )
    func replacing() throws {
        let event = PrivacyEvent.poissonSampled(rate: 0.05, .gaussian(noiseMultiplier: 1.5))
        var (remove, replace) = (
            LossDistributionAccountant(relation: .addOrRemoveOne),
            LossDistributionAccountant(relation: .replaceOne)
        )
        try remove.compose(event, count: 200)
        try replace.compose(event, count: 200)
        let (one, bounds) = (try remove.epsilon(delta: 1e-6), try replace.epsilonBounds(delta: 1e-6))
        #expect(bounds.upper > one && bounds.upper < 2.2 * one, "\(bounds), \(one)")
        #expect(bounds.lower > 0.97 * bounds.upper, "\(bounds)")
    }
}
