/// How a release came about.
///
/// - Warning: As secret as the records: with the noise, the release is the exact sum.
package struct ReleaseTranscript: Sendable {
    /// What was planned.
    package let plan: ReleasePlan
    /// The squared norm of each unit in the sample after clipping, in squared grid steps.
    ///
    /// At most ``ClippingGrid/squaredBound``. Which units these are is not recorded, but for canaries.
    package let squaredNorms: [UInt64]
    /// How many of these units' gradients were not finite: the zero vector took their place.
    package let nonFiniteUnitCount: Int
    /// d sums of the clipped units, in grid steps.
    package let clippedSteps: [Int64]
    /// The same sum without the canaries, which is what an attacker who knows all other records subtracts.
    package let baselineSteps: [Int64]
    /// The canaries in the sample, as places among the units that are canaries, rising.
    package let canaryUnits: [Int]
    /// d samples of the noise, in grid steps.
    package let noiseSteps: [Int64]

    /// How many units were in the sample.
    package var sampleCount: Int { squaredNorms.count }

    /// The norms of the units in the sample after clipping, at most C.
    package var clippedNorms: [Double] { squaredNorms.map { Double($0).squareRoot() * plan.grid.step } }
}
