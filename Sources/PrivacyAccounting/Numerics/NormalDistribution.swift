internal import Glibc

/// The standard normal distribution, also far in its tails.
enum NormalDistribution {
    /// Returns the Mills ratio, P(Z > x) / density(x), for any x that does not overflow it (x > -37).
    ///
    /// - Note: Relative error below 1e-14 for x > -1. Below 4 from the error function of the C library, above
    ///   from the continued fraction of Laplace (Abramowitz and Stegun 26.2.14), which converges there within
    ///   80 terms.
    static func millsRatio(_ x: Double) -> Double {
        if x < 4 { return 0.5 * erfc(x / 2.0.squareRoot()) * exp(x * x / 2) * (2 * Double.pi).squareRoot() }
        // Evaluated from the far end: Mills = 1 / (x + 1 / (x + 2 / (x + 3 / ...))).
        var fraction = x
        for term in stride(from: 80.0, through: 1, by: -1) { fraction = x + term / fraction }
        return 1 / fraction
    }

    /// Returns ln P(Z > x).
    static func logUpperTail(_ x: Double) -> Double {
        if x < 4 { return log(0.5 * erfc(x / 2.0.squareRoot())) }
        return logDensity(x) + log(millsRatio(x))
    }

    /// Returns P(Z > x).
    static func upperTail(_ x: Double) -> Double { 0.5 * erfc(x / 2.0.squareRoot()) }

    /// Returns ln of the density at x.
    static func logDensity(_ x: Double) -> Double { -0.5 * x * x - 0.5 * log(2 * Double.pi) }

    /// Returns x with P(Z <= x) = `probability`, from 0 to 1 exclusive.
    ///
    /// - Note: Newton's method on the logarithm of the smaller tail, which is concave, so that it converges
    ///   from the outer side; relative error below 1e-13.
    static func quantile(_ probability: Double) -> Double {
        precondition(probability > 0 && probability < 1, "quantile of \(probability)")
        if probability == 0.5 { return 0 }
        let isLower = probability < 0.5
        let target = log(isLower ? probability : 1 - probability)
        // P(Z > x) <= exp(-x^2 / 2): the start is at or beyond the solution.
        var x = (-2 * target).squareRoot()
        for _ in 0..<60 {
            let step = (logUpperTail(x) - target) * millsRatio(x)
            x += step
            if abs(step) <= 1e-15 * max(1, x) { break }
        }
        return isLower ? -x : x
    }
}
