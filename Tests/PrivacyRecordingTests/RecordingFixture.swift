internal import PrivacyAccounting
internal import PrivacyLedger
internal import PrivacyMechanisms
internal import PrivacyRecording
internal import ReleaseEncoding
internal import SeededRandom

/// A short recording of gradients that are given as rows.
struct RecordingFixture {
    /// Rows as gradients.
    struct Rows: RecordGradients {
        var rows: [[Double]]
        var recordCount: Int { rows.count }
        func gradient(ofRecord index: Int) -> RawGradient { RawGradient(rows[index]) }
    }

    static let dimension = 5
    static let recordCount = 7

    let header: RecordingHeader
    private(set) var bytes: [UInt8] = []
    /// What the ledger would say of each release.
    private(set) var charges: [PrivateRelease] = []

    static func plan(isSampled: Bool) throws -> ReleasePlan {
        try ReleasePlan(
            unit: .record, dimension: dimension, clippingNorm: 1.5, noiseMultiplier: 3,
            normalization: isSampled
                ? .expectedBatch(rate: 0.5, declaredCount: 20) : .declaredCount(recordCount + 6))
    }

    /// Makes a recording with six canaries.
    init(seed: UInt64, releases: Int = 3, isSampled: Bool = false) throws {
        var random = SeededGenerator(seed: seed)
        let plan = try Self.plan(isSampled: isSampled)
        let canaries = try CanarySet(count: 6, plan: plan, using: &random)
        let step = try ForwardStep(eta: 0.3, factor: 1.25)
        header = try RecordingHeader(
            site: "north", run: "run-1", task: "school-1", plan: plan, step: step,
            unitCount: Self.recordCount + canaries.presentIndices(under: plan).count, randomness: .seeded,
            canaries: canaries)
        var mechanism = try RecordingMechanism(plan, source: SeededRandomness(seed: random.next()))
        var bytes: [UInt8] = []
        var recorder = try ReleaseRecorder(header) { bytes += $0 }
        var column = [Double](repeating: 0, count: Self.dimension)
        var reference = Reference(dimension: Self.dimension)
        for number in 0..<releases {
            let rows = (0..<Self.recordCount).map { _ in (0..<Self.dimension).map { _ in random.normal() } }
            let gradients = try CanaryGradients(Rows(rows: rows), canaries: canaries, plan: plan)
            let recorded = try mechanism.release(of: gradients, firstCanaryUnit: gradients.firstCanary)
            let update = step.update(of: column, mean: recorded.released.mean())
            let encoded = try ReleaseCodec.encode(update, relativeTo: reference, encoding: .bfloat16)
            try recorder.record(
                recorded,
                ReleaseSurroundings(
                    modelVersion: UInt64(number), column: column, encoding: .bfloat16, reference: reference,
                    releaseBytes: encoded.release)
            ) { bytes += $0 }
            charges.append(Self.charge(plan, version: UInt64(number)))
            reference = encoded.next
            column = reference.value
        }
        self.bytes = bytes
    }

    private static func charge(_ plan: ReleasePlan, version: UInt64) -> PrivateRelease {
        let rate = plan.normalization.samplingRate
        return PrivateRelease(
            run: "run-1", task: "school-1", modelVersion: version, mechanism: .gaussian,
            noiseMultiplier: plan.noiseMultiplier, noiseStandardDeviation: plan.scale * plan.grid.step,
            clippingNorm: plan.clippingNorm, normBound: plan.clippingNorm,
            sampling: rate < 1 ? .poisson(rate: rate) : .all,
            declaredRecordCount: UInt64(plan.normalization.declaredCount),
            relation: rate < 1 ? .addOrRemoveOne : .replaceOne, unit: .record,
            dimension: UInt32(plan.dimension), noiseSource: .seeded, dataset: .zero, configuration: .zero)
    }
}
