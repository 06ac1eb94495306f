internal import Glibc

/// Renyi divergence of a Poisson-sampled Gaussian at whole orders, by the finite binomial sum.
///
/// - SeeAlso: Mironov, Talwar, Zhang, arXiv 1908.10530, section 3.3, equation 9; adding and removing, where
///   removing is the larger direction (their section 3.1).
struct SampledGaussianSeries {
    private let rate: Double
    /// ln(q^k (e^((k^2 - k) / (2 s^2)) - 1)) for k from 2.
    private let logFactors: [Double]

    /// The largest order there is.
    static let maximumOrder = 1024
    /// ln(k!) for k from 0.
    private static let logFactorials: [Double] = {
        var sums = [0.0]
        for k in 1...maximumOrder { sums.append(sums[k - 1] + log(Double(k))) }
        return sums
    }()

    /// Prepares the sum for whole orders up to `maximumOrder`.
    init(rate: Double, noiseMultiplier: Double, maximumOrder: Int) {
        self.rate = rate
        let scale = 1 / (2 * noiseMultiplier * noiseMultiplier)
        logFactors = (2...max(2, maximumOrder)).map { k in
            let exponent = Double(k * (k - 1)) * scale
            let logExcess = exponent > 30 ? exponent + log1p(-exp(-exponent)) : log(expm1(exponent))
            return logExcess + Double(k) * log(rate)
        }
    }

    /// Returns the divergence of order `order`, at least 2.
    ///
    /// - Note: Relative error below 1e-11: the moment less 1 is summed, and every term is positive.
    /// - Complexity: O(order).
    func divergence(order: Int) -> Double {
        let logKeep = log1p(-rate)
        let logFactorials = Self.logFactorials
        var largest = -Double.infinity
        let terms = (2...order).map { k in
            let term =
                logFactorials[order] - logFactorials[k] - logFactorials[order - k] + Double(order - k)
                * logKeep
                + logFactors[k - 2]
            largest = max(largest, term)
            return term
        }
        var sum = 0.0
        for term in terms where term > largest - 45 { sum += exp(term - largest) }
        let logExcess = largest + log(sum)
        // ln(1 + e^x) for small and large x.
        let logMoment = logExcess > 0 ? logExcess + log1p(exp(-logExcess)) : log1p(exp(logExcess))
        return logMoment / Double(order - 1)
    }
}
