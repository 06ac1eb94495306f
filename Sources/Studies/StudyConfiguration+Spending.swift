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
        return try PlannedEpsilon.smallest(of: tally, relation: privacy.relation, delta: privacy.delta)
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
            epsilon = try PlannedEpsilon.ofFilter(
                event: plan.event, count: privacy.releases * tasks(of: site).count,
                relation: privacy.relation, delta: privacy.delta)
        }
        return PrivacyPolicyConfiguration(
            epsilon: epsilon, delta: privacy.delta, relation: privacy.relation, unit: privacy.unit,
            noise: privacy.noise, samplingRate: privacy.samplingRate,
            smallestNoiseMultiplier: privacy.noiseMultiplier,
            allowsUnprotectedNoise: allowsUnprotectedNoise)
    }
}

/// Epsilon of releases that are planned, not made.
enum PlannedEpsilon {
    /// The smallest epsilon of the accountants that apply.
    static func smallest(
        of tally: ReleaseTally, relation: NeighbouringRelation, delta: Double
    ) throws(AccountingError) -> Double {
        func epsilon(_ account: some PrivacyAccountant) throws(AccountingError) -> Double? {
            var account = account
            do throws(AccountingError) {
                try account.compose(tally)
                return try account.epsilon(delta: delta)
            } catch  where error.code == .unsupportedEvent {
                return nil
            }
        }
        let found = [
            try epsilon(ExactGaussianAccountant(relation: relation)),
            try epsilon(RenyiAccountant(relation: relation)),
            try epsilon(LossDistributionAccountant(relation: relation)),
        ].compactMap { $0 }
        return found.min() ?? .infinity
    }

    /// The smallest ceiling, to a hundredth, under which a filter grants so many releases.
    static func ofFilter(
        event: PrivacyEvent, count: Int, relation: NeighbouringRelation, delta: Double
    ) throws -> Double {
        func grants(_ hundredths: Int) -> Bool {
            let epsilon = Double(hundredths) / 100
            do {
                let measure: PrivacyFilter.Measure
                if case .gaussian = event {
                    measure = .gaussian
                } else {
                    measure = .renyi(
                        order: try PrivacyFilter.bestOrder(
                            for: event, epsilon: epsilon, delta: delta, relation: relation))
                }
                var filter = try PrivacyFilter(
                    epsilon: epsilon, delta: delta, relation: relation, measure: measure)
                return try filter.charge(event, count: count) == .granted
            } catch {
                return false
            }
        }
        var high = 1
        while !grants(high) {
            high *= 2
            guard high <= 1_000_000 else {
                throw AccountingError(
                    .unreachableTarget,
                    "\(count) releases of this noise have an epsilon above 10000; write more noise or fewer releases"
                )
            }
        }
        var low = high / 2
        while high - low > 1 {
            let middle = (low + high) / 2
            if grants(middle) { high = middle } else { low = middle }
        }
        return Double(high) / 100
    }
}
