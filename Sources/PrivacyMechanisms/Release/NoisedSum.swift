/// A noisy sum, not yet charged: what a ledger takes and nothing else should.
///
/// Only a ``GaussianMechanism`` makes one. The source of its randomness, of the sample and of the noise, stays in the
/// type: what protects people takes `NoisedSum<SystemRandomness>`. Each noisy sum is a release, also a second one of
/// the same records.
package struct NoisedSum<Source: RandomnessSource>: Sendable {
    /// What was planned.
    package let plan: ReleasePlan
    /// d noisy sums in grid steps.
    package let steps: [Int64]

    init(plan: ReleasePlan, steps: [Int64]) {
        self.plan = plan
        self.steps = steps
    }

    /// What the randomness protects.
    package var randomness: RandomnessKind { Source.kind }

    /// Returns the noisy mean, (sum + noise) / N; post-processing.
    ///
    /// - Returns: d numbers.
    package func mean() -> [Double] { plan.mean(ofSteps: steps) }
}
