internal import Federation
internal import MultiTaskLearning

/// Whether ARock's theorem covers a run, judged by the largest staleness that was seen.
///
/// It is for constant steps of the backward-forward operator from stale columns; a run beyond it may converge all the same.
///
/// - SeeAlso: Peng, Xu, Yan, Yin, ARock (SIAM J. Sci. Comput. 2016), theorem 1; ``ArockRelaxation``.
struct ArockCondition: Sendable, Equatable {
    /// The largest relaxation that the theorem covers.
    let bound: Double
    /// Whether a step had a larger one.
    let isExceeded: Bool

    /// Judges a run; nil where the theorem says nothing of its steps: in rounds nothing is stale, the policy `arock` keeps the
    /// bound as the staleness grows, `decreasing` comes below any, and Douglas-Rachford has inertia and changes its
    /// operator.
    init?(plan: StudyPlan, statistics: StudyStatistics) {
        guard case .asynchronous = plan.mode, case .backwardForward = plan.splitting,
            plan.relaxationPolicy != .arock, plan.relaxationPolicy != .decreasing
        else { return nil }
        let bound = ArockRelaxation.bound(
            maximumDelay: Int(clamping: statistics.stalenessMaximum), taskCount: plan.tasks.count,
            c: ArockRelaxation.c)
        self.bound = bound
        isExceeded = statistics.relaxationMaximum.map { $0 > bound } ?? false
    }
}
