internal import SeededRandom
internal import Testing

@testable internal import PrivacyAccounting

@Suite struct LossDistributionTests {
    private func contour(_ composition: LossComposition, epsilon: Double, delta: Double) -> LossContour {
        let tilt = composition.tilt(epsilon: epsilon)
        let smoothing = (2 * 1e-5 * epsilon / (tilt + 1)).squareRoot()
        return LossContour(composition, epsilon: epsilon, delta: delta, smoothing: smoothing, work: 1e8)
    }

    private func sampled(
        _ rate: Double, _ noise: Double, _ direction: SampledGaussianPair.Direction, count: Double = 1
    ) -> LossComposition {
        let pair = SampledGaussianPair(rate: rate, noiseMultiplier: noise, direction: direction)
        return LossComposition(parts: [.init(pair: .sampledGaussian(pair), count: count)], squaredMu: 0)
    }

    @Test("the contour's bounds enclose the exact delta of a Gaussian, down to a delta of 1e-15")
    func gaussian() {
        for mu in [0.1, 1, 4] {
            for delta in [1e-3, 1e-6, 1e-10, 1e-15] {
                let epsilon = GaussianPrivacy.epsilon(delta: delta, mu: mu)
                guard epsilon > 0 else { continue }
                let composition = LossComposition(parts: [], squaredMu: mu * mu)
                let bounds = contour(composition, epsilon: epsilon, delta: delta).smoothedDelta(
                    epsilon: epsilon)
                #expect(bounds.lower < delta && delta < bounds.upper * (1 + 1e-9), "mu \(mu), delta \(delta)")
                #expect(bounds.upper / bounds.lower < 1.001, "mu \(mu), delta \(delta): \(bounds)")
            }
        }
    }

