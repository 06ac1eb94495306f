package import PrivacyAccounting
package import PrivacyMechanisms

/// How a sum of clipped vectors is noised.
package enum NoiseMechanism: UInt8, Sendable, CaseIterable {
    /// Gaussian noise, rounded to the grid of the sum.
    case gaussian = 1
    /// Discrete Gaussian noise on the grid of the sum.
    case discreteGaussian = 2

    /// The mechanism that draws its noise from a distribution.
    package init(_ noise: NoiseDistribution) {
        switch noise {
        case .roundedGaussian: self = .gaussian
        case .discreteGaussian: self = .discreteGaussian
        }
    }

    /// What it is, in words.
    package var name: String {
        switch self {
        case .gaussian: "Gaussian"
        case .discreteGaussian: "discrete Gaussian"
        }
    }

    /// The event of one release.
    package func event(noiseMultiplier: Double, sampling: RecordSampling) -> PrivacyEvent {
        let noised: PrivacyEvent =
            switch self {
            case .gaussian: .gaussian(noiseMultiplier: noiseMultiplier)
            case .discreteGaussian: .discreteGaussian(noiseMultiplier: noiseMultiplier)
            }
        return switch sampling {
        case .all: noised
        case .poisson(let rate): .poissonSampled(rate: rate, noised)
        case .withoutReplacement(let rate): .sampledWithoutReplacement(rate: rate, noised)
        }
    }
}

/// Where noise came from.
package enum NoiseSource: UInt8, Sendable, CaseIterable {
    /// The operating system's cryptographic generator.
    case system = 1
    /// A seed, for tests and simulations: not private.
    case seeded = 2
    /// The system's generator, and kept beside the release for an audit of the site's program: not private.
    case recorded = 3
}
