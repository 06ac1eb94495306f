internal import PrivacyAccounting
internal import PrivacyMechanisms
internal import SeededRandom
internal import Testing

@testable internal import PrivacyRecording

@Suite("Canaries")
struct CanaryTests {
    @Test(
        "a coin moves the clipped sum by the relation's sensitivity, less the rounding",
        arguments: [false, true])
    func distance(isSampled: Bool) throws {
        let plan = try ReleasePlan(
            unit: .record, dimension: 4, clippingNorm: 1.5, noiseMultiplier: 2,
            normalization: isSampled ? .expectedBatch(rate: 1, declaredCount: 9) : .declaredCount(9))
        func sum(_ isIn: Bool) throws -> [Int64] {
            let canaries = try CanarySet(coordinates: [2], membership: [isIn], recordedLength: 16)
            let gradients = try CanaryGradients(
                RecordingFixture.Rows(rows: [[0.25, 0, 0.5, 0]]), canaries: canaries, plan: plan)
            #expect(gradients.recordCount == (isIn || !isSampled ? 2 : 1))
            var mechanism = try RecordingMechanism(plan, source: SeededRandomness(seed: 1))
            let transcript = try mechanism.release(of: gradients, firstCanaryUnit: gradients.firstCanary)
                .transcript
            #expect(transcript.canaryUnits == (isIn || !isSampled ? [0] : []))
            #expect(transcript.baselineSteps == [0.25, 0, 0.5, 0].map { Int64($0 / plan.grid.step) })
            return transcript.clippedSteps
        }
        let distance = zip(try sum(true), try sum(false)).map { Double($0 - $1) * plan.grid.step }
        let sensitivity = plan.normalization.sensitivityPerClippingNorm * plan.clippingNorm
        #expect(distance[0] == 0 && distance[1] == 0 && distance[3] == 0)
        #expect(distance[2] <= sensitivity && distance[2] > sensitivity * (1 - 1e-8))
    }

    @Test("canaries that fit no plan are refused")
    func refused() throws {
        let plan = try RecordingFixture.plan(isSampled: false)
        var random = SeededGenerator(seed: 1)
        #expect(try CanarySet(count: 12, plan: plan, using: &random).areDistinct == false)
        #expect(try CanarySet(count: 5, plan: plan, using: &random).areDistinct)
        let beyond = try CanarySet(coordinates: [5], membership: [true], recordedLength: 1)
        #expect(throws: RecordingError(.invalidValue, "")) { try beyond.require(fitting: plan) }
        let largest = RecordingLimits.canaryLengths.upperBound
        for (coordinates, membership, length) in [
            ([0], [], 1), ([0], [true], 0.5), ([0], [true], largest.nextUp),
        ] as [([UInt32], [Bool], Double)] {
            #expect(throws: RecordingError(.invalidValue, "")) {
                try CanarySet(coordinates: coordinates, membership: membership, recordedLength: length)
            }
        }
        let bound = RecordingLimits.canaryCount.upperBound
        #expect(try CanarySet(count: bound, plan: plan, using: &random).count == bound)
        #expect(throws: RecordingError(.invalidValue, "")) {
            try CanarySet(count: bound + 1, plan: plan, using: &random)
        }
        let site = try ReleasePlan(
            unit: .site, dimension: 5, clippingNorm: 1, noiseMultiplier: 1, normalization: .declaredCount(1))
        #expect(throws: RecordingError(.invalidValue, "")) {
            try CanarySet(count: 1, plan: site, using: &random)
        }
    }

    @Test("scores are the noisy sums along the canaries, without the real records", arguments: [false, true])
    func scores(isSampled: Bool) throws {
        let fixture = try RecordingFixture(seed: 5, releases: 30, isSampled: isSampled)
        let recording = try Recording(bytes: fixture.bytes)
        let trials = CanaryTrials(recording.header, recording.steps)
        let plan = recording.header.plan
        for (canary, score) in trials.scores.enumerated() {
            let coordinate = Int(recording.header.canaries.coordinates[canary])
            var sum = isSampled ? -30 * 0.5 * plan.clippingNorm / 2 : 0
            for step in recording.steps {
                let noisy = try #require(step.noisySteps)
                sum += Double(noisy[coordinate] - step.baselineSteps[coordinate]) * plan.grid.step
            }
            let deviation = plan.noiseMultiplier * plan.clippingNorm * 30.0.squareRoot()
            #expect(abs(score - sum / deviation) < 1e-6, "canary \(canary), seed 5")
        }
        #expect(trials.membership == recording.header.canaries.membership)
    }

    @Test("where a person is the unit, each canary is a person of its own")
    func persons() throws {
        let plan = try ReleasePlan(
            unit: .person, dimension: 2, clippingNorm: 1, noiseMultiplier: 2,
            normalization: .expectedBatch(rate: 1, declaredCount: 5))
        let canaries = try CanarySet(
            coordinates: [0, 1, 0], membership: [true, false, true], recordedLength: 16)
        let gradients = try CanaryGradients(
            RecordingFixture.Rows(rows: [[0.25, 0], [0, 0.25], [0.5, 0]]), canaries: canaries, plan: plan)
        var mechanism = try RecordingMechanism(plan, source: SeededRandomness(seed: 1))
        // Two people at the site, and two canaries that are in.
        let transcript = try mechanism.release(
            of: gradients, grouping: .persons(["a", "b", "a", "canary 0", "canary 2"]), firstCanaryUnit: 2
        ).transcript
        #expect(transcript.canaryUnits == [0, 1] && transcript.sampleCount == 4)
        #expect(transcript.baselineSteps == [0.75, 0.25].map { Int64($0 / plan.grid.step) })
        let canary = try plan.clippedSteps(ofElement: 16)
        #expect(transcript.clippedSteps[0] - transcript.baselineSteps[0] == 2 * canary)
    }
}
