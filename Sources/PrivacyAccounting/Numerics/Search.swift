internal import Glibc

/// One-dimensional searches.
enum Search {
    /// Returns where a function of one minimum is smallest on an interval, to a width of `tolerance`.
    ///
    /// Golden sections (Kiefer 1953): one evaluation for each 0.69 bits.
    static func minimum(
        on interval: ClosedRange<Double>, tolerance: Double, of function: (Double) -> Double
    ) -> Double {
        let ratio = (5.0.squareRoot() - 1) / 2
        var (low, high) = (interval.lowerBound, interval.upperBound)
        var left = high - ratio * (high - low)
        var right = low + ratio * (high - low)
        var (leftValue, rightValue) = (function(left), function(right))
        while high - low > tolerance {
            if leftValue <= rightValue {
                (high, right, rightValue) = (right, left, leftValue)
                left = high - ratio * (high - low)
                leftValue = function(left)
            } else {
                (low, left, leftValue) = (left, right, rightValue)
                right = low + ratio * (high - low)
                rightValue = function(right)
            }
        }
        return leftValue <= rightValue ? left : right
    }

    /// Narrows an interval in which a function changes from above 0 at the lower end to at most 0 at the
    /// upper one.
    ///
    /// The Illinois form of the rule of false position (Dowell and Jarratt 1971), with a bisection wherever
    /// it does not halve the interval within three steps. Both ends keep their side: the function was
    /// evaluated to be at most 0 at the upper end that is returned.
    ///
    /// - Parameters:
    ///   - values: The function at both ends, if known.
    ///   - isNarrow: Whether an interval suffices; also ended when no double lies between its ends.
    static func signChange(
        in interval: ClosedRange<Double>, values: (Double, Double), isNarrow: (Double, Double) -> Bool,
        of function: (Double) throws -> Double
    ) rethrows -> ClosedRange<Double> {
        var (low, high) = (interval.lowerBound, interval.upperBound)
        var (lowValue, highValue) = values
        var stepsSinceHalved = 0
        var lastWidth = high - low
        var lastSide = 0
        while !isNarrow(low, high) {
            let middle = low + (high - low) / 2
            var point = middle
            if stepsSinceHalved < 3, lowValue.isFinite, highValue.isFinite, lowValue > highValue {
                point = high - highValue * (high - low) / (highValue - lowValue)
            }
            if !(point > low && point < high) { point = middle }
            guard point > low, point < high else { break }
            let value = try function(point)
            if value > 0 {
                if lastSide == 1 { highValue /= 2 }
                (low, lowValue, lastSide) = (point, value, 1)
            } else {
                if lastSide == -1 { lowValue /= 2 }
                (high, highValue, lastSide) = (point, value, -1)
            }
            if high - low <= lastWidth / 2 {
                (lastWidth, stepsSinceHalved) = (high - low, 0)
            } else {
                stepsSinceHalved += 1
                if stepsSinceHalved > 3 { stepsSinceHalved = 0; lastWidth = high - low }
            }
        }
        return low...high
    }
}
