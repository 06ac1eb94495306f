internal import PrivacyMechanisms
internal import ReleaseEncoding
internal import SeededRandom

@testable internal import PrivacyRecording

/// One task's program at a site: what it releases, and what it records of it.
final class SiteProgram {
    static let dimension = 64
    static let recordCount = 60
    static let clippingNorm = 2.5
    static let batchSize = 23

    /// One release.
    struct Release {
        var version: UInt64
        /// What is charged and sent.
        var sent: [UInt8]
    }

    let header: RecordingHeader
    private(set) var recording: [UInt8] = []
    private let fault: PlantedFault?
    private let data: RegressionData
    private var random: SeededGenerator
    private var recorder: ReleaseRecorder
    private var mechanism: RecordingMechanism<SeededRandomness>
    /// Noises batches of a size that somebody chose.
    private var batches: RecordingMechanism<SeededRandomness>
    private var column = [Double](repeating: 0, count: dimension)
    private var reference = Reference(dimension: dimension)
    private var lastNoise: [Int64] = []
    private var count: UInt64 = 0
    private var last: RecordedStep?

    init(
        _ fault: PlantedFault?, task: String, isSampled: Bool, canaryCount: Int, seed: UInt64
    ) throws {
        self.fault = fault
        var random = SeededGenerator(seed: seed)
        data = RegressionData(
            recordCount: Self.recordCount, dimension: Self.dimension, using: &random)
        let units = Self.recordCount + canaryCount
        func makePlan(_ normalization: Normalization) throws -> ReleasePlan {
            try ReleasePlan(
                unit: .record, dimension: Self.dimension, clippingNorm: Self.clippingNorm,
                noiseMultiplier: isSampled ? 10 : 40, normalization: normalization)
        }
        let plan = try makePlan(
            isSampled ? .expectedBatch(rate: 0.25, declaredCount: units) : .declaredCount(units))
        let canaries = try CanarySet(count: canaryCount, plan: plan, using: &random)
        header = try RecordingHeader(
            site: RunFixture.site, run: "run-1", task: task, plan: plan,
            step: ForwardStep(eta: 0.125, factor: 0.75),
            unitCount: Self.recordCount + canaries.presentIndices(under: plan).count, randomness: .seeded,
            canaries: canaries)
        var recording: [UInt8] = []
        recorder = try ReleaseRecorder(header) { recording += $0 }
        self.recording = recording
        mechanism = try RecordingMechanism(plan, source: SeededRandomness(seed: random.next()))
        batches = try RecordingMechanism(
            try ReleasePlan(
                unit: .record, dimension: Self.dimension, clippingNorm: Self.clippingNorm,
                noiseMultiplier: plan.noiseMultiplier, normalization: .declaredCount(Self.batchSize)),
            source: SeededRandomness(seed: random.next()))
        self.random = random
    }

    /// Makes, records and returns the next release.
    func release() throws -> Release {
        let plan = header.plan
        let gradients = try CanaryGradients(
            RegressionGradients(data: data, column: column), canaries: header.canaries, plan: plan)
        var parts = try fault == .fixedBatches ? fixedBatch(gradients) : drawnBatch(gradients)
        change(&parts)
        lastNoise = parts.noise
        let sums = zip(parts.clipped, parts.noise).map { $0 + $1 }
        var mean = plan.mean(ofSteps: sums)
        if fault == .divisionByTheSample {
            mean = sums.map { Double($0) * plan.grid.step / Double(parts.norms.count) }
        }
        let update = header.step.update(of: column, mean: mean)
        let (bytes, next) = try ReleaseCodec.encode(update, relativeTo: reference, encoding: .float32)
        var sent = bytes
        if fault == .sideField || fault == .hiddenSideField {
            let clean = header.step.update(of: column, mean: plan.mean(ofSteps: parts.clipped))
            sent += try ReleaseCodec.encodeFull(clean).release
        }
        let step = RecordedStep(
            number: count, modelVersion: 3 * count, column: column, encoding: .float32, reference: reference,
            batchSize: parts.norms.count, squaredNorms: parts.norms, nonFiniteUnitCount: 0,
            clippedSteps: parts.clipped, baselineSteps: parts.baseline, sampledCanaries: parts.sampled,
            noiseSteps: parts.noise, releaseBytes: fault == .hiddenSideField ? bytes : sent)
        try recorder.add(step) { recording += $0 }
        last = step
        defer { count += 1 }
        // What the aggregator makes of it: half-way there.
        column = zip(column, next.value).map { ($0 + $1) / 2 }
        reference = next
        return Release(version: step.modelVersion, sent: sent)
    }

