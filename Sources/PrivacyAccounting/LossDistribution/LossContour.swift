internal import Glibc

/// The distribution of a composed privacy loss, as its transform on a vertical line of the complex plane.
///
/// For L the loss of everything released, under P, and any c > 0,
///
///     delta(epsilon) = E[(1 - e^(epsilon - L))+] = 1/(2 pi) integral of E[e^(z L)] e^(-z epsilon) / (z (z + 1)) dt
///
/// over z = c + i t. E[e^(z L)] is the product of the releases' transforms, each to the power of its count,
/// so that the cost does not depend on the counts. Four choices make the sum over t = k spacing two-sided
/// bounds:
///
/// - *Spacing.* The sum equals delta(epsilon) + sum over n != 0 of delta(epsilon + n R) e^(c n R), R = 2 pi /
///   spacing (Poisson's formula). All of it is at least 0: the sum is an upper bound, and less bounds on the
///   rest a lower one.
/// - *Smoothing.* L is replaced by L + Z, Z normal with mean s^2 / 2 and variance s^2: the loss of one more
///   Gaussian release, of distance s. That can only raise delta, and makes the transform fall like e^(-s^2
///   t^2 / 2). It takes the place of rounding losses up to a grid, and what it adds does not grow with the
///   number of releases.
/// - *Truncation.* What lies beyond the last t is at most e^(-s^2 t^2 / 2) / (pi t) of E[e^(c L)] e^(-c
///   epsilon), and is added to delta.
/// - *Tilt.* c is near the saddle point for the epsilon in question, so that the terms are of the size of
///   delta: rounding errors are relative to delta and not to 1, and a delta of 1e-12 is as sharp as one of
///   0.1.
///
/// A sampled release's transform is a trapezoidal sum with a proven error (``SampledGaussianPair``).
///
/// - SeeAlso: Abate and Whitt, Queueing Systems 10 (1992), sections 4 and 5 (inversion and aliasing);
///   Alghamdi et al., arXiv 2208.09595 (tilting of the privacy loss); Zhu, Dong, Wang, arXiv 2106.08567,
///   sections 3 and 4.
struct LossContour: Sendable {
    private let plan: ContourPlan
    private let spacing: Double
    /// ln E[e^(c (L + Z))], of the composition with the smoothing.
    private let logMoment: Double
    /// Mean of the tilted loss with the smoothing.
    private let mean: Double
    /// The transform at k spacing, over its value at 0 and turned by the mean.
    private let real: [Double]
    private let imaginary: [Double]
    /// What rounding, quadrature and truncation may amount to, in units of e^(ln moment - c epsilon).
    private let error: Double

    /// Computes the transform on the contour that fits `epsilon` and `delta` best.
    ///
    /// - Parameter smoothing: Standard deviation s of the smoothing, at most; raised where `work` does not
    ///   suffice.
    /// - Complexity: O(quadrature points x frequencies) for each distinct release, at most `work` altogether.
    init(
        _ composition: LossComposition, epsilon: Double, delta: Double, smoothing: Double, work: Double
    ) {
        let plan = ContourPlan(composition, epsilon: epsilon, delta: delta, smoothing: smoothing, work: work)
        self.plan = plan
        let spacing = 2 * Double.pi / plan.period
        self.spacing = spacing
        let (tilt, count) = (plan.tilt, plan.frequencyCount)
        let squaredMu = composition.squaredMu + plan.smoothing
        var logModulus = (0..<count).map { -squaredMu * Double($0 * $0) * spacing * spacing / 2 }
        var phase = Array(repeating: 0.0, count: count)
        var logMoment = squaredMu * tilt * (tilt + 1) / 2
        var mean = squaredMu * (tilt + 0.5)
        // Relative to a transform's value at real c; a product of powers has the sum of the relative errors.
        var relativeError = 1e-12 + Double(count) * 0x1p-53
        for (part, interval) in zip(composition.parts, plan.intervals) {
            let release =
                switch part.pair {
                case .sampledGaussian(let pair):
                    TiltedRelease(
                        pair, tilt: tilt, support: interval.support, intervalCount: interval.count,
                        spacing: spacing,
                        frequencyCount: count)
                case .laplace(let pair):
                    TiltedRelease(pair, tilt: tilt, spacing: spacing, frequencyCount: count)
                }
            for k in 0..<count {
                logModulus[k] += part.count * release.logModulus[k]
                phase[k] += part.count * release.phase[k]
            }
            logMoment += part.count * release.logMoment
            mean += part.count * release.mean
            relativeError += part.count * (release.error + 2 * exp(-plan.accuracy))
        }
        self.logMoment = logMoment
        self.mean = mean
        real = zip(logModulus, phase).map { exp($0) * cos($1) }
        imaginary = zip(logModulus, phase).map { exp($0) * sin($1) }
        // The sum of 1 / |z (z + 1)| over all frequencies, times spacing / (2 pi), is below this.
        let kernel = spacing / (2 * Double.pi * tilt * (tilt + 1)) + 1 / (2 * tilt)
        let last = Double(count - 1) * spacing
        error =
            exp(-squaredMu * last * last / 2) / (Double.pi * last) + kernel * expm1(min(700, relativeError))
    }

