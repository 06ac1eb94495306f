package import PrivacyAccounting
package import PrivacyMechanisms

/// What a release of noised data is, as its entry says: everything that epsilon is computed from, and what was sent.
///
/// Neither the noise nor the number of records in a sample is part of it: both would tell of records.
package struct PrivateRelease: Sendable, Equatable {
    /// The run of a study in which it was made.
    package var run: String
    /// The task that it belongs to.
    package var task: String
    /// The model's version that was read.
    package var modelVersion: UInt64
    package var mechanism: NoiseMechanism
    /// The standard deviation of the noise over the norm bound: what is charged.
    package var noiseMultiplier: Double
    /// The standard deviation of the noise, in the units of the released sum.
    package var noiseStandardDeviation: Double
    /// The norm C that each vector was clipped to.
    package var clippingNorm: Double
    /// The clipping norm plus the bound of rounding: no vector in the sum is longer.
    package var normBound: Double
    package var sampling: RecordSampling
    /// The number of records that the sum is divided by, declared beforehand.
    package var declaredRecordCount: UInt64
    package var relation: NeighbouringRelation
    package var unit: PrivacyUnit
    /// Elements of the released vector.
    package var dimension: UInt32
    package var noiseSource: NoiseSource
    /// ``DatasetCommitment`` of the records.
    package var dataset: LedgerHash
    /// The digest of the study and its settings.
    package var configuration: LedgerHash

    package init(
        run: String, task: String, modelVersion: UInt64, mechanism: NoiseMechanism, noiseMultiplier: Double,
        noiseStandardDeviation: Double, clippingNorm: Double, normBound: Double, sampling: RecordSampling,
        declaredRecordCount: UInt64, relation: NeighbouringRelation, unit: PrivacyUnit, dimension: UInt32,
        noiseSource: NoiseSource, dataset: LedgerHash, configuration: LedgerHash
    ) {
        self.run = run
        self.task = task
        self.modelVersion = modelVersion
        self.mechanism = mechanism
        self.noiseMultiplier = noiseMultiplier
        self.noiseStandardDeviation = noiseStandardDeviation
        self.clippingNorm = clippingNorm
        self.normBound = normBound
        self.sampling = sampling
        self.declaredRecordCount = declaredRecordCount
        self.relation = relation
        self.unit = unit
        self.dimension = dimension
        self.noiseSource = noiseSource
        self.dataset = dataset
        self.configuration = configuration
    }

    /// What an accountant adds up.
    package var event: PrivacyEvent { mechanism.event(noiseMultiplier: noiseMultiplier, sampling: sampling) }

    /// Roundings of one division and one product, of themselves; accountants round epsilon up by 1e-12 and more.
    private static let rounding = 4e-16

    /// Checks that the values agree with one another.
    ///
    /// - Throws: ``LedgerError`` `invalidValue`, naming the value.
    func require() throws(LedgerError) {
        try LedgerName.require(run)
        try LedgerName.require(task)
        try sampling.require()
        for (name, value) in [
            ("noise multiplier", noiseMultiplier), ("noise standard deviation", noiseStandardDeviation),
            ("clipping norm", clippingNorm), ("norm bound", normBound),
        ] where !(value > 0 && value.isFinite) {
            throw LedgerError(
                .invalidValue, "the \(name) of a release must be above 0 and finite, got \(value)")
        }
        guard normBound >= clippingNorm else {
            throw LedgerError(
                .invalidValue, "the norm bound \(normBound) is below the clipping norm \(clippingNorm)")
        }
        guard noiseMultiplier * normBound <= noiseStandardDeviation * (1 + Self.rounding) else {
            throw LedgerError(
                .invalidValue,
                "noise of standard deviation \(noiseStandardDeviation) is below the noise multiplier "
                    + "\(noiseMultiplier) times the norm bound \(normBound)")
        }
        guard dimension > 0, declaredRecordCount > 0 else {
            throw LedgerError(
                .invalidValue, "a release has a dimension and a declared number of records above 0")
        }
    }
}
