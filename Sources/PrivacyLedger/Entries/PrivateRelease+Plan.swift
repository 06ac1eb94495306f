internal import PrivacyAccounting
package import PrivacyMechanisms

extension PrivateRelease {
    /// Describes a release as it was planned.
    ///
    /// The clipper keeps every unit within the clipping norm after rounding, so that is the norm bound.
    ///
    /// - Parameters:
    ///   - run: As ``LedgerName`` has it; likewise `task`.
    ///   - noiseSource: Of the sample and the noise, and whether they were recorded.
    package init(
        _ plan: ReleasePlan, noiseSource: NoiseSource, run: String, task: String, modelVersion: UInt64,
        dataset: LedgerHash, configuration: LedgerHash
    ) {
        let normalization = plan.normalization
        self.init(
            run: run, task: task, modelVersion: modelVersion,
            mechanism: NoiseMechanism(plan.noise),
            noiseMultiplier: plan.noiseMultiplier, noiseStandardDeviation: plan.scale * plan.grid.step,
            clippingNorm: plan.clippingNorm, normBound: plan.clippingNorm,
            sampling: normalization.samplingRate == 1 ? .all : .poisson(rate: normalization.samplingRate),
            declaredRecordCount: UInt64(normalization.declaredCount),
            relation: normalization.sensitivityPerClippingNorm == 2 ? .replaceOne : .addOrRemoveOne,
            unit: plan.unit, dimension: UInt32(plan.dimension),
            noiseSource: noiseSource, dataset: dataset,
            configuration: configuration)
    }
}
