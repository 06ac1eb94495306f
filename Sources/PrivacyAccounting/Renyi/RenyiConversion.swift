internal import Glibc

/// How a Renyi curve is turned into (epsilon, delta): the smallest epsilon over its orders.
package enum RenyiConversion: Sendable, CaseIterable {
    /// epsilon = RDP(a) + ln(1/delta) / (a - 1): Mironov, arXiv 1702.07476, Proposition 3.
    case classic
    /// epsilon = RDP(a) + ln(1 - 1/a) - ln(delta a) / (a - 1), never above the classic: Canonne, Kamath,
    /// Steinke, arXiv 2004.00010, Proposition 12, which is Balle et al., arXiv 1905.09982, Theorem 21.
    case improved

    /// An epsilon with the order that gave it.
    package struct Result: Sendable, Equatable {
        /// The epsilon, at least 0; infinite where no order bounds it.
        package let epsilon: Double
        /// The order; nil where epsilon needs none.
        package let order: Double?
    }

    /// Returns the epsilon of a curve at `delta`, rounded up by at most 1e-11 of itself.
    ///
    /// It is 0 where the total variation, at most sqrt((1 - e^-KL)) (Bretagnolle and Huber) with KL at most
    /// the lowest divergence, does not exceed delta.
    package func epsilon(of curve: RenyiCurve, delta: Double) -> Result {
        guard let least = curve.divergences.min() else { return Result(epsilon: .infinity, order: nil) }
        if least == 0 || (self == .improved && delta * delta > -expm1(-least) * (1 + 1e-11)) {
            return Result(epsilon: 0, order: nil)
        }
        var best = Result(epsilon: .infinity, order: nil)
        for (order, divergence) in zip(curve.orders, curve.divergences) {
            let epsilon =
                switch self {
                case .classic: divergence - log(delta) / (order - 1)
                case .improved: divergence + log1p(-1 / order) - log(delta * order) / (order - 1)
                }
            if epsilon < best.epsilon { best = Result(epsilon: epsilon, order: order) }
        }
        guard best.epsilon > 0 else { return Result(epsilon: 0, order: best.order) }
        // The logarithms and the divergences are good to 1e-12 of the terms.
        return Result(epsilon: best.epsilon * (1 + 1e-11), order: best.order)
    }

    /// Returns the smallest delta of a curve at `epsilon`, by the conversion turned round.
    package func delta(of curve: RenyiCurve, epsilon: Double) -> Double {
        var best = 0.0
        for (order, divergence) in zip(curve.orders, curve.divergences) {
            let logDelta =
                switch self {
                case .classic: (order - 1) * (divergence - epsilon)
                case .improved: (order - 1) * (divergence - epsilon + log1p(-1 / order)) - log(order)
                }
            best = min(best, logDelta + 1e-11 * abs((order - 1) * (divergence + epsilon)))
        }
        return curve.divergences.allSatisfy { $0 == 0 } ? 0 : min(1, exp(best))
    }
}
