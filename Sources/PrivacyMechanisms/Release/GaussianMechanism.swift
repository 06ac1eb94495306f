/// Clip, sum, noise: the only way from raw gradients to a noisy sum.
///
/// Not copyable, so that no noise is used twice. A noisy sum depends on the data through a sum of integer vectors, one
/// a unit, each of a norm of C / g at most: two neighbours' sums differ by at most C, or 2 C where one unit is replaced
/// (``Normalization``).
///
/// A unit whose gradient is not finite, or overflows where its records' gradients are summed, contributes the zero
/// vector: no release depends on whether there is one.
///
/// - Warning: An error names a unit whose gradient is of another size: keep it at the site.
package struct GaussianMechanism<Source: RandomnessSource>: ~Copyable {
    /// What all releases of this mechanism have in common.
    package let plan: ReleasePlan
    /// How often a unit's gradient was not finite and the zero vector took its place, in all releases.
    ///
    /// - Warning: As secret as the records: for the site's own eyes, never in a release, a metric or a message.
    package private(set) var nonFiniteUnitCount = 0
    private let clipper: UnitClipper
    private var noise: GridNoise

    /// - Parameter source: Of the noise and of the samples; ``SystemRandomness`` where people are protected.
    package init(_ plan: ReleasePlan, source: Source) throws(MechanismError) {
        self.plan = plan
        clipper = UnitClipper(grid: plan.grid, dimension: plan.dimension)
        noise = try GridNoise(plan, source)
    }

    /// Returns the noisy sum of a sample of units, drawn anew.
    ///
    /// - Parameter grouping: Which records make a unit; of the kind that was planned.
    /// - Throws: ``MechanismError`` `shapeMismatch`, `tooManyUnits`, `invalidParameter`, and what
    ///   `gradients` throws; nothing is released then.
    /// - Complexity: O(n d) for n units in the sample, one gradient in memory at a time.
    package mutating func release(
        of gradients: some RecordGradients, grouping: UnitGrouping = .records
    ) throws -> NoisedSum<Source> {
        noised(try clippedSum(of: gradients, grouping: grouping))
    }

    /// Returns the sum of the clipped gradients of a sample of units, drawn anew.
    package mutating func clippedSum(
        of gradients: some RecordGradients, grouping: UnitGrouping = .records
    ) throws -> ClippedSum<Source> {
        try clippedSum(of: gradients, grouping: grouping) { _, _ in }
    }

    /// Adds noise to a sum of this mechanism's plan, which is consumed.
    package mutating func noised(_ sum: consuming ClippedSum<Source>) -> NoisedSum<Source> {
        noised(sum) { _ in }
    }

    /// Sums, and shows each unit of the sample, with its clipped gradient, to `observe`.
    mutating func clippedSum(
        of gradients: some RecordGradients, grouping: UnitGrouping, observe: (Int, [Int64]) -> Void
    ) throws -> ClippedSum<Source> {
        guard grouping.unit == plan.unit else {
            throw MechanismError(
                .invalidParameter,
                "the plan protects a \(plan.unit.rawValue), the records are grouped by \(grouping.unit.rawValue)"
            )
        }
        if let members = grouping.members {
            let grouped = members.reduce(0) { $0 + $1.count }
            guard grouped == gradients.recordCount else {
                throw MechanismError(
                    .shapeMismatch,
                    "\(grouped) records are grouped by \(grouping.unit.rawValue), but there are "
                        + "\(gradients.recordCount)")
            }
        }
        let unitCount = grouping.members?.count ?? gradients.recordCount
        try plan.grid.requireCapacity(forUnitCount: unitCount)
        var sum = [Int64](repeating: 0, count: plan.dimension)
        var steps = sum
        for unit in 0..<unitCount where noise.takesUnit() {
            let gradient = try Self.gradient(ofUnit: unit, grouping, gradients)
            if try !clipper.clip(gradient, unit: unit, into: &steps) { nonFiniteUnitCount += 1 }
            // Cannot overflow: `capacity` units of at most floor(C / g) steps are within 2^62.
            for index in sum.indices { sum[index] += steps[index] }
            observe(unit, steps)
        }
        return ClippedSum(plan: plan, steps: sum)
    }

    /// Adds noise, and shows it to `observe`.
    mutating func noised(_ sum: consuming ClippedSum<Source>, observe: ([Int64]) -> Void) -> NoisedSum<Source>
    {
        precondition(sum.plan == plan, "a clipped sum gets noise from the mechanism of its own plan")
        let samples = noise.samples(plan.dimension)
        observe(samples)
        // Cannot overflow: noise is below 2^54 steps (rounded) or 2^51 (discrete).
        return NoisedSum(plan: plan, steps: zip(sum.steps, samples).map { $0 + $1 })
    }

    /// Returns the sum of the gradients of a unit's records.
    private static func gradient(
        ofUnit unit: Int, _ grouping: UnitGrouping, _ gradients: some RecordGradients
    ) throws -> [Double] {
        guard let members = grouping.members?[unit] else {
            return try gradients.gradient(ofRecord: unit).elements
        }
        var sum: [Double] = []
        for record in members {
            let gradient = try gradients.gradient(ofRecord: record).elements
            if sum.isEmpty {
                sum = gradient
                continue
            }
            guard gradient.count == sum.count else {
                throw MechanismError(
                    .shapeMismatch,
                    "the gradient of record \(record) has \(gradient.count) elements, others of its "
                        + "\(grouping.unit.rawValue) have \(sum.count)")
            }
            for index in sum.indices { sum[index] += gradient[index] }
        }
        return sum
    }
}
