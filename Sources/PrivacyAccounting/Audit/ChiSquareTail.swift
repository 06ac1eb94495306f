internal import Glibc

/// Tails of the chi-square distribution, by the incomplete gamma function.
package enum ChiSquareTail {
    /// Returns the probabilities of a value of at most and of at least `value`.
    ///
    /// - Parameters:
    ///   - value: At least 0.
    ///   - freedom: Degrees of freedom, at least 1.
    /// - Note: Relative error of the smaller one below 1e-8 up to 10^6 degrees of freedom.
    /// - Complexity: O(sqrt(freedom)).
    package static func tails(of value: Double, freedom: Int) -> (lower: Double, upper: Double) {
        precondition(freedom > 0 && value >= 0, "a chi-square value of at least 0, with a degree of freedom")
        let (a, x) = (Double(freedom) / 2, value / 2)
        guard x > 0 else { return (0, 1) }
        guard x < .infinity else { return (1, 0) }
        let front = exp(a * log(x) - x - lgamma(a))
        if x < a + 1 {
            let lower = min(1, front * series(a, x))
            return (lower, 1 - lower)
        }
        let upper = min(1, front * fraction(a, x))
        return (1 - upper, upper)
    }

    /// Returns the probability of a value as far from the middle as `value`, on either side: at most 1.
    package static func twoSided(_ value: Double, freedom: Int) -> Double {
        let (lower, upper) = tails(of: value, freedom: freedom)
        return min(1, 2 * min(lower, upper))
    }

    /// The sum of x^i over a (a + 1) (a + 2) and so on to a + i; each term is the one before times x / (a + i).
    private static func series(_ a: Double, _ x: Double) -> Double {
        var term = 1 / a
        var sum = term
        for index in 1...termBound(a) {
            term *= x / (a + Double(index))
            sum += term
            if term < sum * 1e-16 { break }
        }
        return sum
    }

    /// The continued fraction of the upper tail, by Lentz's method.
    ///
    /// - SeeAlso: Press et al., Numerical Recipes, section 6.2.
    private static func fraction(_ a: Double, _ x: Double) -> Double {
        let tiny = 1e-300
        var b = x + 1 - a
        var c = 1 / tiny
        var d = 1 / (abs(b) < tiny ? tiny : b)
        var result = d
        for index in 1...termBound(a) {
            let numerator = -Double(index) * (Double(index) - a)
            b += 2
            d = numerator * d + b
            d = 1 / (abs(d) < tiny ? tiny : d)
            c = b + numerator / c
            if abs(c) < tiny { c = tiny }
            result *= c * d
            if abs(c * d - 1) < 1e-15 { break }
        }
        return result
    }

    /// Terms that suffice next to the mean, where they fall the slowest.
    private static func termBound(_ a: Double) -> Int { 1_000 + Int(20 * a.squareRoot()) }
}
