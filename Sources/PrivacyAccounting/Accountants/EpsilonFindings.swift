/// Epsilon at one delta by every accountant that analyses the releases.
package struct EpsilonFindings: Sendable {
    package let delta: Double
    /// One Gaussian; unsampled Gaussian releases only.
    package let exact: Double?
    /// Renyi divergences.
    package let renyi: Double?
    /// The distribution of the privacy loss, from both sides.
    package let loss: PrivacyBounds?

    /// Computes epsilon.
    ///
    /// - Throws: ``AccountingError`` for a delta out of range, and releases that no accountant analyses.
    package init(
        _ tally: ReleaseTally, relation: NeighbouringRelation, delta: Double
    ) throws(AccountingError) {
        self.delta = delta
        exact = try Self.value { () throws(AccountingError) in
            var account = ExactGaussianAccountant(relation: relation)
            try account.compose(tally)
            return try account.epsilon(delta: delta)
        }
        renyi = try Self.value { () throws(AccountingError) in
            var account = RenyiAccountant(relation: relation)
            try account.compose(tally)
            return try account.epsilon(delta: delta)
        }
        loss = try Self.value { () throws(AccountingError) in
            var account = LossDistributionAccountant(relation: relation)
            try account.compose(tally)
            return try account.epsilonBounds(delta: delta)
        }
        guard exact != nil || renyi != nil || loss != nil else {
            throw AccountingError(.unsupportedEvent, "no accountant analyses these releases together")
        }
    }

    /// The smallest upper bound, which is the one to claim.
    package var epsilon: Double { [exact, renyi, loss?.upper].compactMap(\.self).min() ?? .infinity }

    private static func value<Value>(
        _ body: () throws(AccountingError) -> Value
    ) throws(AccountingError) -> Value? {
        do throws(AccountingError) {
            return try body()
        } catch {
            guard error.code == .unsupportedEvent else { throw error }
            return nil
        }
    }
}
