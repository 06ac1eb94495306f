internal import Glibc

/// Two Laplace distributions at the distance of one sensitivity: what dominates a release with Laplace noise.
///
/// The transform of the privacy loss has a closed form, with e = sensitivity / scale the pure epsilon of a
/// release: E_P[e^(z L)] = ((1 + z) e^(z e) + z e^(-(1 + z) e)) / (1 + 2 z).
///
/// - SeeAlso: Mironov, arXiv 1702.07476, Proposition 6, for real z + 1.
struct LaplacePair: Hashable, Sendable {
    /// The epsilon of one release at delta 0.
    let pureEpsilon: Double

    /// Returns ln E_P[e^(c L)] for real c.
    ///
    /// - Note: Absolute error below 1e-15 (1 + c e).
    func logMoment(tilt: Double) -> Double {
        let (large, small) = (tilt * pureEpsilon, -(1 + tilt) * pureEpsilon)
        // Less 1, of which the terms are small together for small epsilons.
        if large < 0.5 { return log1p(((1 + tilt) * expm1(large) + tilt * expm1(small)) / (1 + 2 * tilt)) }
        return large + log(((1 + tilt) + tilt * exp(small - large)) / (1 + 2 * tilt))
    }

    /// Returns the mean of the loss under P tilted by e^(c L).
    func tiltedMean(tilt: Double) -> Double {
        let ratio = exp(-(1 + 2 * tilt) * pureEpsilon)
        let square = (1 + 2 * tilt) * (1 + 2 * tilt)
        let value = (1 + tilt + tilt * ratio) / (1 + 2 * tilt)
        let slope = pureEpsilon * (1 + tilt - tilt * ratio) / (1 + 2 * tilt) - (1 - ratio) / square
        return slope / value
    }

    /// Returns the real and imaginary part of E_P[e^(z L)] e^(-c e), z = c + i t.
    func transform(tilt: Double, frequency: Double) -> (real: Double, imaginary: Double) {
        let ratio = exp(-(1 + 2 * tilt) * pureEpsilon)
        let (cosine, sine) = (cos(frequency * pureEpsilon), sin(frequency * pureEpsilon))
        // (1 + z) e^(i t e) + z ratio e^(-i t e).
        let real = (1 + tilt) * cosine - frequency * sine + ratio * (tilt * cosine + frequency * sine)
        let imaginary = (1 + tilt) * sine + frequency * cosine + ratio * (frequency * cosine - tilt * sine)
        let (x, y) = (1 + 2 * tilt, 2 * frequency)
        let square = x * x + y * y
        return ((real * x + imaginary * y) / square, (imaginary * x - real * y) / square)
    }
}