    /// Returns lower and upper bounds on delta of the *smoothed* composition, of which the upper one holds
    /// for the composition itself.
    func smoothedDelta(epsilon: Double) -> PrivacyBounds {
        let tilt = plan.tilt
        let scale = exp(logMoment - tilt * epsilon)
        // Far below the epsilon that the tilt is for, nothing is known.
        guard scale.isFinite else { return PrivacyBounds(lower: 0, upper: 1) }
        let shift = mean - epsilon
        var sum = real[0] / (2 * tilt * (tilt + 1))
        for k in 1..<real.count {
            let t = Double(k) * spacing
            // 1 / (z (z + 1)) is its denominator's conjugate over the square of its modulus.
            let (x, y) = (tilt * (tilt + 1) - t * t, (2 * tilt + 1) * t)
            let (c, s) = (cos(t * shift), sin(t * shift))
            let (a, b) = (real[k] * c - imaginary[k] * s, real[k] * s + imaginary[k] * c)
            sum += (a * x + b * y) / (x * x + y * y)
        }
        let value = sum * spacing / Double.pi
        // Repetitions from below: delta is at most 1.
        let below = exp(tilt * (epsilon - plan.period) - logMoment) / -expm1(-tilt * plan.period)
        return PrivacyBounds(
            lower: max(0, scale * (value - error - below - repetitionsAbove(epsilon: epsilon))),
            upper: min(1, scale * (value + error)))
    }

    /// Returns a lower bound on delta of the composition itself.
    ///
    /// The smoothed delta at e is E_Z[delta(e - Z)], at most delta(e - y) + E_Z[bound(e - Z); Z > y] with the
    /// bound by moments; here e = epsilon + y and y = s^2 / 2 + m s, with m so large that the second term is
    /// little.
    func lowerDelta(epsilon: Double) -> Double {
        if plan.smoothing == 0 { return smoothedDelta(epsilon: epsilon).lower }
        let (tilt, deviation) = (plan.tilt, plan.smoothing.squareRoot())
        let shifted = epsilon + plan.smoothing / 2 + plan.tailDeviations * deviation
        let tail =
            logMoment + LossComposition.logMomentBoundFactor(tilt) - tilt * shifted
            + NormalDistribution.logUpperTail(plan.tailDeviations - tilt * deviation)
        return max(0, smoothedDelta(epsilon: shifted).lower - exp(tail) * (1 + 1e-9))
    }

    /// Returns a bound on what repetitions from above add, over the scale: the sum over n >= 1 of
    /// delta(epsilon + n R) e^(c n R), with delta bounded by the moment at a larger tilt d.
    private func repetitionsAbove(epsilon: Double) -> Double {
        plan.largerTilts.reduce(.infinity) { least, larger in
            let difference = larger.tilt - plan.tilt
            let larger = (
                tilt: larger.tilt,
                logMoment: larger.logMoment + plan.smoothing * larger.tilt * (larger.tilt + 1) / 2
            )
            let first = larger.logMoment - logMoment - difference * (epsilon + plan.period)
            let bound = first + LossComposition.logMomentBoundFactor(larger.tilt)
            return min(least, exp(bound) / -expm1(-difference * plan.period))
        }
    }
}
