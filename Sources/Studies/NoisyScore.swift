package import MultiTaskLearning
package import PrivacyMechanisms

/// How well a model does on held-out records, as a noisy sum of their parts says: post-processing of a release.
package struct NoisyScore: Sendable, Equatable {
    package let metric: Score.Metric
    /// An accuracy from 0 to 1; an error of at least 0.
    package let value: Double
    package let recordCount: Int

    /// Reads a score from a noisy sum of ``ScoreContributions``.
    ///
    /// - Parameters:
    ///   - steps: The sum, in grid steps.
    ///   - plan: Of the sum; it declares the number of held-out records.
    ///   - bound: The largest squared error that counted.
    package init(ofSteps steps: Int64, plan: ReleasePlan, loss: LossKind, bound: Double) {
        let share = 0.5 + plan.mean(ofSteps: [steps])[0]
        recordCount = plan.normalization.declaredCount
        switch loss {
        case .logistic:
            metric = .accuracy
            value = min(max(share, 0), 1)
        case .squared:
            metric = .rootMeanSquaredError
            value = max(0, bound * share).squareRoot()
        }
    }
}