    /// Makes the last release again as a full value, which the aggregator asks for where it has no reference.
    func resend() throws -> Release? {
        guard let last else { return nil }
        let sums = zip(last.clippedSteps, last.noiseSteps).map { $0 + $1 }
        let update = header.step.update(of: last.column, mean: header.plan.mean(ofSteps: sums))
        let (bytes, next) = try ReleaseCodec.encodeFull(update)
        let step = RecordedStep(
            number: count, modelVersion: last.modelVersion, column: last.column, encoding: .float64,
            reference: Reference(dimension: Self.dimension), batchSize: last.batchSize,
            squaredNorms: last.squaredNorms, nonFiniteUnitCount: 0, clippedSteps: last.clippedSteps,
            baselineSteps: last.baselineSteps, sampledCanaries: last.sampledCanaries,
            noiseSteps: last.noiseSteps, releaseBytes: bytes)
        try recorder.add(step) { recording += $0 }
        count += 1
        reference = next
        return Release(version: last.modelVersion, sent: bytes)
    }

    /// Everything recorded of a noisy sum.
    private struct Parts {
        var norms: [UInt64]
        var clipped: [Int64]
        var baseline: [Int64]
        var sampled: [Bool]
        var noise: [Int64]
    }

    private func parts(_ transcript: ReleaseTranscript, canaries places: [Int]) -> Parts {
        let present = header.canaries.presentIndices(under: header.plan)
        var sampled = [Bool](repeating: false, count: header.canaries.count)
        for place in places { sampled[present[place]] = true }
        return Parts(
            norms: transcript.squaredNorms, clipped: transcript.clippedSteps,
            baseline: transcript.baselineSteps, sampled: sampled, noise: transcript.noiseSteps)
    }

    private func drawnBatch(_ gradients: CanaryGradients<RegressionGradients>) throws -> Parts {
        let transcript = try mechanism.release(of: gradients, firstCanaryUnit: gradients.firstCanary)
            .transcript
        return parts(transcript, canaries: transcript.canaryUnits)
    }

    private func fixedBatch(_ gradients: CanaryGradients<RegressionGradients>) throws -> Parts {
        let all = Array(0..<gradients.recordCount)
        let chosen = random.shuffled(all).prefix(Self.batchSize).sorted()
        let first = chosen.filter { $0 < gradients.firstCanary }.count
        let transcript = try batches.release(
            of: GradientSubset(base: gradients, indices: chosen), firstCanaryUnit: first
        ).transcript
        return parts(
            transcript, canaries: transcript.canaryUnits.map { chosen[first + $0] - gradients.firstCanary })
    }

    /// Does to a noisy sum what the fault does.
    private func change(_ parts: inout Parts) {
        func scaleNoise(_ factor: Double) {
            parts.noise = parts.noise.map { Int64((Double($0) * factor).rounded()) }
        }
        switch fault {
        case .noNoise: scaleNoise(0)
        case .halfSigma: scaleNoise(0.5)
        case .sigmaWithoutC: scaleNoise(1 / Self.clippingNorm)
        case .noiseOfTheMean: scaleNoise(1 / header.plan.normalization.divisor)
        case .reusedNoise where count == 5: parts.noise = lastNoise
        case .clippingAfterAveraging:
            let real = (0..<Self.recordCount).map { data.gradient(ofRecord: $0, at: column) }
            let canaries = (0..<header.canaries.count).map { index in
                var elements = [Double](repeating: 0, count: Self.dimension)
                elements[Int(header.canaries.coordinates[index])] =
                    Double(header.canaries.sign(of: index)) * header.canaries.length * Self.clippingNorm
                return elements
            }
            parts.clipped = averagedAndClipped(real + canaries)
            parts.baseline = averagedAndClipped(real)
        default: break
        }
    }

    /// Returns the number of units times their clipped mean, in grid steps.
    private func averagedAndClipped(_ gradients: [[Double]]) -> [Int64] {
        var sum = [Double](repeating: 0, count: Self.dimension)
        for gradient in gradients { for index in sum.indices { sum[index] += gradient[index] } }
        let norm = sum.reduce(0) { $0 + $1 * $1 }.squareRoot() / Double(gradients.count)
        let scale = min(1, Self.clippingNorm / norm) / header.plan.grid.step
        return sum.map { Int64(($0 * scale).rounded()) }
    }
}
