package import MultiTaskLearning

/// The seam by which the factor of the proximal operator is computed beside the exchange.
extension AggregatorMachine {
    /// Returns the policy of a study.
    ///
    /// Where a residual ends it, columns err by at most a tenth of that: it would not be reached otherwise.
    static func factorPolicy(for plan: StudyPlan) throws -> FactorPolicy {
        let tolerance = plan.stoppingRule.residualTolerance.map {
            min($0 / 10, FactorPolicy.defaultTolerance)
        }
        return try FactorPolicy(
            tolerance: tolerance ?? FactorPolicy.defaultTolerance, maximumAge: 0, taskCount: plan.tasks.count)
    }

    /// How many updates were applied since the V that the factor at hand was computed from.
    package var factorAge: Int { iterate.factorAge }

    /// Returns what a factor of the current V is computed from, on any thread.
    ///
    /// Nil where columns need none: the regularizer has no factor, the study is synchronous, or it is over.
    package func factorSnapshot() -> FactorSnapshot? {
        guard case .running = state.phase, barrier == nil else { return nil }
        return iterate.factorSnapshot()
    }

    /// Takes a factor that was computed from a snapshot of this machine; columns are answered with it from now on.
    ///
    /// - Returns: Whether it was newer than the factor at hand.
    @discardableResult
    package mutating func install(_ factor: RefreshedFactor) -> Bool {
        iterate.install(factor)
    }
}
