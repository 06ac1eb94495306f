internal import Glibc

/// The transform of one release's loss on the line c + i t, over its value at c.
struct TiltedRelease {
    /// ln E[e^(c L)].
    let logMoment: Double
    /// Mean of the tilted loss, which the phases are relative to.
    let mean: Double
    /// Logarithm of the modulus at k spacing.
    let logModulus: [Double]
    /// Phase at k spacing, up to whole turns.
    let phase: [Double]
    /// What rounding may amount to, relative to the value at c.
    let error: Double

    /// Evaluates the transform by the trapezoidal rule with `intervalCount` intervals.
    init(
        _ pair: SampledGaussianPair, tilt: Double, support: ClosedRange<Double>, intervalCount: Int,
        spacing: Double,
        frequencyCount: Int
    ) {
        let step = (support.upperBound - support.lowerBound) / Double(intervalCount)
        var losses: [Double] = []
        var weights: [Double] = []
        for index in 0...intervalCount {
            let (loss, logDensity) = pair.point(support.lowerBound + Double(index) * step)
            losses.append(loss)
            weights.append(exp(logDensity + (tilt + 1) * loss))
        }
        let mass = weights.reduce(0, +)
        let mean = zip(weights, losses).reduce(0) { $0 + $1.0 * $1.1 } / mass
        self.mean = mean
        for index in losses.indices {
            weights[index] /= mass
            losses[index] -= mean
        }
        // From the sum whose terms all have one sign: its error is relative to what it is from 0.
        logMoment = SampledGaussianMoments(pair, maximumOrder: tilt + 1).logMoment(order: tilt + 1)
        let sums = CharacteristicSums.sums(
            weights: weights, losses: losses, spacing: spacing, count: frequencyCount)
        logModulus = zip(sums.real, sums.imaginary).map { 0.5 * log($0 * $0 + $1 * $1) }
        phase = zip(sums.real, sums.imaginary).map { atan2($1, $0) }
        let meanSize = zip(weights, losses).reduce(0) { $0 + $1.0 * abs($1.1) }
        let roundings = 300 + Double(intervalCount) / 4 + 4 * Double(frequencyCount) * spacing * meanSize
        error = roundings * 0x1p-53 + 1e-12 * abs(logMoment)
    }

    /// Evaluates the transform of a release with Laplace noise, which has a closed form.
    init(_ pair: LaplacePair, tilt: Double, spacing: Double, frequencyCount: Int) {
        logMoment = pair.logMoment(tilt: tilt)
        let mean = pair.tiltedMean(tilt: tilt)
        self.mean = mean
        let logScale = tilt * pair.pureEpsilon - logMoment
        var (logModulus, phase) = ([Double](), [Double]())
        for k in 0..<frequencyCount {
            let frequency = Double(k) * spacing
            let (x, y) = pair.transform(tilt: tilt, frequency: frequency)
            logModulus.append(0.5 * log(x * x + y * y) + logScale)
            phase.append(atan2(y, x) - frequency * mean)
        }
        self.logModulus = logModulus
        self.phase = phase
        error =
            (40 + 4 * Double(frequencyCount) * spacing * pair.pureEpsilon) * 0x1p-53 + 1e-12 * abs(logMoment)
    }
}
