package import PrivacyAccounting
package import PrivacyMechanisms

/// What a site allows: a hard ceiling on everything ever released from one data set, and the largest single release.
///
/// The largest release (smallest noise, highest rate) bounds what a lost entry can have spent, and fixes beforehand
/// the measure in which a filter adds up releases whose parameters depend on earlier ones.
package struct PrivacyPolicy: Sendable, Equatable {
    /// The ceiling.
    package let epsilon: Double
    package let delta: Double
    /// Between which data sets the claim holds.
    package let relation: NeighbouringRelation
    /// Whose presence the claim hides.
    package let unit: PrivacyUnit
    package let mechanism: NoiseMechanism
    /// The kind of sampling, with its highest rate.
    package let sampling: RecordSampling
    /// The smallest standard deviation of noise, in norm bounds.
    package let smallestNoiseMultiplier: Double
    /// Whether noise that is not secret, of a seed or recorded, may leave, marked as not private: for tests,
    /// simulations and audits of the site's program.
    package let allowsSeededNoise: Bool
    /// The quantity that the filter adds up.
    package let measure: PrivacyFilter.Measure

    /// Creates a policy and chooses the measure that grants the most largest releases.
    ///
    /// - Throws: ``LedgerError`` `invalidValue` where a value is out of range, or the ceiling grants not one such
    ///   release.
    package init(
        epsilon: Double, delta: Double, relation: NeighbouringRelation, unit: PrivacyUnit,
        mechanism: NoiseMechanism, sampling: RecordSampling, smallestNoiseMultiplier: Double,
        allowsSeededNoise: Bool = false
    ) throws(LedgerError) {
        let measure: PrivacyFilter.Measure
        do throws(AccountingError) {
            measure = try PrivacyFilter.bestMeasure(
                for: mechanism.event(noiseMultiplier: smallestNoiseMultiplier, sampling: sampling),
                epsilon: epsilon, delta: delta, relation: relation)
        } catch {
            throw LedgerError(.invalidValue, "a privacy policy: \(error.message)")
        }
        try self.init(
            epsilon: epsilon, delta: delta, relation: relation, unit: unit, mechanism: mechanism,
            sampling: sampling, smallestNoiseMultiplier: smallestNoiseMultiplier,
            allowsSeededNoise: allowsSeededNoise, measure: measure)
    }

    /// Creates a policy with a measure that was chosen before.
    init(
        epsilon: Double, delta: Double, relation: NeighbouringRelation, unit: PrivacyUnit,
        mechanism: NoiseMechanism, sampling: RecordSampling, smallestNoiseMultiplier: Double,
        allowsSeededNoise: Bool, measure: PrivacyFilter.Measure
    ) throws(LedgerError) {
        try sampling.require()
        guard AccountingLimits.noiseMultipliers.contains(smallestNoiseMultiplier) else {
            throw LedgerError(
                .invalidValue,
                "the smallest noise multiplier of a policy must be from "
                    + "\(AccountingLimits.noiseMultipliers.lowerBound) to "
                    + "\(AccountingLimits.noiseMultipliers.upperBound), got \(smallestNoiseMultiplier)")
        }
        self.epsilon = epsilon
        self.delta = delta
        self.relation = relation
        self.unit = unit
        self.mechanism = mechanism
        self.sampling = sampling
        self.smallestNoiseMultiplier = smallestNoiseMultiplier
        self.allowsSeededNoise = allowsSeededNoise
        self.measure = measure
        var filter = try filter()
        do throws(AccountingError) {
            guard try filter.charge(largestRelease) == .granted else {
                throw AccountingError(
                    .unreachableTarget,
                    "epsilon \(epsilon) at delta \(delta) does not grant one release of noise multiplier "
                        + "\(smallestNoiseMultiplier); raise one of them")
            }
        } catch {
            throw LedgerError(.invalidValue, "a privacy policy: \(error.message)")
        }
    }

    /// The largest release that is allowed.
    package var largestRelease: PrivacyEvent {
        mechanism.event(noiseMultiplier: smallestNoiseMultiplier, sampling: sampling)
    }

    /// Returns a filter that has granted nothing.
    func filter() throws(LedgerError) -> PrivacyFilter {
        do throws(AccountingError) {
            return try PrivacyFilter(epsilon: epsilon, delta: delta, relation: relation, measure: measure)
        } catch {
            throw LedgerError(.invalidValue, "a privacy policy: \(error.message)")
        }
    }
}
