internal import Glibc

/// Moments of the privacy loss of a sampled Gaussian at real orders, by the trapezoidal rule.
///
/// The rule converges exponentially on this integrand
/// (``SampledGaussianPair/step(order:frequency:accuracy:)``), and all its terms are positive, so that
/// fractional orders cost what whole ones do and none is loose.
struct SampledGaussianMoments: Sendable {
    private let pair: SampledGaussianPair
    private let losses: [Double]
    /// Logarithms of the weights, the step and the normal distribution's constant included.
    private let logWeights: [Double]
    private let weights: [Double]
    /// Weights times e^L - 1 - L, which every order needs.
    private let remainders: [Double]

    /// Accuracy of the rule: e^-50 = 2e-22 of the moment.
    private static let accuracy = 50.0

    /// Prepares the moments of orders from 0 to `maximumOrder`.
    init(_ pair: SampledGaussianPair, maximumOrder: Double) {
        self.pair = pair
        let support = pair.support(order: maximumOrder, accuracy: Self.accuracy)
        // Lower orders have their mass further left (remove, replace) or right (add).
        let plain = pair.support(order: 1, accuracy: Self.accuracy)
        let low = min(support.lowerBound, plain.lowerBound)
        let high = max(support.upperBound, plain.upperBound)
        let step = pair.step(order: maximumOrder, frequency: 0, accuracy: Self.accuracy)
        let count = Int(((high - low) / step).rounded(.up)) + 1
        let constant = log(step / (pair.noiseMultiplier * (2 * Double.pi).squareRoot()))
        let points = (0..<count).map { pair.point(low + Double($0) * step) }
        losses = points.map(\.loss)
        logWeights = points.map { $0.logDensity + constant }
        let weights = logWeights.map { exp($0) }
        self.weights = weights
        remainders = points.indices.map { index in
            Self.remainder(
                points[index].loss, weight: weights[index], logWeight: points[index].logDensity + constant)
        }
    }

    /// Returns ln E_Q[e^(order L)], which is 0 at orders 0 and 1.
    ///
    /// - Note: Relative error below 1e-12 also where the moment is within 1e-14 of 1: because E_Q[1] =
    ///   E_Q[e^L] = 1, the moment less 1 is E_Q[e^(aL) - 1 - a (e^L - 1)], whose terms all have one sign.
    func logMoment(order: Double) -> Double {
        var largest = -Double.infinity
        for index in losses.indices { largest = max(largest, logWeights[index] + order * losses[index]) }
        if largest > 20 {
            var sum = 0.0
            for index in losses.indices { sum += exp(logWeights[index] + order * losses[index] - largest) }
            return largest + log(sum)
        }
        var excess = 0.0
        for index in losses.indices {
            let scaled = Self.remainder(
                order * losses[index], weight: weights[index], logWeight: logWeights[index])
            excess += scaled - order * remainders[index]
        }
        return log1p(excess)
    }

    /// Returns weight (e^y - 1 - y), to a relative precision of 1e-13.
    @inline(__always)
    private static func remainder(_ y: Double, weight: Double, logWeight: Double) -> Double {
        if abs(y) < 0.03 {
            // The next term is y^6 / 20,160 of the sum.
            let series = 1 + y / 3 * (1 + y / 4 * (1 + y / 5 * (1 + y / 6 * (1 + y / 7))))
            return weight * (0.5 * y * y * series)
        }
        // The weight is below the smallest double where e^y alone may overflow.
        return y < 500 ? weight * (expm1(y) - y) : exp(logWeight + y) - weight * (1 + y)
    }

    /// Returns the mean and the variance of the loss under the density of Q tilted by e^(order L).
    func tiltedLoss(order: Double) -> (mean: Double, variance: Double) {
        let logMoment = logMoment(order: order)
        var (mean, square, mass) = (0.0, 0.0, 0.0)
        for index in losses.indices {
            let weight = exp(logWeights[index] + order * losses[index] - logMoment)
            mass += weight
            mean += weight * losses[index]
            square += weight * losses[index] * losses[index]
        }
        mean /= mass
        return (mean, max(0, square / mass - mean * mean))
    }
}
