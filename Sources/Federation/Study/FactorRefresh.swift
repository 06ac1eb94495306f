package import MultiTaskLearning

/// When the factor of the proximal operator is computed.
package enum FactorRefresh: Sendable, Equatable {
    /// When a column needs it, on the thread that answers: every column is of the current V.
    case immediate
    /// Beside the exchange: a column is answered with a factor up to the study's bound old, and computed only where that
    /// would be passed. Whoever runs the machine takes snapshots and installs what comes of them.
    case deferred

    /// What suits a study: columns of the current V, where a factor costs less than the rest of an update.
    ///
    /// With m the smaller side of V a refresh of the nuclear norm costs a few products m x m x k and, now and then, a
    /// decomposition of about 9 m^3 operations. At m = 100 the first is about as much as an update costs the aggregator
    /// otherwise (60 us), and the second ten times as much; figures are in docs/decisions/0027. The other functions of
    /// singular values decompose at every refresh, which is as much as an update from m = 20 on (0028).
    package static func suited(to plan: StudyPlan) -> FactorRefresh {
        guard case .asynchronous = plan.mode, plan.factorPolicy.maximumAge > 0,
            pays(plan.regularizer.kind, dimension: plan.dimension, taskCount: plan.tasks.count)
        else { return .immediate }
        return .deferred
    }

    /// Whether a factor of this kind and size costs more than the rest of an update.
    package static func pays(_ kind: RegularizerKind, dimension: Int, taskCount: Int) -> Bool {
        let side = min(dimension, taskCount)
        return switch kind.factorRenewal {
        case .refinement: side >= 100
        case .decomposition: side >= 20
        case nil: false
        }
    }
}
