package import PrivacyAccounting
internal import PrivacyLedger
package import PrivacyMechanisms

/// How the updates of a study are made private, as its sites and the aggregator agreed: every update is one release, and so
/// is the score that a site may show of a final model.
package struct PrivateStudy: Sendable, Equatable {
    /// Whose presence in a site's records is hidden.
    package let unit: PrivacyUnit
    /// Updates that a task has at most, whatever a site's ceiling would hold.
    package let maximumReleaseCount: UInt64
    /// The noisy sum of each task's updates.
    package let plans: [TaskName: ReleasePlan]
    /// What an accountant adds up for one update of any task.
    package let event: PrivacyEvent
    /// Between which data sets the claim holds.
    package let relation: NeighbouringRelation
    /// The standard deviation of a score's noise over ``scoreClippingNorm``; nil where no site releases one.
    package let scoreNoiseMultiplier: Double?
    private let noise: NoiseDistribution

    /// C of a score: what one held-out record adds to its sum, at most, either way.
    package static let scoreClippingNorm = 0.5

    /// Plans the releases.
    ///
    /// - Parameters:
    ///   - relation: Under replace-one every record takes part, and the declared number is the true one.
    ///   - clippingNorm: C, the largest norm of a unit's gradient without the task's weight.
    ///   - noiseMultiplier: The standard deviation of the noise over C, whatever the relation.
    ///   - samplingRate: The probability of a unit to take part in an update.
    ///   - declaredCounts: The public number of units of each task, which the sum is divided by.
    ///   - scoreNoiseMultiplier: Of a score on held-out records, whose number relation replace-one makes public.
    /// - Throws: ``FederationError/Code/invalidStudy`` naming the task, the setting and its bound.
    package init(
        unit: PrivacyUnit, relation: NeighbouringRelation, clippingNorm: Double, noiseMultiplier: Double,
        samplingRate: Double, noise: NoiseDistribution, declaredCounts: [TaskName: Int],
        maximumReleaseCount: UInt64, dimension: Int, scoreNoiseMultiplier: Double? = nil
    ) throws(FederationError) {
        guard (1...FederationLimits.maximumSequence).contains(maximumReleaseCount) else {
            throw FederationError(
                .invalidStudy,
                "privacy.releases is \(maximumReleaseCount); it must be 1 to \(FederationLimits.maximumSequence)"
            )
        }
        guard relation == .addOrRemoveOne || samplingRate == 1 else {
            throw FederationError(
                .invalidStudy,
                "privacy.sampling_rate is \(samplingRate) with relation replace-one, whose records all take part; "
                    + "write add-or-remove-one, or rate 1")
        }
        var plans: [TaskName: ReleasePlan] = [:]
        for (task, count) in declaredCounts {
            do {
                plans[task] = try ReleasePlan(
                    unit: unit, dimension: dimension, clippingNorm: clippingNorm,
                    noiseMultiplier: noiseMultiplier,
                    normalization: relation == .replaceOne
                        ? .declaredCount(count) : .expectedBatch(rate: samplingRate, declaredCount: count),
                    noise: noise)
            } catch {
                throw FederationError(.invalidStudy, "privacy of task '\(task)': \(error.message)")
            }
        }
        guard scoreNoiseMultiplier == nil || (relation == .replaceOne && unit == .record) else {
            throw FederationError(
                .invalidStudy,
                "privacy.score_noise_multiplier is set with unit \(unit.rawValue) and relation \(relation.rawValue); a "
                    + "score is of a public number of held-out records: write record and replace-one")
        }
        event = NoiseMechanism(noise).event(
            noiseMultiplier: noiseMultiplier,
            sampling: samplingRate == 1 ? .all : .poisson(rate: samplingRate))
        self.unit = unit
        self.relation = relation
        self.maximumReleaseCount = maximumReleaseCount
        self.plans = plans
        self.scoreNoiseMultiplier = scoreNoiseMultiplier
        self.noise = noise
        _ = try scorePlan(recordCount: 1)
    }

    /// What an accountant adds up for one score of any task; nil where none is released.
    package var scoreEvent: PrivacyEvent? {
        scoreNoiseMultiplier.map { NoiseMechanism(noise).event(noiseMultiplier: $0, sampling: .all) }
    }

    /// The noisy sum of a score on so many held-out records; nil where none is released.
    ///
    /// - Throws: ``FederationError/Code/invalidStudy`` naming the setting and its bound.
    package func scorePlan(recordCount: Int) throws(FederationError) -> ReleasePlan? {
        guard let scoreNoiseMultiplier else { return nil }
        do {
            return try ReleasePlan(
                unit: unit, dimension: 1, clippingNorm: Self.scoreClippingNorm,
                noiseMultiplier: scoreNoiseMultiplier, normalization: .declaredCount(recordCount),
                noise: noise)
        } catch {
            throw FederationError(.invalidStudy, "privacy.score_noise_multiplier: \(error.message)")
        }
    }
}
