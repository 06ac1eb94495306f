internal import Glibc
internal import SeededRandom
internal import Testing

@testable internal import PrivacyMechanisms

@Suite struct GaussianMechanismTests {
    @Test(
        "a release is the clipped sum and the noise, and a transcript changes nothing",
        arguments: NoiseDistribution.allCases)
    func transcript(noise: NoiseDistribution) throws {
        let plan = try ReleasePlan.full(dimension: 6, clippingNorm: 0.5, noiseMultiplier: 2, noise: noise)
        var generator = SeededGenerator(seed: 31)
        let gradients = GradientRows(rows: generator.gradients(20, dimension: 6))
        var plain = try GaussianMechanism(plan, source: SeededRandomness(seed: 32))
        var recording = try RecordingMechanism(plan, source: SeededRandomness(seed: 32))
        var noises: [[Int64]] = []
        for _ in 0..<3 {
            let recorded = try recording.release(of: gradients)
            let transcript = recorded.transcript
            let released = try plain.release(of: gradients)
            #expect(released.steps == recorded.released.steps)
            #expect(released.steps == zip(transcript.clippedSteps, transcript.noiseSteps).map { $0 + $1 })
            #expect(try transcript.clippedSteps == plan.clippedSteps(gradients.rows))
            #expect(transcript.sampleCount == 20)
            #expect(transcript.squaredNorms.allSatisfy { $0 <= plan.grid.squaredBound })
            #expect(transcript.clippedNorms.allSatisfy { $0 <= 0.5 })
            #expect(released.mean() == released.steps.map { Double($0) * (plan.grid.step / 10) })
            noises.append(transcript.noiseSteps)
        }
        #expect(Set(noises).count == 3)
    }

    @Test("a transcript separates what canaries, the last units, add", arguments: [1, 0.5])
    func canaries(rate: Double) throws {
        let plan = try ReleasePlan(
            unit: .record, dimension: 3, clippingNorm: 1, noiseMultiplier: 1,
            normalization: .expectedBatch(rate: rate, declaredCount: 6))
        let rows = [[0.25, 0, 0], [0.5, 0, 0], [0, 0.25, 0], [0, 0.5, 0], [0, 0, 40]]
        let canary = try plan.clippedSteps(ofElement: 40)
        #expect(canary <= Int64(plan.grid.clippingSteps) && canary >= Int64(plan.grid.clippingSteps) - 2)
        var recording = try RecordingMechanism(plan, source: SeededRandomness(seed: 41))
        for _ in 0..<50 {
            let transcript = try recording.release(of: GradientRows(rows: rows), firstCanaryUnit: 2)
                .transcript
            #expect(rate < 1 || transcript.canaryUnits == [0, 1, 2])
            var expected = transcript.baselineSteps
            #expect(expected[1] == 0 && expected[2] == 0)
            for unit in transcript.canaryUnits {
                let steps = unit == 2 ? canary : Int64(rows[2 + unit][1] / plan.grid.step)
                expected[unit == 2 ? 2 : 1] += steps
            }
            #expect(expected == transcript.clippedSteps, "seed 41")
        }
        let none = try recording.release(of: GradientRows(rows: rows)).transcript
        #expect(none.baselineSteps == none.clippedSteps && none.canaryUnits.isEmpty)
    }

    @Test("units that are not finite are counted at the site alone")
    func nonFiniteUnits() throws {
        let plan = try ReleasePlan.full(dimension: 2)
        let gradients = GradientRows(rows: [[1, 2], [.nan, 0], [.infinity, 1]])
        var mechanism = try GaussianMechanism(plan, source: SeededRandomness(seed: 36))
        var recording = try RecordingMechanism(plan, source: SeededRandomness(seed: 36))
        for count in 1...2 {
            let released = try mechanism.release(of: gradients)
            #expect(mechanism.nonFiniteUnitCount == 2 * count)
            let recorded = try recording.release(of: gradients)
            #expect(recorded.released.steps == released.steps)
            #expect(recorded.transcript.nonFiniteUnitCount == 2)
            #expect(recorded.transcript.sampleCount == 3)
        }
    }

