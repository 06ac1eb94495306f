/// One release of noised data: a leaf of an event, checked.
///
/// Created by ``ReleaseTally`` alone, so that its numbers are in range: noise multipliers and scales within
/// ``AccountingLimits/noiseMultipliers``, rates above 0 and below 1.
package enum Release: Hashable, Sendable, Comparable {
    /// All records, Gaussian noise.
    case gaussian(noiseMultiplier: Double)
    /// All records, discrete Gaussian noise.
    case discreteGaussian(noiseMultiplier: Double)
    /// All records, Laplace noise.
    case laplace(scale: Double)
    /// A Poisson sample, Gaussian noise.
    case poissonGaussian(rate: Double, noiseMultiplier: Double)
    /// A sample of fixed size without replacement, Gaussian noise.
    case fixedSizeGaussian(rate: Double, noiseMultiplier: Double)

    /// What it is, for messages.
    var name: String {
        switch self {
        case .gaussian(let noise): "gaussian (noise multiplier \(noise))"
        case .discreteGaussian(let noise): "discrete gaussian (noise multiplier \(noise))"
        case .laplace(let scale): "laplace (scale \(scale))"
        case .poissonGaussian(let rate, let noise):
            "poisson-sampled gaussian (rate \(rate), noise multiplier \(noise))"
        case .fixedSizeGaussian(let rate, let noise):
            "gaussian sampled without replacement (rate \(rate), noise multiplier \(noise))"
        }
    }
}
