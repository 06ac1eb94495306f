internal import Glibc

/// The discrete Gaussian on the integers: P(x) proportional to e^(-x^2 / (2 s^2)).
///
/// - SeeAlso: Canonne, Kamath, Steinke, arXiv 2004.00010, Definition 1 and Theorem 7.
package struct DiscreteGaussian: Sendable {
    /// The parameter s^2, which the variance lies a little below.
    package let squaredScale: Double
    /// Probabilities of 0, 1, 2 and so on, as far as they are normal doubles.
    private let masses: [Double]

    /// Creates the distribution.
    ///
    /// - Throws: ``AccountingError`` `invalidParameter` unless the squared scale is from 1e-3 to 1e10.
    package init(squaredScale: Double) throws(AccountingError) {
        guard (1e-3...1e10).contains(squaredScale) else {
            throw AccountingError(
                .invalidParameter,
                "the squared scale of a discrete Gaussian must be from 1e-3 to 1e10, got \(squaredScale)")
        }
        self.squaredScale = squaredScale
        // Beyond 38 scales e^(-x^2 / 2) is no normal double.
        let count = Int((38 * squaredScale.squareRoot()).rounded(.up)) + 1
        let weights = (0..<count).map { exp(-Double($0) * Double($0) / (2 * squaredScale)) }
        let total = weights[0] + 2 * weights.dropFirst().reversed().reduce(0, +)
        masses = weights.map { $0 / total }
    }

    /// Returns the probability of an integer.
    package func probability(_ value: Int) -> Double {
        let magnitude = value.magnitude
        return magnitude < masses.count ? masses[Int(magnitude)] : 0
    }

    /// The variance.
    package var variance: Double {
        2 * masses.indices.reversed().reduce(0) { $0 + Double($1) * Double($1) * masses[$1] }
    }

    /// Returns delta at `epsilon` for *one* release of *one* integer of the given sensitivity, rounded up.
    ///
    /// - Warning: For one number only. A vector's release has no such formula (the grid is not
    ///   rotation-invariant): its proven privacy is concentrated privacy, which ``RenyiAccountant`` composes.
    /// - SeeAlso: Theorem 7 of the paper: P(X > e s^2 / D - D / 2) - e^epsilon P(X > e s^2 / D + D / 2).
    package func delta(epsilon: Double, sensitivity: Int) -> Double {
        precondition(sensitivity > 0, "a sensitivity is at least 1, got \(sensitivity)")
        let distance = Double(sensitivity)
        func tail(_ bound: Double) -> Double {
            let first = Int(min(max(bound.rounded(.down) + 1, Double(-masses.count)), Double(masses.count)))
            return stride(from: masses.count - 1, through: first, by: -1).reduce(0) { $0 + probability($1) }
        }
        let centre = epsilon * squaredScale / distance
        let delta = tail(centre - distance / 2) - exp(epsilon) * tail(centre + distance / 2)
        return min(1, max(0, delta) + 1e-15)
    }
}
