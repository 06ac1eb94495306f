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
        // What the program that made it would have written.
        let planned = PrivateRelease(
            plan, noiseSource: noiseSource, run: run, task: task, modelVersion: modelVersion,
            dataset: dataset, configuration: configuration)
        guard mechanism == planned.mechanism else {
            return named("mechanism", mechanism.name, plan.noise.rawValue)
        }
        guard noiseMultiplier == planned.noiseMultiplier else {
            return named("noise multiplier", noiseMultiplier, planned.noiseMultiplier)
        }
        let deviation = planned.noiseStandardDeviation
        guard abs(noiseStandardDeviation - deviation) <= Self.rounding * deviation else {
            return named("noise of standard deviation", noiseStandardDeviation, deviation)
        }
        guard clippingNorm == planned.clippingNorm else {
            return named("clipping norm", clippingNorm, planned.clippingNorm)
        }
        guard normBound == planned.normBound else { return named("norm bound", normBound, planned.normBound) }
        guard relation == planned.relation else {
            return named("relation", relation.rawValue, planned.relation.rawValue)
        }
        guard sampling == planned.sampling else {
            return named("sampling:", sampling.name, planned.sampling.name)
        }
        guard declaredRecordCount == planned.declaredRecordCount else {
            return named("a declared number of", declaredRecordCount, planned.declaredRecordCount)
        }
        guard dimension == planned.dimension else { return named("dimension", dimension, planned.dimension) }
        return unit == planned.unit ? nil : named("unit:", unit.name, plan.unit.rawValue)
    }
}
