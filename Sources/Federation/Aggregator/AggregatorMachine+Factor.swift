package import MultiTaskLearning

/// The seam by which the factor of the proximal operator is computed beside the exchange.
extension AggregatorMachine {
    /// Returns the policy that answers follow.
    ///
    /// Where a residual ends the study, columns err by at most a tenth of that: it would not be reached otherwise.
    static func factorPolicy(for plan: StudyPlan, _ refresh: FactorRefresh) throws -> FactorPolicy {
        let tolerance = plan.stoppingRule.residualTolerance.map {
            min($0 / 10, plan.factorPolicy.tolerance)
        }
        return try FactorPolicy(
            tolerance: tolerance ?? plan.factorPolicy.tolerance,
            maximumAge: refresh == .deferred ? plan.factorPolicy.maximumAge : 0, taskCount: plan.tasks.count)
    }

    /// How many updates were applied since the V that the factor at hand was computed from.
    package var factorAge: Int { iterate.factorAge }

    /// Returns what a factor of the current V is computed from, on any thread.
    ///
    /// Nil where none is to be computed there: factors are not handed over, the regularizer has none, the study is
    /// synchronous or over, or the factor at hand is younger than half of the bound.
    package func factorSnapshot() -> FactorSnapshot? {
        guard handsFactorsOver,
            !iterate.hasFactor || (factorAge > 0 && 2 * factorAge >= iterate.policy.maximumAge)
        else { return nil }
        return iterate.factorSnapshot()
    }

    /// Takes a factor that was computed from a snapshot of this machine; columns are answered with it from now on.
    ///
    /// - Returns: Whether it was newer than the factor at hand, and of the same gamma.
    @discardableResult
    package mutating func install(_ factor: RefreshedFactor) -> Bool {
        iterate.install(factor)
    }

    /// Whether the event's answer needs a newer factor than is at hand, so that handling it now would compute one.
    ///
    /// Until one is installed, the event is to be held back, and with it all that come after it; a machine that is handed
    /// such an event all the same computes the factor itself.
    package func awaitsFactor(for event: AggregatorEvent) -> Bool {
        guard handsFactorsOver, case .received(_, let message) = event else { return false }
        let changeCount: Int
        switch message {
        case .read: changeCount = 0
        case .update(let update) where update.next != nil: changeCount = 1
        case .join, .update, .fetched, .abandoned, .spent, .ledgerHead: return false
        }
        return !iterate.hasFactor || factorAge + changeCount > iterate.policy.maximumAge
    }

    private var handsFactorsOver: Bool {
        guard factorRefresh == .deferred, iterate.policy.maximumAge > 0, barrier == nil,
            case .running = state.phase
        else { return false }
        return true
    }

    /// ``MethodProgress/relaxationSum`` at the version of the factor at hand.
    var factorRelaxationSum: Double {
        recentRelaxationSums[max(recentRelaxationSums.count - 1 - factorAge, 0)]
    }

    /// Takes note of the sum after an update.
    mutating func rememberRelaxationSum() {
        recentRelaxationSums.append(state.progress.method.relaxationSum)
        let excess = recentRelaxationSums.count - (iterate.policy.maximumAge + 1)
        if excess > 0 { recentRelaxationSums.removeFirst(excess) }
    }
}
