internal import Glibc
internal import PrivacyAccounting
internal import SeededRandom
internal import Testing

@Suite("Tests of recorded noise and samples")
struct AuditStatisticsTests {
    @Test("chi-square tails are those of the exponential, of the normal, and of tables")
    func chiSquareTails() {
        for value in [0.001, 0.5, 2, 30, 200] {
            // Two degrees of freedom: exponential; one: the square of a normal number.
            let two = ChiSquareTail.tails(of: value, freedom: 2)
            #expect(abs(two.upper - exp(-value / 2)) <= 1e-12 * exp(-value / 2))
            #expect(abs(two.lower - -expm1(-value / 2)) <= 1e-12)
            let one = ChiSquareTail.tails(of: value, freedom: 1)
            let normal = erfc((value / 2).squareRoot())
            #expect(abs(one.upper - normal) <= 1e-11 * normal)
        }
        // Abramowitz and Stegun, table 26.8.
        #expect(abs(ChiSquareTail.tails(of: 18.307, freedom: 10).upper - 0.05) < 1e-5)
        #expect(abs(ChiSquareTail.tails(of: 140.169, freedom: 100).upper - 0.005) < 1e-6)
        #expect(ChiSquareTail.tails(of: 0, freedom: 3) == (0, 1))
        // At the mean of many, one half less the skewness sqrt(8 / n) over 6 sqrt(2 pi).
        let many = ChiSquareTail.tails(of: 1e6, freedom: 1_000_000)
        #expect(abs(many.upper - (0.5 - 8e-6.squareRoot() / 6 / (2 * Double.pi).squareRoot())) < 1e-6)
    }

    private static func noise(
        _ random: inout SeededGenerator, releases: Int = 40, dimension: Int = 16
    ) -> [[Double]] {
        (0..<releases).map { _ in (0..<dimension).map { _ in random.normal() } }
    }

    @Test("honest noise has p values as chance has them")
    func honestNoise() {
        var below = 0
        var count = 0
        for seed in 1...200 as ClosedRange<UInt64> {
            var random = SeededGenerator(seed: seed)
            let tests = NoiseStatistics.tests(
                of: Self.noise(&random), addedTo: Self.noise(&random))
            #expect(tests.count == 7)
            for test in tests {
                #expect(test.pValue * Double(test.count) > 1e-5, "\(test), seed \(seed)")
                if test.pValue * Double(test.count) < 0.05 { below += 1 }
                count += 1
            }
        }
        // A twentieth of 1,400, at most: the distribution's bound and smallest ones are less often so small.
        #expect(below < count / 14, "\(below) of \(count)")
        #expect(below > count / 100, "\(below) of \(count)")
    }

    @Test("each way of being wrong has its test")
    func wrongNoise() {
        var random = SeededGenerator(seed: 1)
        let sums = Self.noise(&random)
        func failed(_ change: (inout [[Double]]) -> Void) -> Set<String> {
            var random = SeededGenerator(seed: 2)
            var noise = Self.noise(&random)
            change(&noise)
            return Set(
                NoiseStatistics.tests(of: noise, addedTo: sums).filter { $0.pValue < 1e-8 }.map(\.name))
        }
        func mapped(_ body: @escaping (Double) -> Double) -> (inout [[Double]]) -> Void {
            { noise in noise = noise.map { $0.map(body) } }
        }
        #expect(failed { _ in }.isEmpty)
        #expect(failed(mapped { $0 / 2 }).contains("variance of the noise"))
        #expect(failed(mapped { $0 * 1.5 }).contains("variance of the noise"))
        #expect(failed(mapped { $0 + 0.5 }).contains("mean of the noise"))
        #expect(failed(mapped { $0 > 0 ? 1 : -1 }).contains("distribution of the noise"))
        #expect(failed { $0[11] = [Double](repeating: 0, count: 16) } == ["variance of one release's noise"])
        #expect(
            failed { noise in
                for index in noise.indices.dropFirst() where index % 2 == 0 {
                    noise[index] = noise[index - 1]
                }
            }
            .contains("noise of consecutive releases"))
        #expect(
            failed { noise in
                for release in noise.indices {
                    for index in stride(from: 0, to: 16, by: 2) {
                        noise[release][index + 1] = noise[release][index]
                    }
                }
            }.contains("neighbouring elements of the noise"))
        #expect(
            failed { noise in
                for release in noise.indices {
                    let norm = sums[release].reduce(0) { $0 + $1 * $1 }.squareRoot()
                    noise[release] = zip(noise[release], sums[release]).map { $0 - 2 * $1 / norm }
                }
            }.contains("noise against the sums under it"))
        #expect(failed(mapped { _ in 0 }).contains("variance of the noise"))
        let place = NoiseStatistics.tests(of: [[1, -1], [0, 0], [0.5, 1]], addedTo: []).first {
            $0.name == "variance of one release's noise"
        }
        #expect(place?.place == 1 && place?.pValue == 0 && place?.count == 3)
        #expect(NoiseStatistics.tests(of: [], addedTo: []).isEmpty)
        let beyond = NoiseStatistics.tests(
            of: [[.infinity, -.infinity], [1, 2]], addedTo: [[1, 1], [1, 1]])
        #expect(beyond.contains { $0.name == "variance of the noise" && $0.pValue == 0 })
        #expect(beyond.allSatisfy { $0.pValue >= 0 })
    }

    private static func sizes(_ random: inout SeededGenerator, _ units: Int, _ rate: Double) -> [Int] {
        (0..<40).map { _ in (0..<units).filter { _ in random.uniform() < rate }.count }
    }

    @Test("binomial sizes pass, fixed, nearly fixed, too many and too varied ones fail")
    func batchSizes() {
        func smallest(_ sizes: [Int], units: Int = 100, rate: Double = 0.25) -> Double {
            BatchSizeStatistics.tests(of: sizes, unitCount: units, rate: rate).map(\.pValue).min() ?? 1
        }
        for seed in 1...100 as ClosedRange<UInt64> {
            var random = SeededGenerator(seed: seed)
            for (units, rate) in [(100, 0.25), (3, 0.01), (1000, 0.001), (12, 0.9)] {
                let sizes = Self.sizes(&random, units, rate)
                #expect(
                    smallest(sizes, units: units, rate: rate) > 1e-6, "\(units), \(rate), seed \(seed)")
            }
        }
        #expect(smallest([Int](repeating: 25, count: 40)) < 1e-11)
        #expect(smallest([Int](repeating: 21, count: 40)) < 1e-11)
        #expect(smallest((0..<40).map { 25 + $0 % 2 }) < 1e-11)
        #expect(smallest((0..<40).map { $0 % 2 == 0 ? 15 : 35 }) < 1e-11)
        var random = SeededGenerator(seed: 1)
        #expect(smallest(Self.sizes(&random, 100, 0.4)) < 1e-11)
        #expect(BatchSizeStatistics.tests(of: [], unitCount: 3, rate: 0.5).isEmpty)
        // A billion units: the variance of 40 normal numbers, and of equal ones.
        let mean = 1 << 29
        func size(_ deviations: Double) -> Int { mean + Int(deviations * 0x1p14) }
        let spread = (0..<40).map { _ in size(random.normal()) }
        #expect(smallest(spread, units: 1 << 30, rate: 0.5) > 1e-6)
        #expect(smallest([Int](repeating: mean, count: 40), units: 1 << 30, rate: 0.5) < 1e-11)
    }
}
