package import Configuration
internal import Federation
internal import PrivacyAccounting
internal import PrivacyLedger

extension StudyConfiguration {
    /// Epsilon of the planned updates, at the study's delta; nil without privacy.
    ///
    /// - Parameter taskCount: Tasks of one site, on the same people: their updates add up.
    /// - Throws: `AccountingError`; `FederationError`.
    /// - Complexity: That of the loss distribution for sampled noise, O(1) otherwise.
    package func plannedEpsilon(taskCount: Int) throws -> Double? {
        guard let privacy, let dimension, let plan = try privateStudy(dimension: dimension) else {
            return nil
        }
        let count = privacy.releases * taskCount
        let tally = try ReleaseTally(.selfComposed(plan.event, count: count))
        return try EpsilonFindings(tally, relation: privacy.relation, delta: privacy.delta).epsilon
    }

    /// The policy of a throw-away site of a run on one machine; nil without privacy.
    ///
    /// Its ceiling is the study's `privacy.epsilon`, or what the planned updates spend by a filter's measure.
    ///
    /// - Parameter allowsUnprotectedNoise: Whether releases may be recorded for an audit.
    package func runPolicy(
        ofSite site: String, allowsUnprotectedNoise: Bool = false
    ) throws -> PrivacyPolicyConfiguration? {
        guard let privacy, let dimension, let plan = try privateStudy(dimension: dimension) else {
            return nil
        }
        let epsilon: Double
        if let wanted = privacy.epsilon {
            epsilon = wanted
        } else {
            epsilon = try PrivacyFilter.smallestCeiling(
                granting: privacy.releases * tasks(of: site).count, of: plan.event, delta: privacy.delta,
                relation: privacy.relation)
        }
        return PrivacyPolicyConfiguration(
            epsilon: epsilon, delta: privacy.delta, relation: privacy.relation, unit: privacy.unit,
            noise: privacy.noise, samplingRate: privacy.samplingRate,
            smallestNoiseMultiplier: privacy.noiseMultiplier,
            allowsUnprotectedNoise: allowsUnprotectedNoise)
    }
}
