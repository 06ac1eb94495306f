internal import Testing

@testable internal import PrivacyAccounting

@Suite struct RenyiTests {
    /// Expected values: mpmath 1.4.1 with 40 digits, adaptive quadrature of the moment less 1.
    @Test(
        "fractional orders are right to 1e-10, for tiny rates and steep curves too",
        arguments: [
            (1e-7, 1, 1.5, 1.28871119721079449e-14), (1e-7, 0.5, 10.9, 4.05381387931769035),
            (0.01, 2.5, 1.02, 8.83329024953265265e-6), (0.25, 0.8, 3.3, 0.772680963817494831),
            (0.001, 0.3, 7.7, 34.8390142482012919), (0.5, 20, 2.5, 0.000782227300087040604),
            (0.9, 1, 5.5, 2.62274100206837753), (0.01, 1, 40, 15.2767485271917023),
        ] as [(Double, Double, Double, Double)])
    func fractional(rate: Double, noise: Double, order: Double, expected: Double) throws {
        let curve = try RenyiCurve(
            of: .poissonGaussian(rate: rate, noiseMultiplier: noise), relation: .addOrRemoveOne,
            orders: [order])
        #expect(abs(curve.divergences[0] / expected - 1) < 1e-10, "\(curve.divergences[0])")
    }

    @Test(
        "much noise leaves q^2 a / (2 s^2), and the least noise is computed too", arguments: [1e4, 1e6, 1e9])
    func extremes(noise: Double) throws {
        for relation in NeighbouringRelation.allCases {
            let distance = relation.sensitivityPerClippingNorm
            let curve = try RenyiCurve(
                of: .poissonGaussian(rate: 0.5, noiseMultiplier: noise), relation: relation,
                orders: [1.5, 2, 30])
            for (order, divergence) in zip(curve.orders, curve.divergences) {
                let leading = 0.25 * distance * distance * order / (2 * noise * noise)
                #expect(abs(divergence / leading - 1) < 1e-5, "\(relation), order \(order)")
            }
        }
        let least = try RenyiCurve(
            of: .poissonGaussian(rate: 0.5, noiseMultiplier: 0.01), relation: .addOrRemoveOne, orders: [1.5])
        // ln(q^a e^(a (a - 1) / (2 s^2))) / (a - 1), the sampled case.
        let sampled = (1.5 * (0.5).logarithm + 0.75 / 2e-4) / 0.5
        #expect(abs(least.divergences[0] / sampled - 1) < 1e-6)
    }

    @Test("the quadrature agrees with the binomial sum at whole orders")
    func wholeOrders() {
        for (rate, noise) in [(1e-6, 0.7), (0.01, 1), (0.2, 3), (0.7, 0.5), (0.05, 30)] {
            let series = SampledGaussianSeries(rate: rate, noiseMultiplier: noise, maximumOrder: 40)
            let pair = SampledGaussianPair(rate: rate, noiseMultiplier: noise, direction: .remove)
            for order in [2, 3, 7, 11, 40] {
                let moments = SampledGaussianMoments(pair, maximumOrder: Double(order))
                let divergence = moments.logMoment(order: Double(order)) / Double(order - 1)
                let ratio = divergence / series.divergence(order: order)
                #expect(abs(ratio - 1) < 1e-10, "rate \(rate), noise \(noise), order \(order)")
            }
        }
    }

    @Test("removing is the larger direction, replacing lies between it and twice the distance")
    func directions() {
        for (rate, noise) in [(0.01, 1.0), (0.3, 2), (0.5, 0.9)] {
            func divergence(_ direction: SampledGaussianPair.Direction, _ order: Double) -> Double {
                let pair = SampledGaussianPair(rate: rate, noiseMultiplier: noise, direction: direction)
                return SampledGaussianMoments(pair, maximumOrder: order).logMoment(order: order)
            }
            for order in [1.1, 2.5, 6, 30] {
                let (remove, add) = (divergence(.remove, order), divergence(.add, order))
                #expect(add <= remove * (1 + 1e-10), "rate \(rate), order \(order)")
                let replace = divergence(.replace, order)
                #expect(replace >= remove && replace <= order * (order - 1) * 2 / (noise * noise))
            }
        }
    }

    @Test("curves rise with the order, and sampling everything is not sampling")
    func shape() throws {
        let orders = RenyiCurve.defaultOrders
        let curve = try RenyiCurve(
            of: .poissonGaussian(rate: 0.03, noiseMultiplier: 1.2), relation: .addOrRemoveOne, orders: orders)
        for (left, right) in zip(curve.divergences, curve.divergences.dropFirst()) { #expect(left < right) }
        let nearlyAll = try RenyiCurve(
            of: .poissonGaussian(rate: 1 - 1e-12, noiseMultiplier: 2), relation: .addOrRemoveOne,
            orders: orders)
        for (order, divergence) in zip(orders, nearlyAll.divergences) {
            #expect(abs(divergence / (order / 8) - 1) < 1e-9, "order \(order)")
        }
    }

    /// Expected values: mpmath 1.4.1 with 200 digits, the alternating sum of Theorem 27.
    @Test(
        "even central moments of the likelihood ratio are right where their alternating sum cancels",
        arguments: [
            (2, 4, -2.74117596712097673), (2, 0.5, 3.98151455317411344), (10, 20, -22.8366671830333369),
            (8, 1, 27.9927411173590739), (40, 2, 194.997668897904072), (64, 10, -16.0855052912449997),
        ] as [(Int, Double, Double)])
    func evenMoments(power: Int, deviation: Double, expected: Double) {
        let value = FixedSizeGaussianBound.logEvenMoment(power, deviation: deviation)
        #expect(abs(value - expected) < 1e-11 * max(1, abs(expected)), "\(value)")
    }

    @Test("the improved conversion is below the classic one and above the exact epsilon")
    func conversions() throws {
        for noise in [0.7, 2, 9, 40] {
            var renyi = RenyiAccountant(relation: .addOrRemoveOne)
            try renyi.compose(.gaussian(noiseMultiplier: noise))
            let exact = GaussianPrivacy.epsilon(delta: 1e-6, mu: 1 / noise)
            let improved = try renyi.epsilon(delta: 1e-6, conversion: .improved).epsilon
            let classic = try renyi.epsilon(delta: 1e-6, conversion: .classic).epsilon
            #expect(exact < improved && improved < classic, "noise \(noise)")
            #expect(try abs(renyi.delta(epsilon: improved) / 1e-6 - 1) < 1e-6, "noise \(noise)")
        }
    }

    @Test("orders out of range and sampling without replacement under add-or-remove-one are errors")
    func refusals() {
        let release = Release.gaussian(noiseMultiplier: 1)
        for orders in [[1.0], [0.5], [1024.5], []] {
            #expect(throws: AccountingError(.invalidParameter, "")) {
                _ = try RenyiCurve(of: release, relation: .addOrRemoveOne, orders: orders)
            }
        }
        #expect(throws: AccountingError(.unsupportedEvent, "")) {
            _ = try RenyiCurve(
                of: .fixedSizeGaussian(rate: 0.1, noiseMultiplier: 1), relation: .addOrRemoveOne)
        }
    }
}
