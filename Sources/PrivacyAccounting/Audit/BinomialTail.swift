internal import Glibc

/// Tails of the binomial distribution and Clopper-Pearson bounds, by the incomplete beta function.
package enum BinomialTail {
    /// Returns P(Bin(count, probability) >= successes).
    ///
    /// - Note: Relative error about 1e-12, also far in the tail.
    package static func atLeast(_ successes: Int, of count: Int, probability: Double) -> Double {
        if successes <= 0 { return 1 }
        if successes > count { return 0 }
        return incompleteBeta(Double(successes), Double(count - successes + 1), probability)
    }

    /// Returns the Clopper-Pearson upper bound on a probability: that at which so few successes, or fewer,
    /// have the probability `significance`.
    ///
    /// - Parameters:
    ///   - successes: From 0 to `count`; 1 is returned at `count`.
    ///   - significance: One-sided, above 0 and below 1.
    /// - SeeAlso: Clopper and Pearson, Biometrika 26 (1934).
    package static func upperBound(successes: Int, count: Int, significance: Double) -> Double {
        precondition(
            successes >= 0 && count > 0 && significance > 0 && significance < 1, "Clopper-Pearson arguments")
        if successes >= count { return 1 }
        // P(Bin <= successes) = 1 - P(Bin >= successes + 1) = I_{1-p}(count - successes, successes + 1),
        // falling in p.
        let found = Search.signChange(
            in: 0...1, values: (1 - significance, -significance), isNarrow: { $1 - $0 <= 1e-14 * $1 }
        ) { incompleteBeta(Double(count - successes), Double(successes + 1), 1 - $0) - significance }
        return found.upperBound
    }

    /// The regularised incomplete beta function I_x(a, b), by its continued fraction (Lentz's method).
    static func incompleteBeta(_ a: Double, _ b: Double, _ x: Double) -> Double {
        if x <= 0 { return 0 }
        if x >= 1 { return 1 }
        let logFront = lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)
        // Each side of the mean has the fraction that converges there.
        if x > (a + 1) / (a + b + 2) { return 1 - exp(logFront) * fraction(b, a, 1 - x) / b }
        return exp(logFront) * fraction(a, b, x) / a
    }

    private static func fraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
        let tiny = 1e-300
        func safe(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
        var c = 1.0
        var d = 1 / safe(1 - (a + b) * x / (a + 1))
        var result = d
        // Next to the mean it takes some square roots of the larger parameter.
        for index in 1...10_000 + 10 * Int(max(a, b).squareRoot()) {
            let m = Double(index)
            for numerator in [
                m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
            ] {
                d = 1 / safe(1 + numerator * d)
                c = safe(1 + numerator / c)
                result *= c * d
            }
            if abs(c * d - 1) < 1e-15 { break }
        }
        return result
    }
}
