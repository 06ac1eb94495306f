/// What is done to a task's features before training.
package enum FeatureScaling: String, Sendable, CaseIterable {
    /// Nothing.
    case raw
    /// Each feature of each task minus its mean, over its standard deviation (n - 1); constant columns become 0.
    case zscore
}

/// Whether the model has a row for a constant feature 1, its last row.
package enum InterceptTreatment: String, Sendable, CaseIterable {
    case none
    /// A row like any other.
    case penalized
    /// A row that the regularizer leaves alone.
    case unpenalized
}

/// How the problem is split between sites and aggregator.
package enum SplittingKind: String, Sendable, CaseIterable {
    /// AMTL: the aggregator's proximal step, then the site's gradient step.
    case backwardForward = "backward-forward"
    /// The aggregator's proximal step, then the site's own.
    case douglasRachford = "douglas-rachford"
}

/// When the aggregator computes a task's next column.
package enum StudyMode: String, Sendable, CaseIterable {
    /// At once.
    case asynchronous
    /// When every task's update of the round has arrived, or at `barrier_timeout`.
    case synchronous
}

/// What happens at `barrier_timeout` when tasks are absent.
package enum BarrierAbsence: String, Sendable, CaseIterable {
    /// The round goes on with the absent tasks' last columns.
    case proceed = "continue"
    /// The run ends and names them.
    case end
}

/// What sites may report to the aggregator beside their updates.
package enum ReportedValue: String, Sendable, CaseIterable {
    /// Each task's loss at the column it computed from.
    case loss
}
