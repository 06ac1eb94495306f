internal import LinearAlgebra

/// Projections of a vector on the intersection of a ball and a box around 0.
enum BoxedBall {
    /// Returns the nearest vector whose magnitudes add up to at most `radius`, none above `bound`.
    ///
    /// The magnitudes become clip(|v_j| - theta, 0, bound), with theta the root of a piecewise linear function.
    ///
    /// - Parameter bound: May be infinite.
    /// - Complexity: O(n log n).
    static func projection(
        of v: [Double], sumOfMagnitudes radius: Double, largestMagnitude bound: Double
    ) -> [Double] {
        let sizes = v.map(\.magnitude)
        var theta = 0.0
        if sizes.reduce(0, { $0 + min($1, bound) }) > radius {
            let sum = ClippedLinearSum(
                slopes: [Double](repeating: 1, count: v.count), offsets: sizes, lower: 0, upper: bound)
            theta = max(0, -sum.root(of: radius))
        }
        return zip(v, sizes).map { value, size in
            let clipped = min(max(size - theta, 0), bound)
            return value < 0 ? -clipped : clipped
        }
    }

    /// Returns the nearest vector of a Euclidean norm of at most `radius` with no magnitude above `bound`.
    ///
    /// The magnitudes become min(t |v_j|, bound): with the k largest clipped, k bound^2 + t^2 sum_rest v_j^2 is the
    /// square of the radius.
    ///
    /// - Complexity: O(n log n).
    static func projection(of v: [Double], norm radius: Double, largestMagnitude bound: Double) -> [Double] {
        let largest = Vector.largestMagnitude(v)
        guard largest > 0 else { return v }
        func clipped(_ factor: Double) -> [Double] {
            v.map { min(max(factor * $0, -bound), bound) }
        }
        if Vector.norm(clipped(1)) <= radius { return clipped(1) }
        // In units of the largest, so that no square overflows.
        let sizes = v.map { $0.magnitude / largest }.sorted(by: >)
        let (unitRadius, unitBound) = (radius / largest, bound / largest)
        var rest = sizes.reversed().reduce(0) { $0 + $1 * $1 }
        var factor = 0.0
        for (count, size) in sizes.enumerated() {
            let left = unitRadius * unitRadius - Double(count) * unitBound * unitBound
            factor = (max(0, left) / rest).squareRoot()
            if factor * size <= unitBound { break }
            rest -= size * size
            if rest <= 0 { break }
        }
        return clipped(factor)
    }
}