    @Test(
        "noise has the standard deviation sigma C, whatever the relation",
        arguments: NoiseDistribution.allCases)
    func deviation(noise: NoiseDistribution) throws {
        let dimension = 20_000
        for normalization in [Normalization.declaredCount(1), .expectedBatch(rate: 1, declaredCount: 1)] {
            let plan = try ReleasePlan(
                unit: .record, dimension: dimension, clippingNorm: 0.25, noiseMultiplier: 3,
                normalization: normalization, noise: noise)
            var mechanism = try GaussianMechanism(plan, source: SeededRandomness(seed: 33))
            let mean = try mechanism.release(of: GradientRows(rows: [])).mean()
            let squares: Double = mean.reduce(0) { $0 + $1 * $1 }
            let variance: Double = squares / (0.75 * 0.75) / Double(dimension)
            // Five standard deviations, sqrt(2 / 20,000) each.
            #expect(abs(variance - 1) < 0.05, "seed 33")
        }
    }

    @Test("the size of a Poisson sample is binomial, and each member of it equally likely")
    func sample() throws {
        let count = 30
        let rate = 0.3
        // Each record has an element of its own: the sum tells who was there.
        let rows = (0..<count).map { record in (0..<count).map { $0 == record ? 1.0 : 0 } }
        let plan = try ReleasePlan(
            unit: .record, dimension: count, clippingNorm: 2, noiseMultiplier: 1,
            normalization: .expectedBatch(rate: rate, declaredCount: 25))
        var recording = try RecordingMechanism(plan, source: SeededRandomness(seed: 34))
        var sizes = [Int](repeating: 0, count: count + 1)
        var members = [Int](repeating: 0, count: count)
        for _ in 0..<2_000 {
            let transcript = try recording.release(of: GradientRows(rows: rows)).transcript
            sizes[transcript.sampleCount] += 1
            #expect(transcript.clippedSteps.count { $0 != 0 } == transcript.sampleCount)
            for record in 0..<count where transcript.clippedSteps[record] != 0 { members[record] += 1 }
        }
        // The binomial distribution by its recurrence.
        var masses = [pow(1 - rate, Double(count))]
        for size in 0..<count {
            let odds = rate / (1 - rate) * Double(count - size) / Double(size + 1)
            masses.append(masses[size] * odds)
        }
        ChiSquare.expect(sizes, probabilities: masses, "seed 34")
        ChiSquare.expect(
            members, probabilities: [Double](repeating: 1 / Double(count), count: count), "seed 34")
    }

    @Test("a rate is compared digit by digit to its last")
    func rate() {
        /// Returns whether a unit is taken when the uniform number has these digits of 32 bits.
        func takes(_ rate: Double, _ digits: [UInt32]) -> Bool {
            var random = RandomBits(ScriptedRandomness(digits))
            return SamplingRate(rate).takes(&random)
        }
        #expect(takes(0.5, [0x7FFF_FFFF]))
        #expect(!takes(0.5, [0x8000_0000]))
        let rate = 0.5 + 0x1p-40
        #expect(takes(rate, [0x8000_0000, 0x00FF_FFFF]))
        #expect(!takes(rate, [0x8000_0000, 0x0100_0000]))
        #expect(takes(0x1p-60, [0, 0xF]))
        #expect(!takes(0x1p-60, [0, 0x10]))
        #expect(takes((1.0).nextDown, [0xFFFF_FFFF, 0xFFFF_F7FF]))
        #expect(!takes((1.0).nextDown, [0xFFFF_FFFF, 0xFFFF_F800]))
        #expect(takes(1, [0xFFFF_FFFF, 0xFFFF_FFFF]))
    }

    @Test("the system's noise never repeats, and a seed's says that it is not private")
    func sources() throws {
        let plan = try ReleasePlan.full(dimension: 8)
        var releases: Set<[Int64]> = []
        for _ in 0..<2 {
            var mechanism = try GaussianMechanism(plan, source: SystemRandomness())
            for _ in 0..<2 {
                let released: NoisedSum<SystemRandomness> = try mechanism.release(of: GradientRows(rows: []))
                #expect(released.randomness == .operatingSystem)
                releases.insert(released.steps)
            }
        }
        #expect(releases.count == 4)
        var seeded = try GaussianMechanism(plan, source: SeededRandomness(seed: 1))
        #expect(try seeded.release(of: GradientRows(rows: [])).randomness == .seeded)
    }

    @Test("an error of the gradients is passed on")
    func failure() throws {
        struct Failing: RecordGradients {
            struct Failure: Error {}
            var recordCount: Int { 3 }
            func gradient(ofRecord index: Int) throws -> RawGradient {
                if index == 2 { throw Failure() }
                return RawGradient([1, 2])
            }
        }
        var mechanism = try GaussianMechanism(
            ReleasePlan.full(dimension: 2), source: SeededRandomness(seed: 1))
        do {
            _ = try mechanism.release(of: Failing())
            Issue.record("no error")
        } catch {
            #expect(error is Failing.Failure)
        }
    }
}