    @Test("the contour's bounds enclose the closed form of one sampled release, in both directions")
    func oneSampledRelease() throws {
        for (rate, noise) in [(0.5, 2.0), (0.1, 1.0), (0.01, 0.8), (0.001, 0.6), (0.2, 5)] {
            for direction in [SampledGaussianPair.Direction.remove, .add] {
                let composition = sampled(rate, noise, direction)
                for delta in [1e-4, 1e-7] {
                    let epsilon = try #require(composition.exactEpsilon(delta: delta))
                    guard epsilon > 0 else { continue }
                    let comment: Comment = "rate \(rate), noise \(noise), \(direction), delta \(delta)"
                    // One release of so small a rate has its loss within a thousandth, and a tail a thousand
                    // times as long: the hardest case for a contour, which the accountant has a closed form
                    // for.
                    let isHard = rate < 0.01
                    let contour = contour(composition, epsilon: epsilon, delta: delta)
                    #expect(contour.smoothedDelta(epsilon: epsilon).upper >= delta * (1 - 1e-9), comment)
                    #expect(contour.lowerDelta(epsilon: epsilon) <= delta, comment)
                    let upper = contour.upperEpsilon(delta: delta, below: 2 * epsilon)
                    let lower = contour.lowerEpsilon(delta: delta, below: upper)
                    #expect(
                        upper >= epsilon * (1 - 1e-9) && upper < (isHard ? 1.05 : 1.02) * epsilon,
                        "\(comment): \(upper / epsilon)")
                    #expect(
                        lower <= epsilon && lower > (isHard ? 0.4 : 0.9) * epsilon,
                        "\(comment): \(lower / epsilon)")
                }
            }
        }
    }

    /// delta of two releases is E[delta of one at epsilon - L] over the first loss: by the midpoint rule, an
    /// independent way.
    @Test("two sampled releases agree with the integral over the first one's loss")
    func twoReleases() throws {
        for (rate, noise, epsilon) in [(0.1, 1.0, 1.5), (0.02, 0.8, 0.7), (0.4, 3, 0.3)] {
            let pair = SampledGaussianPair(rate: rate, noiseMultiplier: noise, direction: .remove)
            func delta(_ epsilon: Double) -> Double {
                if epsilon >= 0 { return pair.closedFormDelta(epsilon: epsilon) ?? .nan }
                let threshold = rate - 1 + epsilon.exponential
                guard threshold > 0 else { return 1 - epsilon.exponential }
                let x = noise * noise * (threshold / rate).logarithm + 0.5
                return (1 - rate) * NormalDistribution.upperTail(x / noise)
                    + rate * NormalDistribution.upperTail((x - 1) / noise)
                    - epsilon.exponential * NormalDistribution.upperTail(x / noise)
            }
            let step = 1e-3 * noise
            let exact = stride(from: -12 * noise, to: 1 + 12 * noise, by: step).reduce(0.0) { sum, left in
                let (loss, logDensity) = pair.point(left + step / 2)
                let density = (logDensity + loss).exponential / (noise * (2 * Double.pi).squareRoot())
                return sum + density * step * delta(epsilon - loss)
            }
            let composition = sampled(rate, noise, .remove, count: 2)
            let contour = contour(composition, epsilon: epsilon, delta: exact)
            let upper = contour.smoothedDelta(epsilon: epsilon).upper
            #expect(upper >= exact * (1 - 1e-5) && upper < 1.002 * exact, "rate \(rate): \(upper / exact)")
            #expect(contour.lowerDelta(epsilon: epsilon) <= exact * (1 + 1e-5), "rate \(rate)")
        }
    }

    @Test("lower bound <= upper bound <= Renyi bound, at a delta of 1e-12 and a million releases too")
    func order() throws {
        for (rate, noise, count, delta) in [
            (0.001, 1.0, 1_000_000, 1e-12), (0.01, 2, 10_000, 1e-10), (0.2, 4, 50, 1e-8),
            (0.001, 0.8, 200, 1e-5),
        ] {
            let event = PrivacyEvent.poissonSampled(rate: rate, .gaussian(noiseMultiplier: noise))
            var (distribution, renyi) = (
                LossDistributionAccountant(relation: .addOrRemoveOne),
                RenyiAccountant(relation: .addOrRemoveOne)
            )
            try distribution.compose(event, count: count)
            try renyi.compose(event, count: count)
            let bounds = try distribution.epsilonBounds(delta: delta)
            let comment: Comment = "rate \(rate), count \(count)"
            #expect(
                bounds.lower < bounds.upper && bounds.lower > 0.97 * bounds.upper, "\(comment): \(bounds)")
            #expect(try bounds.upper < renyi.epsilon(delta: delta), comment)
            // Both ways round: what epsilon claims, delta confirms, but for 2e-4 of epsilon times the slope
            // of ln delta.
            let back = try distribution.delta(epsilon: bounds.upper)
            #expect(abs(back / delta - 1) < 0.1, "\(comment): \(back)")
        }
    }

    @Test("an unsampled release beside sampled ones needs no smoothing, and its bounds nearly meet")
    func smoothedByItself() throws {
        var account = LossDistributionAccountant(relation: .addOrRemoveOne)
        try account.compose(.gaussian(noiseMultiplier: 2))
        try account.compose(.poissonSampled(rate: 0.01, .gaussian(noiseMultiplier: 1)), count: 500)
        let bounds = try account.epsilonBounds(delta: 1e-6)
        #expect(bounds.upper / bounds.lower - 1 < 1e-4, "\(bounds)")
    }

    @Test(
        "Laplace noise alone costs no more than its pure epsilon, and one release's delta is the closed form")
    func laplace() throws {
        var account = LossDistributionAccountant(relation: .addOrRemoveOne)
        try account.compose(.laplace(scale: 2))
        let epsilon = try account.epsilon(delta: 1e-3)
        // delta = 1 - e^((epsilon - 1/2) / 2): Laplace at distance 1, scale 2.
        let exact = 0.5 + 2 * (1 - 1e-3).logarithm
        #expect(epsilon >= exact && epsilon <= 0.5, "\(epsilon), exactly \(exact)")
        try account.compose(.laplace(scale: 2), count: 3)
        #expect(try account.epsilon(delta: 1e-9) <= 2 * (1 + 1e-12))
    }

    @Test("characteristic sums are the sums of weights and phases, whatever their number")
    func characteristicSums() {
        let seed: UInt64 = 5
        var generator = SeededGenerator(seed: seed)
        for size in [1, 3, 4, 5, 37] {
            let weights = (0..<size).map { _ in generator.uniform() }
            let losses = (0..<size).map { _ in generator.normal() }
            let sums = CharacteristicSums.sums(weights: weights, losses: losses, spacing: 0.3, count: 300)
            for index in [0, 1, 127, 128, 299] {
                let phases = losses.map { 0.3 * Double(index) * $0 }
                let real = zip(weights, phases).reduce(0) { $0 + $1.0 * $1.1.cosine }
                let imaginary = zip(weights, phases).reduce(0) { $0 + $1.0 * $1.1.sine }
                #expect(abs(sums.real[index] - real) < 1e-12, "seed \(seed), size \(size), index \(index)")
                #expect(
                    abs(sums.imaginary[index] - imaginary) < 1e-12,
                    "seed \(seed), size \(size), index \(index)")
            }
        }
    }
}
