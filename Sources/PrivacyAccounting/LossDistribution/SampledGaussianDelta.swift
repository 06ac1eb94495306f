internal import Glibc

/// Delta of one Poisson-sampled Gaussian release, in closed form.
///
/// - SeeAlso: Balle, Barthe, Gaboardi, arXiv 1807.01647, Theorem 8: removing a record, delta(epsilon) is q
///   times that of the Gaussian at ln(1 + (e^epsilon - 1) / q).
extension SampledGaussianPair {
    /// Returns delta at `epsilon` for one release, rounded up by at most 1e-11 relative; nil for replacing,
    /// which has no closed form here.
    func closedFormDelta(epsilon: Double) -> Double? {
        let mu = 1 / noiseMultiplier
        switch direction {
        case .remove:
            let inner = epsilon > 40 ? epsilon - log(rate) : log1p(expm1(epsilon) / rate)
            return rate * GaussianPrivacy.delta(epsilon: inner, mu: mu)
        case .add:
            // P = N(0) exceeds e^epsilon Q left of x where the mixture is e^-epsilon; with 1 - e^epsilon (1 -
            // q) =: k > 0 delta = k Phi(x / s) - e^epsilon q Phi((x - 1) / s), a Gaussian's delta at
            // ln(e^epsilon q / k) times k.
            let kept = rate - (1 - rate) * expm1(epsilon)
            guard kept > 0 else { return 0 }
            return kept * GaussianPrivacy.delta(epsilon: epsilon + log(rate / kept), mu: mu)
        case .replace: return nil
        }
    }
}
