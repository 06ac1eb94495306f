/// Clips a unit's gradient to C and rounds it to the grid, such that the rounded vector's norm is at most C exactly.
///
/// A gradient longer than C less the rounding bound g sqrt(d) / 2 is scaled to that length and every element rounded
/// to the nearest step; then the norm of the *integers* is compared with floor((C / g)^2) exactly, and where a rounding
/// of the floating-point arithmetic made it larger, the integers are moved towards 0.
struct UnitClipper: Sendable {
    private let grid: ClippingGrid
    private let dimension: Int
    /// The norm that longer gradients are scaled to, in steps.
    private let target: Double

    init(grid: ClippingGrid, dimension: Int) {
        self.grid = grid
        self.dimension = dimension
        target = grid.clippingSteps - ClippingGrid.roundingBound(dimension: dimension)
    }

    /// Writes the clipped gradient in grid steps: the zero vector for one that is not finite, whose refusal would show
    /// that one unit's data made it so.
    ///
    /// - Parameter steps: Replaced by d integers whose squares sum to at most ``ClippingGrid/squaredBound``.
    /// - Returns: Whether the gradient is finite.
    /// - Throws: ``MechanismError`` `shapeMismatch`.
    /// - Complexity: O(d).
    func clip(_ gradient: [Double], unit: Int, into steps: inout [Int64]) throws(MechanismError) -> Bool {
        guard gradient.count == dimension else {
            throw MechanismError(
                .shapeMismatch,
                "the gradient of unit \(unit) has \(gradient.count) elements, the release has \(dimension)")
        }
        var largest = 0.0
        var isFinite = true
        for element in gradient {
            // False for what is no number, too.
            isFinite = isFinite && element.magnitude < .infinity
            largest = max(largest, element.magnitude)
        }
        guard isFinite, largest > 0 else {
            for index in steps.indices { steps[index] = 0 }
            return isFinite
        }
        // A power of two that brings the largest element into [1, 2): no overflow, and what underflows is far below
        // a step. (A subnormal's power alone may be too large for a double: 2^1022 serves as well.)
        let exponent = max(largest.exponent, -1022)
        let unitScale = Double(sign: .plus, exponent: -exponent, significand: 1)
        var sum = 0.0
        for element in gradient {
            let scaled = element * unitScale
            sum += scaled * scaled
        }
        let norm = sum.squareRoot()
        // The norm in steps is norm * 2^exponent / g, infinite at worst.
        let stepsPerUnit = Double(sign: .plus, exponent: exponent, significand: 1) / grid.step
        let factor = norm * stepsPerUnit > target ? target / norm : stepsPerUnit
        for index in steps.indices {
            steps[index] = Int64((gradient[index] * unitScale * factor).rounded())
        }
        while !isWithinBound(steps) {
            for index in steps.indices { steps[index] -= steps[index].signum() }
        }
        return true
    }

    /// Returns whether the squares sum to at most the bound, exactly.
    private func isWithinBound(_ steps: [Int64]) -> Bool {
        var sum: UInt64 = 0
        for step in steps {
            let (square, squareOverflows) = step.magnitude.multipliedReportingOverflow(by: step.magnitude)
            let (next, sumOverflows) = sum.addingReportingOverflow(square)
            if squareOverflows || sumOverflows { return false }
            sum = next
        }
        return sum <= grid.squaredBound
    }
}
