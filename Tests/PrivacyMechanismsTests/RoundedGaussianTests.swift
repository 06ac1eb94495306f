internal import Glibc
internal import Testing

@testable internal import PrivacyMechanisms

@Suite struct RoundedGaussianTests {
    private static func samples(_ count: Int, scale: Double, seed: UInt64, width: Int = 16) -> [Int64] {
        var sampler = sampler(seed: seed, width: width)
        let scale = GaussianScale(scale, width: width)
        return (0..<count).map { _ in sampler.rounded(scale) }
    }

    private static func sampler(seed: UInt64, width: Int = 16) -> NormalSampler {
        NormalSampler(LazyDigits(RandomBits(SeededRandomness(seed: seed)), width: width))
    }

    @Test(
        "every integer has the normal's mass around it, whatever the digits",
        arguments: [0.3, 0.5, 1, 1.7, 12.34, 40], [1, 3, 16, 32])
    func masses(scale: Double, width: Int) {
        let bound = Int64(6 * scale) + 2
        var counts = [Int](repeating: 0, count: Int(2 * bound) + 1)
        for sample in Self.samples(40_000, scale: scale, seed: 11, width: width) {
            counts[Int(min(max(sample, -bound), bound) + bound)] += 1
        }
        let masses = (-bound...bound).map { value -> Double in
            let (low, high) = (Double(value) - 0.5, Double(value) + 0.5)
            return ChiSquare.normal(high / scale) - ChiSquare.normal(low / scale)
        }
        ChiSquare.expect(counts, probabilities: masses, "scale \(scale), width \(width), seed 11")
    }

    @Test(
        "quantiles, low bits and moments at large scales",
        arguments: [100_000.1, 0x1p20, 0x1.8p30, 0x1p31, 0x1.fffffffffffffp43, 0x1p44], [2, 16, 32])
    func largeScales(scale: Double, width: Int) {
        let count = 40_000
        let samples = Self.samples(count, scale: scale, seed: 12, width: width)
        // 0.05 standard deviations a bin.
        var counts = [Int](repeating: 0, count: 162)
        var lowBits = [Int](repeating: 0, count: 16)
        var moments = [0.0, 0, 0, 0]
        for sample in samples {
            let normal = Double(sample) / scale
            let bin: Double = ((normal + 4) * 20 + 1).rounded(.down)
            counts[Int(min(max(bin, 0), 161))] += 1
            lowBits[Int(sample & 15)] += 1
            for power in 0..<4 { moments[power] += pow(normal, Double(power + 1)) / Double(count) }
        }
        let masses = (0..<162).map { bin -> Double in
            let low: Double = bin == 0 ? -1e9 : Double(bin - 1) / 20 - 4
            let high: Double = bin == 161 ? 1e9 : Double(bin) / 20 - 4
            return ChiSquare.normal(high) - ChiSquare.normal(low)
        }
        ChiSquare.expect(counts, probabilities: masses, "scale \(scale), width \(width), seed 12")
        ChiSquare.expect(
            lowBits, probabilities: [Double](repeating: 1 / 16, count: 16), "low bits, scale \(scale)")
        // Five standard deviations of each moment: 1, 2, 15 and 96 are the variances of Z, Z^2, Z^3 and Z^4.
        for (moment, (expected, variance)) in zip(moments, [(0.0, 1.0), (1, 2), (0, 15), (3, 96)]) {
            let bound: Double = 5 * (variance / Double(count)).squareRoot()
            #expect(abs(moment - expected) < bound, "scale \(scale)")
        }
    }

    @Test("the rounded value is that of 64 known bits", arguments: [1.0, 3.3, 0x1.23456789abcdep31, 0x1p44])
    func rounding(scale: Double) {
        let exact = GaussianScale(scale, width: 16)
        for seed in 0..<2_000 {
            var known = Self.sampler(seed: UInt64(seed))
            var (whole, fraction) = known.next()
            var bits = UInt128(whole)
            for index in 0..<4 { bits = bits << 16 | UInt128(known.digits.digit(index, of: &fraction)) }
            // In units of 2^-(64 + 52 - exponent of the scale): half a unit of the last bit does not matter here.
            let shift = UInt128(64 + 52 - Int(scale.exponent))
            let expected = (bits * UInt128(exact.significand) + (1 << (shift - 1))) >> shift
            var sampler = Self.sampler(seed: UInt64(seed))
            #expect(sampler.rounded(exact).magnitude == UInt64(expected), "seed \(seed), scale \(scale)")
        }
    }

    @Test("half an exponential: all sequences of 18 bits enclose e^(-1/2)", arguments: [1, 2, 5])
    func expHalf(width: Int) {
        let (low, undecided) = BitTree.probabilities(depth: 18, of: { $0.bernoulliExpHalf() }, width: width)
        #expect(low <= exp(-0.5) && exp(-0.5) <= low + undecided, "\(low), \(undecided)")
        #expect(undecided < 0.1)
    }

    @Test("the step's trial: all sequences of 18 bits enclose the mean of e^(-x (2 k + x) / (2 k + 2))")
    func expStep() {
        for whole in [UInt64(0), 1, 3] {
            let (low, undecided) = BitTree.probabilities(
                depth: 18,
                of: { sampler in
                    var fraction = sampler.digits.deviate(in: 0)
                    return sampler.bernoulliExpStep(whole, &fraction)
                }, width: 2)
            let k = Double(whole)
            // Midpoint rule; its error is below 1e-7.
            var mean = 0.0
            for index in 0..<1_000 {
                let x: Double = (Double(index) + 0.5) / 1_000
                let exponent: Double = x * (2 * k + x) / (2 * k + 2)
                mean += exp(-exponent) / 1_000
            }
            #expect(low <= mean && mean <= low + undecided, "k \(whole): \(low), \(undecided), \(mean)")
            #expect(undecided < 0.25, "k \(whole): \(undecided)")
        }
    }

    @Test("a source that repeats itself stops the process instead of making noise")
    func brokenSource() async {
        await #expect(processExitsWith: .failure) {
            struct Stuck: RandomnessSource {
                static var kind: RandomnessKind { .seeded }
                mutating func fill(_ words: inout [UInt32]) {
                    for index in words.indices { words[index] = 0 }
                }
            }
            var sampler = NormalSampler(LazyDigits(RandomBits(Stuck())))
            _ = sampler.rounded(GaussianScale(1, width: 16))
        }
    }
}
