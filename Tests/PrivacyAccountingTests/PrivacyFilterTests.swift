internal import PrivacyAccounting
internal import SeededRandom
internal import Testing

@Suite struct PrivacyFilterTests {
    @Test("a Gaussian filter grants exactly the releases that the exact account allows")
    func gaussian() throws {
        var filter = try PrivacyFilter(epsilon: 2, delta: 1e-6, relation: .addOrRemoveOne, measure: .gaussian)
        let event = PrivacyEvent.gaussian(noiseMultiplier: 20)
        let allowed = try PrivacyCalibration(epsilon: 2, delta: 1e-6, relation: .addOrRemoveOne)
            .releaseCount(of: event, by: ExactGaussianAccountant.self)
        for _ in 0..<allowed { #expect(try filter.charge(event) == .granted) }
        #expect(filter.odometer <= 2 * (1 + 1e-9))
        let spent = filter.spent
        #expect(try filter.charge(event) == .refused)
        #expect(filter.spent == spent)
        // What is left may still hold a smaller request.
        #expect(try filter.charge(.gaussian(noiseMultiplier: 1e6)) == .granted)
    }

    @Test("whatever parameters are chosen along the way, what was granted keeps the claim", arguments: 1...5)
    func adaptive(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        for isSampled in [false, true] {
            let planned = PrivacyEvent.poissonSampled(rate: 0.1, .gaussian(noiseMultiplier: 2))
            let order = try PrivacyFilter.bestOrder(
                for: planned, epsilon: 3, delta: 1e-5, relation: .addOrRemoveOne)
            var filter = try PrivacyFilter(
                epsilon: 3, delta: 1e-5, relation: .addOrRemoveOne,
                measure: isSampled ? .renyi(order: order) : .gaussian)
            var account = RenyiAccountant(relation: .addOrRemoveOne, orders: [order])
            var exact = ExactGaussianAccountant(relation: .addOrRemoveOne)
            var refusals = 0
            while refusals < 5 {
                let gaussian = PrivacyEvent.gaussian(noiseMultiplier: 2 + 30 * generator.uniform())
                let event =
                    isSampled
                    ? PrivacyEvent.poissonSampled(rate: 0.2 * generator.uniform(), gaussian) : gaussian
                guard try filter.charge(event) == .granted else {
                    refusals += 1
                    continue
                }
                if isSampled { try account.compose(event) } else { try exact.compose(event) }
            }
            let epsilon = isSampled ? try account.epsilon(delta: 1e-5) : try exact.epsilon(delta: 1e-5)
            #expect(epsilon <= 3 * (1 + 1e-10), "seed \(seed)")
            #expect(epsilon > 2.5, "seed \(seed): \(epsilon)")
            #expect(abs(filter.odometer / epsilon - 1) < 1e-9, "seed \(seed)")
        }
    }

    @Test("what the measure does not cover is an error, what is not private is refused")
    func uncovered() throws {
        var filter = try PrivacyFilter(epsilon: 2, delta: 1e-6, relation: .replaceOne, measure: .gaussian)
        for event in [
            PrivacyEvent.discreteGaussian(noiseMultiplier: 9),
            .poissonSampled(rate: 0.1, .gaussian(noiseMultiplier: 9)),
        ] {
            #expect(throws: AccountingError(.unsupportedEvent, "")) { _ = try filter.charge(event) }
        }
        #expect(try filter.charge(.nonPrivate) == .refused)
        #expect(try filter.charge(.composed([.gaussian(noiseMultiplier: 90), .nonPrivate])) == .refused)
        #expect(filter.spent == 0)
        #expect(filter.odometer == 0)
        var renyi = try PrivacyFilter(
            epsilon: 2, delta: 1e-6, relation: .replaceOne, measure: .renyi(order: 16))
        #expect(try renyi.charge(.discreteGaussian(noiseMultiplier: 90)) == .granted)
        #expect(
            try renyi.charge(.sampledWithoutReplacement(rate: 0.1, .gaussian(noiseMultiplier: 90)))
                == .granted)
    }

    @Test("a filter that could grant nothing, or has an order out of range, is not made")
    func impossible() {
        #expect(throws: AccountingError(.unreachableTarget, "")) {
            _ = try PrivacyFilter(
                epsilon: 0.1, delta: 1e-9, relation: .addOrRemoveOne, measure: .renyi(order: 2))
        }
        for order in [1, 1025, .nan] {
            #expect(throws: AccountingError(.invalidParameter, "")) {
                _ = try PrivacyFilter(
                    epsilon: 1, delta: 1e-9, relation: .addOrRemoveOne, measure: .renyi(order: order))
            }
        }
        #expect(throws: AccountingError(.unreachableTarget, "")) {
            _ = try PrivacyFilter.bestOrder(
                for: .gaussian(noiseMultiplier: 0.1), epsilon: 1, delta: 1e-6, relation: .addOrRemoveOne)
        }
    }
}
