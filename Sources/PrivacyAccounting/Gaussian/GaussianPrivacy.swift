internal import Glibc

/// The exact privacy of Gaussian noise: two normal distributions of variance 1 at distance `mu`.
///
/// For a noise multiplier s, mu is the sensitivity over clipping norms divided by s; K releases are one with
/// mu^2 = sum mu_k^2.
///
/// - SeeAlso: Balle and Wang 2018, arXiv 1805.06530, Theorem 8; Dong, Roth, Su, arXiv 1905.02383, Corollary
///   3.3.
package enum GaussianPrivacy {
    /// Returns ln delta at `epsilon`: ln(Phi(-a) - e^epsilon Phi(-b)), a = epsilon / mu - mu / 2, b = a + mu.
    ///
    /// - Parameter mu: Above 0, or 0 for no release.
    /// - Note: Finite where delta itself underflows. Because e^epsilon density(b) = density(a), it is ln
    ///   density(a) + ln(mills(a) - mills(b)); nearby ratios are subtracted by integrating their derivative,
    ///   so the absolute error is below 3e-13 + 1e-15 a^2.
    package static func logDelta(epsilon: Double, mu: Double) -> Double {
        if mu <= 0 { return -.infinity }
        if mu == .infinity { return 0 }
        let a = epsilon / mu - mu / 2
        let b = epsilon / mu + mu / 2
        if a < -1 {
            // Delta is not small: no logarithm is needed, and the ratio would overflow.
            let second = exp(epsilon + NormalDistribution.logUpperTail(b))
            return log1p(-(NormalDistribution.upperTail(-a) + second))
        }
        return NormalDistribution.logDensity(a) + log(millsDifference(a, mu))
    }

    /// Returns mills(a) - mills(a + width).
    private static func millsDifference(_ a: Double, _ width: Double) -> Double {
        let near = NormalDistribution.millsRatio(a)
        // The scale on which the ratio changes is max(1, a): beyond a fiftieth of it subtracting loses two
        // digits.
        if width > 0.02 * max(1, a) { return near - NormalDistribution.millsRatio(a + width) }
        // Closer ones: their derivative, by the rule of Gauss and Legendre with three nodes.
        let nodes = [
            (0.112_701_665_379_258_31, 5.0 / 18), (0.5, 8.0 / 18), (0.887_298_334_620_741_7, 5.0 / 18),
        ]
        return nodes.reduce(0) { $0 + $1.1 * width * slope(a + $1.0 * width) }
    }

    /// Returns 1 - x mills(x), the negative derivative of the Mills ratio.
    private static func slope(_ x: Double) -> Double {
        if x < 4 { return 1 - x * NormalDistribution.millsRatio(x) }
        // 1 - x m = t / (x + t) with m = 1 / (x + t).
        var tail = 0.0
        for term in stride(from: 80.0, through: 1, by: -1) { tail = term / (x + tail) }
        return tail / (x + tail)
    }

    /// Returns delta at `epsilon`, rounded up by at most 1e-11 relative.
    ///
    /// - Returns: 0 where it is below the smallest double.
    package static func delta(epsilon: Double, mu: Double) -> Double {
        min(1, exp(logDelta(epsilon: epsilon, mu: mu)) * (1 + 1e-11))
    }

    /// Returns the smallest epsilon at `delta`, rounded up by at most 1e-11 relative.
    ///
    /// - Parameter delta: Above 0 and below 1.
    package static func epsilon(delta: Double, mu: Double) -> Double {
        if mu <= 0 { return 0 }
        if mu == .infinity { return .infinity }
        let target = log(delta)
        let atZero = logDelta(epsilon: 0, mu: mu) - target
        if atZero <= 0 { return 0 }
        // delta(epsilon) <= P(Z > a) <= exp(-a^2 / 2).
        let high = mu * mu / 2 + mu * (-2 * target).squareRoot() * 1.000_001
        let found = Search.signChange(
            in: 0...high, values: (atZero, logDelta(epsilon: high, mu: mu) - target),
            isNarrow: { low, high in high - low <= 1e-14 * high }
        ) { logDelta(epsilon: $0, mu: mu) - target }
        return found.upperBound * (1 + 1e-12)
    }

    /// Returns the largest mu whose delta at `epsilon` does not exceed `delta`, rounded down by at most
    /// 1e-11.
    ///
    /// - Parameters:
    ///   - epsilon: At least 0.
    ///   - delta: Above 0 and below 1.
    package static func mu(epsilon: Double, delta: Double) -> Double {
        let target = log(delta)
        // Growing in mu: the negative falls from above 0 to at most 0.
        func excess(_ mu: Double) -> Double { target - logDelta(epsilon: epsilon, mu: mu) }
        var high = 1.0
        while excess(high) > 0, high < 1e12 { high *= 2 }
        var low = high
        while excess(low) <= 0, low > 1e-300 { low /= 2 }
        let found = Search.signChange(
            in: low...high, values: (excess(low), excess(high)),
            isNarrow: { low, high in high - low <= 1e-14 * high }, of: excess)
        return found.lowerBound * (1 - 1e-12)
    }
}
