package import Configuration
internal import Federation
package import PrivacyAccounting
internal import PrivacyLedger

extension StudyConfiguration {
    /// What a site plans to release: its tasks' updates, and a score of each where the study has them; nil without privacy.
    ///
    /// - Parameters:
    ///   - taskCount: Tasks of the site, on the same people: their releases add up.
    ///   - runCount: How often the study is run on these records.
    /// - Throws: `FederationError`.
    package func plannedReleases(taskCount: Int, runCount: Int = 1) throws -> [PlannedReleases]? {
        guard let privacy, let dimension, let plan = try privateStudy(dimension: dimension) else {
            return nil
        }
        let updates = PlannedReleases(plan.event, count: privacy.releases * taskCount * runCount)
        guard let score = plan.scoreEvent else { return [updates] }
        return [updates, PlannedReleases(score, count: taskCount * runCount)]
    }

    /// Epsilon of the planned releases, at the study's delta; nil without privacy.
    ///
    /// - Parameter taskCount: As ``plannedReleases(taskCount:runCount:)`` has it.
    /// - Throws: `AccountingError`; `FederationError`.
    /// - Complexity: That of the loss distribution for sampled noise, O(1) otherwise.
    package func plannedEpsilon(taskCount: Int) throws -> Double? {
        guard let privacy, let releases = try plannedReleases(taskCount: taskCount) else { return nil }
        return try EpsilonFindings(
            ReleaseTally(.planned(releases)), relation: privacy.relation, delta: privacy.delta
        ).epsilon
    }

    /// The release of the least noise, which a policy is chosen for; nil without privacy.
    ///
    /// - Throws: `FederationError`.
    package func largestRelease() throws -> PrivacyEvent? {
        guard let privacy, let dimension, let plan = try privateStudy(dimension: dimension) else {
            return nil
        }
        guard let score = plan.scoreEvent, let multiplier = privacy.scoreNoiseMultiplier,
            multiplier < privacy.noiseMultiplier
        else { return plan.event }
        return score
    }

    /// The policy of a throw-away site of a run on one machine; nil without privacy.
    ///
    /// Its ceiling is the study's `privacy.epsilon`, or what the planned releases spend by a filter's measure.
    ///
    /// - Parameters:
    ///   - runCount: How many runs share the site's ledger.
    ///   - allowsUnprotectedNoise: Whether releases may be recorded for an audit.
    package func runPolicy(
        ofSite site: String, runCount: Int = 1, allowsUnprotectedNoise: Bool = false
    ) throws -> PrivacyPolicyConfiguration? {
        guard let privacy, let largest = try largestRelease(),
            let releases = try plannedReleases(taskCount: tasks(of: site).count, runCount: runCount)
        else { return nil }
        let epsilon =
            try privacy.epsilon
            ?? PrivacyFilter.smallestCeiling(
                granting: releases, largest: largest, delta: privacy.delta, relation: privacy.relation)
        return PrivacyPolicyConfiguration(
            epsilon: epsilon, delta: privacy.delta, relation: privacy.relation, unit: privacy.unit,
            noise: privacy.noise, samplingRate: privacy.samplingRate,
            smallestNoiseMultiplier: min(
                privacy.noiseMultiplier, privacy.scoreNoiseMultiplier ?? .infinity),
            allowsUnprotectedNoise: allowsUnprotectedNoise)
    }
}
