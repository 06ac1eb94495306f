/// The parameter s^2 of a discrete Gaussian, P(x) proportional to e^(-x^2 / (2 s^2)), as an exact fraction.
package struct DiscreteGaussianParameter: Sendable, Hashable {
    package let numerator: UInt64
    package let denominator: UInt64

    /// Creates a parameter.
    ///
    /// - Throws: ``MechanismError`` `invalidParameter` unless both are positive, the fraction is at most 2^60, the
    ///   denominator at most 2^32 and their product at most 2^64: the bounds of 128-bit arithmetic.
    package init(_ numerator: UInt64, over denominator: UInt64 = 1) throws(MechanismError) {
        guard numerator > 0, (1...(1 << 32)).contains(denominator),
            numerator.multipliedReportingOverflow(by: denominator).overflow == false,
            numerator / denominator < 1 << 60 || numerator == denominator << 60
        else {
            throw MechanismError(
                .invalidParameter,
                "the squared scale of a discrete Gaussian must be a fraction above 0 and of at most 2^60, with a "
                    + "denominator of at most 2^32 and numerator times denominator below 2^64, got "
                    + "\(numerator) / \(denominator)")
        }
        self.numerator = numerator
        self.denominator = denominator
    }

    /// floor(s) + 1, the scale of the discrete Laplace distribution that is thinned out.
    var laplaceScale: UInt64 {
        let floor = numerator / denominator
        var root = UInt64(Double(floor).squareRoot())
        while root * root > floor { root -= 1 }
        while (root + 1) * (root + 1) <= floor { root += 1 }
        return root + 1
    }
}
