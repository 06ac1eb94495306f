/// The sum of clipped units, without noise: as secret as the records.
///
/// Only a ``GaussianMechanism`` makes one and only it takes one, once: nothing else outside of this module can read it.
package struct ClippedSum<Source: RandomnessSource>: ~Copyable {
    /// What was planned.
    package let plan: ReleasePlan
    /// d sums in grid steps.
    let steps: [Int64]

    init(plan: ReleasePlan, steps: [Int64]) {
        self.plan = plan
        self.steps = steps
    }
}
