internal import Glibc

/// The privacy loss of everything released, in one direction: a sum of independent losses, known by its
/// moments.
///
/// Releases without sampling are one Gaussian of squared distance mu^2, whose loss is normal with variance
/// mu^2.
struct LossComposition: Sendable {
    /// The two distributions that dominate one release.
    enum Pair: Sendable {
        case sampledGaussian(SampledGaussianPair)
        case laplace(LaplacePair)

        /// Returns ln E_P[e^(c L)].
        func logMoment(tilt: Double) -> Double {
            switch self {
            case .sampledGaussian(let pair):
                SampledGaussianMoments(pair, maximumOrder: tilt + 1).logMoment(order: tilt + 1)
            case .laplace(let pair): pair.logMoment(tilt: tilt)
            }
        }
    }

    /// Equal releases.
    struct Part: Sendable {
        let pair: Pair
        let count: Double
    }

    let parts: [Part]
    /// Squared distance of the unsampled releases together.
    let squaredMu: Double

    /// The tilts of the loss distribution that are considered.
    static let tilts = 1e-3...4e3

    /// Returns ln E[e^(c L)] under P for a tilt c.
    ///
    /// - Complexity: O(parts x quadrature points).
    func logMoment(tilt: Double) -> Double {
        parts.reduce(squaredMu * tilt * (tilt + 1) / 2) { sum, part in
            sum + part.count * part.pair.logMoment(tilt: tilt)
        }
    }

    /// Returns a tilt at which the integrand of delta at `epsilon` is about smallest, so that it oscillates
    /// least.
    ///
    /// It minimises ln(E[e^(c L)] e^(-c epsilon) / (c (c + 1))), which is convex in c.
    func tilt(epsilon: Double) -> Double {
        tilt { logMoment(tilt: $0) - $0 * epsilon - log($0) - log1p($0) }
    }

    /// Returns an upper bound on epsilon at `delta`, at least 0, by moments alone, or by pure epsilons if all
    /// have one.
    ///
    /// It is the improved Renyi conversion, over real orders: E[(1 - e^(epsilon - L))+] is at most E[e^(c L)]
    /// e^(-c epsilon) c^c / (c + 1)^(c + 1).
    func momentBound(delta: Double) -> Double {
        func epsilon(_ tilt: Double) -> Double {
            (logMoment(tilt: tilt) + Self.logMomentBoundFactor(tilt) - log(delta)) / tilt
        }
        let pure = parts.reduce(squaredMu == 0 ? 0 : .infinity) { sum, part in
            guard case .laplace(let pair) = part.pair else { return Double.infinity }
            return (sum + (part.count * pair.pureEpsilon).nextUp).nextUp
        }
        return max(0, min(pure, epsilon(tilt(minimising: epsilon)) * (1 + 1e-11)))
    }

    /// ln of c^c / (c + 1)^(c + 1), the largest value of (1 - e^-y) e^(-c y).
    static func logMomentBoundFactor(_ tilt: Double) -> Double {
        -tilt * log1p(1 / tilt) - log1p(tilt)
    }

    private func tilt(minimising function: (Double) -> Double) -> Double {
        // The smallest value lies between the neighbours of the best power of two.
        var best = 4.0
        var bestValue = function(best)
        for factor in [2.0, 0.5] {
            while Self.tilts.contains(best * factor) {
                let value = function(best * factor)
                guard value < bestValue else { break }
                (best, bestValue) = (best * factor, value)
            }
        }
        return exp(
            Search.minimum(on: log(best / 2)...log(best * 2), tolerance: 0.02) { function(exp($0)) })
    }
}
