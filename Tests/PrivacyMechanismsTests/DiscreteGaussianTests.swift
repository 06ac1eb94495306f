internal import Glibc
internal import SeededRandom
internal import Testing

@testable internal import PrivacyMechanisms

@Suite struct DiscreteGaussianTests {
    @Test("all sequences of 12 integers enclose e^(-n / d)")
    func exponential() {
        for denominator in 1...4 {
            for numerator in 0...(denominator + 1) {
                let (low, undecided) = IntegerTree.probabilities(depth: 12) { tree in
                    ExactBernoulli.exponential(UInt128(numerator), over: UInt128(denominator), &tree)
                }
                let expected = exp(-Double(numerator) / Double(denominator))
                #expect(
                    low <= expected + 1e-12 && expected <= low + undecided + 1e-12,
                    "\(numerator) / \(denominator): \(low), \(undecided)")
                #expect(undecided < 0.25, "\(numerator) / \(denominator): \(undecided)")
            }
        }
    }

    @Test("a trial's probability is the fraction exactly, and so is each partial sum of the exponential")
    func rationals() {
        for denominator in 1...9 {
            for numerator in 0...denominator {
                let (probability, undecided) = IntegerTree.probabilities(depth: 1) { tree in
                    ExactBernoulli.trial(UInt128(numerator), of: UInt128(denominator), &tree)
                }
                #expect(undecided == 0)
                #expect(abs(probability - Double(numerator) / Double(denominator)) < 1e-15)
            }
        }
        // Two integers a level: true with 1 - x at the first, false with x - x^2 / 2 at the second.
        let (probability, undecided) = IntegerTree.probabilities(depth: 4) { tree in
            ExactBernoulli.exponential(1, over: 4, &tree)
        }
        #expect(abs(probability - 0.75) < 1e-15)
        #expect(abs(undecided - 1.0 / 32) < 1e-15)
    }

    @Test("squares of 256 bits are divided without loss")
    func wideDivision() {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<500 {
            let square = UInt128(generator.next()) << 49 | UInt128(generator.next() >> 15)
            let divisor = max(
                UInt128(generator.next()) << 61 | UInt128(generator.next()),
                square.multipliedFullWidth(by: square).high + 1)
            let (quotient, rest) = divisor.dividingFullWidth(square.multipliedFullWidth(by: square))
            let product = quotient.multipliedFullWidth(by: divisor)
            let (low, carries) = product.low.addingReportingOverflow(rest)
            let expected = square.multipliedFullWidth(by: square)
            #expect(rest < divisor && low == expected.low, "seed 5")
            #expect(product.high + (carries ? 1 : 0) == expected.high, "seed 5")
        }
    }

    @Test(
        "samples have the distribution",
        arguments: [(1, 9), (1, 4), (1, 1), (7, 3), (100, 1), (12_345, 7)] as [(UInt64, UInt64)])
    func distribution(numerator: UInt64, denominator: UInt64) throws {
        let parameter = try DiscreteGaussianParameter(numerator, over: denominator)
        var random = RandomBits(SeededRandomness(seed: 21))
        let squared = Double(numerator) / Double(denominator)
        let bound = Int64(6 * squared.squareRoot()) + 2
        var counts = [Int](repeating: 0, count: Int(2 * bound) + 1)
        for _ in 0..<20_000 {
            let sample = DiscreteGaussianSampler.next(parameter, &random)
            counts[Int(min(max(sample, -bound), bound) + bound)] += 1
        }
        let weights = (-bound...bound).map { exp(-Double($0 * $0) / (2 * squared)) }
        let total = weights.reduce(0, +)
        ChiSquare.expect(counts, probabilities: weights.map { $0 / total }, "\(squared), seed 21")
    }

    @Test("the largest scales are sampled, and larger ones refused")
    func bounds() throws {
        let largest = try DiscreteGaussianParameter(1 << 60)
        #expect(largest.laplaceScale == 1 << 30 + 1)
        var random = RandomBits(SeededRandomness(seed: 22))
        var variance = 0.0
        for _ in 0..<2_000 {
            let normal = Double(DiscreteGaussianSampler.next(largest, &random)) / 0x1p30
            variance += normal * normal / 2_000
        }
        // Five standard deviations, sqrt(2 / 2,000) each.
        #expect(abs(variance - 1) < 0.158, "seed 22")
        #expect(try DiscreteGaussianParameter(1 << 60 - 1).laplaceScale == 1 << 30)
        #expect(throws: MechanismError(.invalidParameter, "")) { try DiscreteGaussianParameter(1 << 60 + 1) }
        #expect(throws: MechanismError(.invalidParameter, "")) { try DiscreteGaussianParameter(0) }
        #expect(throws: MechanismError(.invalidParameter, "")) { try DiscreteGaussianParameter(1, over: 0) }
        #expect(throws: MechanismError(.invalidParameter, "")) {
            try DiscreteGaussianParameter(1, over: 1 << 32 + 1)
        }
        #expect(throws: MechanismError(.invalidParameter, "")) {
            try DiscreteGaussianParameter(1 << 40, over: 1 << 24)
        }
    }
}
