/// The function t -> sum_j clip(slope_j t + offset_j, lower, upper), piecewise linear and not decreasing.
struct ClippedLinearSum {
    /// Positive.
    let slopes: [Double]
    let offsets: [Double]
    let lower: Double
    /// May be infinite.
    let upper: Double

    /// Returns a t at which the function is `target`.
    ///
    /// - Parameter target: Between the function's limits; beyond them the result is the last point where it bends.
    /// - Complexity: O(n log n) for n terms.
    func root(of target: Double) -> Double {
        var bends: [Double] = []
        for (slope, offset) in zip(slopes, offsets) {
            bends.append((lower - offset) / slope)
            if upper.isFinite { bends.append((upper - offset) / slope) }
        }
        bends.sort()
        // The first bend at which the function is not below the target.
        var (first, end) = (0, bends.count)
        while first < end {
            let middle = (first + end) / 2
            if value(at: bends[middle]) >= target { end = middle } else { first = middle + 1 }
        }
        if first == bends.count, upper.isFinite { return bends.last ?? 0 }
        // Between this bend and the one before, the same terms are inside.
        let before = first > 0 ? bends[first - 1] : -.infinity
        let after = first < bends.count ? bends[first] : .infinity
        var (slope, constant) = (0.0, 0.0)
        for index in slopes.indices {
            let enters = (lower - offsets[index]) / slopes[index]
            let leaves = upper.isFinite ? (upper - offsets[index]) / slopes[index] : .infinity
            if enters >= after {
                constant += lower
            } else if leaves <= before {
                constant += upper
            } else {
                slope += slopes[index]
                constant += offsets[index]
            }
        }
        guard slope > 0 else { return after.isFinite ? after : before }
        return min(max((target - constant) / slope, before), after)
    }

    private func value(at t: Double) -> Double {
        zip(slopes, offsets).reduce(0) { $0 + min(max($1.0 * t + $1.1, lower), upper) }
    }
}
