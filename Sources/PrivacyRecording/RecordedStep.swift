package import PrivacyLedger
internal import PrivacyMechanisms
package import ReleaseEncoding

/// One recorded release: all that its bytes come from.
///
/// - Warning: As secret as the records.
package struct RecordedStep: Sendable, Equatable {
    /// Its place in the recording, from 0.
    package let number: UInt64
    package let modelVersion: UInt64
    /// p, d numbers.
    package let column: [Double]
    package let encoding: VectorEncoding
    package let reference: Reference
    /// Units in the sample.
    package let batchSize: Int
    /// The squared norm of each after clipping, in squared grid steps.
    package let squaredNorms: [UInt64]
    /// Units whose gradient was not finite.
    package let nonFiniteUnitCount: Int
    /// d sums of the clipped units, in grid steps.
    package let clippedSteps: [Int64]
    /// The same without the canaries.
    package let baselineSteps: [Int64]
    /// Whether each canary was in the sample.
    package let sampledCanaries: [Bool]
    /// d samples of noise, in grid steps.
    package let noiseSteps: [Int64]
    package let releaseBytes: [UInt8]

    /// The hash of the release bytes, which the ledger's entry names.
    package var hash: LedgerHash { LedgerHash(ofRelease: releaseBytes) }

    /// The noisy sum, in grid steps; nil where it does not fit 64 bits, as no mechanism's.
    package var noisySteps: [Int64]? {
        var sums: [Int64] = []
        sums.reserveCapacity(clippedSteps.count)
        for (clipped, noise) in zip(clippedSteps, noiseSteps) {
            let (sum, overflow) = clipped.addingReportingOverflow(noise)
            if overflow { return nil }
            sums.append(sum)
        }
        return sums
    }
}

extension RecordedStep {
    /// Puts a transcript and what went around it together.
    init(
        number: UInt64, _ transcript: ReleaseTranscript, _ around: ReleaseSurroundings,
        header: RecordingHeader
    ) throws(RecordingError) {
        let plan = header.plan
        guard transcript.plan == plan, around.column.count == plan.dimension,
            around.reference.value.count == plan.dimension
        else {
            throw RecordingError(
                .invalidValue,
                "a release of another plan than the recording's, or a column or reference of another size")
        }
        let present = header.canaries.presentIndices(under: plan)
        var sampled = [Bool](repeating: false, count: header.canaries.count)
        for unit in transcript.canaryUnits {
            guard unit < present.count else {
                throw RecordingError(
                    .invalidValue, "canary unit \(unit) is in the sample, and \(present.count) are present")
            }
            sampled[present[unit]] = true
        }
        self.init(
            number: number, modelVersion: around.modelVersion, column: around.column,
            encoding: around.encoding, reference: around.reference, batchSize: transcript.sampleCount,
            squaredNorms: transcript.squaredNorms, nonFiniteUnitCount: transcript.nonFiniteUnitCount,
            clippedSteps: transcript.clippedSteps, baselineSteps: transcript.baselineSteps,
            sampledCanaries: sampled, noiseSteps: transcript.noiseSteps, releaseBytes: around.releaseBytes)
    }
}
