internal import SeededRandom
internal import Testing

@testable internal import PrivacyAccounting

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

    /// A sum of two numbers that are a hundred times as exact as one: what rounding up is measured by.
    private struct ExactSum {
        private var high = 0.0
        private var low = 0.0

        mutating func add(_ term: Double, remainder: Double = 0) {
            let sum = high + term
            let part = sum - high
            low += (high - (sum - part)) + (term - part) + remainder
            high = sum
        }

        /// Whether it is at most a number.
        func isAtMost(_ number: Double) -> Bool { (number - high) - low >= 0 }

        var rounded: Double { high + low }
    }

    /// Adds what a filter is to charge for a release, without rounding up.
    private static func add(
        _ event: PrivacyEvent, _ measure: PrivacyFilter.Measure, to sum: inout ExactSum
    ) throws {
        switch (measure, event) {
        case (.gaussian, .gaussian(let noise)):
            // (2 / noise)^2, by a division and what it leaves.
            let square = noise * noise
            let squareRemainder = (-square).addingProduct(noise, noise)
            let cost = 4 / square
            let left = 4.0.addingProduct(-cost, square) - cost * squareRemainder
            sum.add(cost, remainder: left / square)
        case (.gaussian, _): Issue.record("\(event) has no squared distance")
        case (.renyi(let order), _):
            let curve = try RenyiCurve(
                of: try ReleaseTally(event).runs[0].release, relation: .replaceOne, orders: [order])
            sum.add(curve.divergences[0])
        }
    }

    /// Equal releases that are charged together.
    private struct Charge {
        var event: PrivacyEvent
        var count: Int
    }

    /// Returns the epsilon of a filter whose budget is a sum, to 1e-9 of it.
    private static func epsilon(budget: Double, _ measure: PrivacyFilter.Measure) throws -> Double {
        switch measure {
        case .gaussian: return GaussianPrivacy.epsilon(delta: 1e-6, mu: budget.squareRoot())
        case .renyi:
            let other = try PrivacyFilter(
                epsilon: 10, delta: 1e-6, relation: .replaceOne, measure: measure)
            return 10 + (budget - other.budget)
        }
    }

    @Test(
        "charges in any order, alone or together, come to a sum not below the exact one, and to the same decision",
        arguments: 1...8 as ClosedRange<UInt64>, [PrivacyFilter.Measure.gaussian, .renyi(order: 12.5)])
    func order(seed: UInt64, measure: PrivacyFilter.Measure) throws {
        var generator = SeededGenerator(seed: seed)
        let together = (0..<8).map { _ in
            Charge(
                event: .gaussian(noiseMultiplier: 20 + 200 * generator.uniform()),
                count: 1 + generator.integer(below: 40))
        }
        let alone = together.flatMap {
            Array(repeating: Charge(event: $0.event, count: 1), count: $0.count)
        }
        var exact = ExactSum()
        for charge in alone { try Self.add(charge.event, measure, to: &exact) }
        // A budget a little above the sum grants all; one a little below refuses the last, whichever that is.
        for (factor, last) in [(1 + 1e-8, PrivacyFilter.Decision.granted), (1 - 1e-8, .refused)] {
            let empty = try PrivacyFilter(
                epsilon: try Self.epsilon(budget: exact.rounded * factor, measure), delta: 1e-6,
                relation: .replaceOne, measure: measure)
            for (attempt, charges) in Array(repeating: [together, alone], count: 10).joined().enumerated() {
                var filter = empty
                let decisions = try generator.shuffled(charges).map {
                    try filter.charge($0.event, count: $0.count)
                }
                let label = "seed \(seed), \(measure), attempt \(attempt)"
                #expect(decisions.dropLast().allSatisfy { $0 == .granted }, "\(label)")
                #expect(decisions.last == last, "\(label)")
                guard last == .granted else { continue }
                #expect(exact.isAtMost(filter.spent), "\(label): \(filter.spent), \(exact)")
                #expect(filter.spent <= exact.rounded * (1 + 1e-10), "\(label): \(filter.spent), \(exact)")
            }
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
