internal import PrivacyAccounting
package import PrivacyLedger
package import PrivacyMechanisms

extension PrivateRelease {
    /// How far two computations of one standard deviation may be apart, of themselves.
    private static let rounding = 1e-15

    /// Returns in what an entry differs from the plan that its release was made by, or nil.
    package func difference(from plan: ReleasePlan) -> String? {
        func named(
            _ what: String, _ claimed: some CustomStringConvertible, _ made: some CustomStringConvertible
        )
            -> String
        {
            "the ledger says \(what) \(claimed), the recording \(made)"
        }
        let isDiscrete = plan.noise == .discreteGaussian
        guard (mechanism == .discreteGaussian) == isDiscrete else {
            return named("mechanism", mechanism.name, plan.noise.rawValue)
        }
        guard noiseMultiplier == plan.noiseMultiplier else {
            return named("noise multiplier", noiseMultiplier, plan.noiseMultiplier)
        }
        let deviation = plan.scale * plan.grid.step
        guard abs(noiseStandardDeviation - deviation) <= Self.rounding * deviation else {
            return named("noise of standard deviation", noiseStandardDeviation, deviation)
        }
        guard clippingNorm == plan.clippingNorm else {
            return named("clipping norm", clippingNorm, plan.clippingNorm)
        }
        guard normBound == plan.clippingNorm else {
            return named("norm bound", normBound, plan.clippingNorm)
        }
        guard relation.rawValue == plan.normalization.relationName else {
            return named("relation", relation.rawValue, plan.normalization.relationName)
        }
        let rate = plan.normalization.samplingRate
        let planned: RecordSampling = rate < 1 ? .poisson(rate: rate) : .all
        guard sampling == planned else { return named("sampling:", sampling.name, planned.name) }
        guard declaredRecordCount == UInt64(plan.normalization.declaredCount) else {
            return named("a declared number of", declaredRecordCount, plan.normalization.declaredCount)
        }
        guard dimension == UInt32(exactly: plan.dimension) else {
            return named("dimension", dimension, plan.dimension)
        }
        switch (unit, plan.unit) {
        case (.record, .record), (.person, .person), (.site, .site): return nil
        default: return named("unit:", unit.name, plan.unit.rawValue)
        }
    }
}
