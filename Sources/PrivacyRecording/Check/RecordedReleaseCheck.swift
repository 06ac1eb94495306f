package import PrivacyLedger
internal import PrivacyMechanisms
internal import ReleaseEncoding

/// Checks a recording's releases one after the other: everything that needs no statistics.
///
/// Each release is computed again from its recorded parts, clipped sum and noise to bytes, and compared with the bytes
/// that were recorded and, by their hash, with the ledger's entry.
package struct RecordedReleaseCheck: Sendable {
    /// Relative rounding of sums of norms.
    private static let rounding = 1e-9

    private let header: RecordingHeader
    /// What a canary's element is after clipping, in grid steps.
    private let canarySteps: Int64
    /// What earlier releases left at both ends, by name.
    private var references: [ReferenceHash: LedgerHash]?

    /// - Throws: ``RecordingError`` `invalidValue`: never for a header that was read.
    package init(_ header: RecordingHeader) throws(RecordingError) {
        self.header = header
        do throws(MechanismError) {
            canarySteps =
                header.canaries.count > 0
                ? try header.plan.clippedSteps(
                    ofElement: header.canaries.length * header.plan.clippingNorm) : 0
        } catch {
            throw RecordingError(.invalidValue, error.message)
        }
    }

    /// Returns what is wrong with the next release.
    ///
    /// - Parameter charged: What the ledger's entry of the hash says; nil where there is none.
    /// - Complexity: O(d + units in the sample).
    package mutating func faults(of step: RecordedStep, charged: PrivateRelease?) -> [RecordingFault] {
        var faults = [releaseFault(of: step)].compactMap(\.self)
        if let charged {
            if let fault = parameterFault(of: step, charged: charged) { faults.append(fault) }
        } else {
            faults.append(
                RecordingFault(
                    .otherRelease, "no entry charges its bytes, \(step.hash.short), to a ledger of the site"))
        }
        if let words = clippingFault(of: step) ?? canaryFault(of: step) {
            faults.append(RecordingFault(.unclipped, words))
        }
        return faults
    }

    private mutating func releaseFault(of step: RecordedStep) -> RecordingFault? {
        guard let sums = step.noisySteps, isKnown(step.reference) else {
            return RecordingFault(
                .otherRelease,
                step.noisySteps == nil
                    ? "its clipped sum and noise have no sum in 64 bits"
                    : "it is relative to a vector that no earlier release of the recording left")
        }
        let update = header.step.update(of: step.column, mean: header.plan.mean(ofSteps: sums))
        guard
            let (release, next) = try? ReleaseCodec.encode(
                update, relativeTo: step.reference, encoding: step.encoding)
        else { return RecordingFault(.otherRelease, "the update of its parts has no encoding") }
        guard release == step.releaseBytes else {
            let extra = step.releaseBytes.count - release.count
            return RecordingFault(
                .otherRelease,
                step.releaseBytes.starts(with: release)
                    ? "\(extra) bytes left behind those that its parts give"
                    : "its parts give other bytes than those that left")
        }
        references = references ?? [:]
        references?[next.hash] = Self.digest(next.value)
        return nil
    }

    /// Whether a reference is the zero vector or what an earlier release left; the first release's may be older than the
    /// recording.
    private func isKnown(_ reference: Reference) -> Bool {
        if reference.hash == .none { return reference.value.allSatisfy { $0.bitPattern == 0 } }
        guard let references else { return true }
        return references[reference.hash] == Self.digest(reference.value)
    }

    private static func digest(_ vector: [Double]) -> LedgerHash {
        var writer = CanonicalWriter(reservingByteCount: 8 * vector.count)
        writer.numbers(vector)
        return LedgerHash(ofRelease: writer.bytes)
    }

    private func parameterFault(of step: RecordedStep, charged: PrivateRelease) -> RecordingFault? {
        func fault(_ words: String) -> RecordingFault { RecordingFault(.otherParameters, words) }
        guard charged.run == header.run, charged.task == header.task else {
            return fault(
                "the ledger has it in run \(charged.run), task \(charged.task), the recording in run \(header.run), "
                    + "task \(header.task)")
        }
        guard charged.modelVersion == step.modelVersion else {
            return fault(
                "the ledger has it of model version \(charged.modelVersion), the recording of \(step.modelVersion)"
            )
        }
        let marked: NoiseSource = header.randomness == .seeded ? .seeded : .recorded
        guard charged.noiseSource == marked else {
            return fault(
                "the ledger does not say that its noise is \(marked == .seeded ? "of a seed" : "recorded"), and not "
                    + "private")
        }
        return charged.difference(from: header.plan).map(fault)
    }

    /// Says what shows that units are not clipped one by one.
    private func clippingFault(of step: RecordedStep) -> String? {
        let plan = header.plan
        guard step.squaredNorms.count == step.batchSize else {
            return "\(step.squaredNorms.count) norms were recorded of \(step.batchSize) units"
        }
        guard step.nonFiniteUnitCount <= step.batchSize, step.batchSize <= header.unitCount,
            plan.normalization.samplingRate < 1 || step.batchSize == header.unitCount
        else { return "\(step.batchSize) of \(header.unitCount) units took part" }
        if let unit = step.squaredNorms.firstIndex(where: { $0 > plan.grid.squaredBound }) {
            let norm = Double(step.squaredNorms[unit]).squareRoot() * plan.grid.step
            return "unit \(unit) of the sample has the norm \(norm), above \(plan.clippingNorm)"
        }
        let norms = step.squaredNorms.reduce(0) { $0 + Double($1).squareRoot() }
        let sum = step.clippedSteps.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        guard sum <= norms * (1 + Self.rounding) else {
            return
                "its sum has the norm \(sum * plan.grid.step), and all units' together \(norms * plan.grid.step)"
        }
        guard step.noiseSteps.allSatisfy({ $0.magnitude < RecordingLimits.noiseSteps.magnitude }) else {
            return "an element of its noise is larger than any that is drawn"
        }
        return nil
    }

    /// Says where canaries did not add what clipping makes of them.
    private func canaryFault(of step: RecordedStep) -> String? {
        let (plan, canaries) = (header.plan, header.canaries)
        var expected = [Int64](repeating: 0, count: plan.dimension)
        for index in 0..<canaries.count {
            let isPresent = canaries.isPresent(index, under: plan)
            let mayBeOut = !isPresent || plan.normalization.samplingRate < 1
            guard step.sampledCanaries[index] ? isPresent : mayBeOut else {
                return
                    "canary \(index) is \(isPresent ? "out of a sample of all units" : "in a sample, and out")"
            }
            if step.sampledCanaries[index] {
                expected[Int(canaries.coordinates[index])] &+= canaries.sign(of: index) &* canarySteps
            }
        }
        for index in expected.indices
        where step.clippedSteps[index] &- step.baselineSteps[index] != expected[index] {
            let added = Double(step.clippedSteps[index] &- step.baselineSteps[index]) * plan.grid.step
            return "canaries add \(added) to element \(index), where their clipped gradients add "
                + "\(Double(expected[index]) * plan.grid.step)"
        }
        return nil
    }
}
