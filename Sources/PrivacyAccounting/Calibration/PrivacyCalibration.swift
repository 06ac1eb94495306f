internal import Glibc

/// Finds noise for an epsilon, or releases for a budget: what is returned was evaluated to keep the target.
package struct PrivacyCalibration: Sendable {
    /// The epsilon that is not exceeded.
    package let epsilon: Double
    /// The delta of the claim.
    package let delta: Double
    /// The neighbouring relation of the claim.
    package let relation: NeighbouringRelation

    /// The noise multipliers that are searched.
    package static let noiseMultipliers = 0x1p-5...0x1p20

    /// Creates a target.
    ///
    /// - Throws: ``AccountingError`` `invalidParameter` unless epsilon is finite and above 0, and delta above
    ///   0 and below 1.
    package init(epsilon: Double, delta: Double, relation: NeighbouringRelation) throws(AccountingError) {
        guard epsilon > 0, epsilon.isFinite else {
            throw AccountingError(
                .invalidParameter, "the epsilon to keep must be finite and above 0, got \(epsilon)")
        }
        try AccountingLimits.require(delta: delta)
        self.epsilon = epsilon
        self.delta = delta
        self.relation = relation
    }

    /// Returns a noise multiplier whose epsilon, by the accountant, does not exceed the target, and of which
    /// `1 - tolerance` times did exceed it.
    ///
    /// - Parameters:
    ///   - tolerance: Relative, at least 1e-12.
    ///   - event: What would be released with a noise multiplier.
    /// - Throws: ``AccountingError`` `unreachableTarget` where no multiplier of ``noiseMultipliers`` suffices
    ///   or the smallest one does; what the event's analysis throws.
    /// - Complexity: About ten epsilons of the accountant.
    package func noiseMultiplier<Accountant: PrivacyAccountant>(
        by accountant: Accountant.Type, tolerance: Double = 1e-5, event: (Double) -> PrivacyEvent
    ) throws -> Double {
        // Of the logarithms, which are nearly linear.
        func excess(_ logNoise: Double) throws -> Double {
            let epsilon = try epsilon(of: event(exp(logNoise)), by: accountant)
            return log(max(epsilon, 1e-9 * self.epsilon) / self.epsilon)
        }
        let range = (log(Self.noiseMultipliers.lowerBound), log(Self.noiseMultipliers.upperBound))
        let step = log(2.0)
        var high = 0.0
        var highValue = try excess(high)
        var (low, lowValue) = (high, highValue)
        while highValue > 0 {
            guard high < range.1 else { throw unreachable("more noise than a multiplier of \(exp(range.1))") }
            (low, lowValue, high) = (high, highValue, high + step)
            highValue = try excess(high)
        }
        while lowValue <= 0 {
            guard low > range.0 else { throw unreachable("less noise than a multiplier of \(exp(range.0))") }
            (high, highValue, low) = (low, lowValue, low - step)
            lowValue = try excess(low)
        }
        let found = try Search.signChange(
            in: low...high, values: (lowValue, highValue), isNarrow: { $1 - $0 <= max(tolerance, 1e-12) },
            of: excess)
        return exp(found.upperBound)
    }

    /// Returns the largest number of equal releases whose epsilon, by the accountant, does not exceed the
    /// target: so many were evaluated to keep it, and one more not to.
    ///
    /// - Throws: ``AccountingError`` `unreachableTarget` where ``AccountingLimits/releaseCount`` releases
    ///   keep the target; what the event's analysis throws.
    /// - Returns: 0 where a single release exceeds it.
    package func releaseCount<Accountant: PrivacyAccountant>(
        of event: PrivacyEvent, by accountant: Accountant.Type
    ) throws -> Int {
        func isKept(_ count: Int) throws -> Bool {
            try epsilon(of: .selfComposed(event, count: count), by: accountant) <= epsilon
        }
        guard try isKept(1) else { return 0 }
        var (kept, exceeded) = (1, 2)
        while try isKept(exceeded) {
            guard exceeded < AccountingLimits.releaseCount else {
                throw unreachable("more than \(AccountingLimits.releaseCount) releases")
            }
            (kept, exceeded) = (exceeded, 2 * exceeded)
        }
        while exceeded - kept > 1 {
            let middle = kept + (exceeded - kept) / 2
            if try isKept(middle) { kept = middle } else { exceeded = middle }
        }
        return kept
    }

    private func epsilon<Accountant: PrivacyAccountant>(
        of event: PrivacyEvent, by: Accountant.Type
    ) throws -> Double {
        var account = Accountant(relation: relation)
        try account.compose(event)
        return try account.epsilon(delta: delta)
    }

    private func unreachable(_ need: String) -> AccountingError {
        AccountingError(
            .unreachableTarget,
            "epsilon \(epsilon) at delta \(delta) under \(relation.rawValue) needs \(need)")
    }
}
