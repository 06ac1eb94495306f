internal import Glibc

/// Where a contour runs and how finely it is sampled: what is needed for a given epsilon and delta.
///
/// Nothing here bears on whether bounds hold, only on how close they are and what they cost.
struct ContourPlan: Sendable {
    /// The tilt c.
    let tilt: Double
    /// The distance at which delta repeats.
    let period: Double
    /// Tilts above c with ln E[e^(d L)] there.
    let largerTilts: [(tilt: Double, logMoment: Double)]
    /// Quadrature of a release's transform is exact to e^-accuracy of its value at real c.
    let accuracy: Double
    /// Standard deviations of the smoothing beyond which it is left to a bound, for lower bounds.
    let tailDeviations: Double
    /// Variance of the smoothing.
    let smoothing: Double
    /// Where each part's transform is integrated, in how many intervals; nothing for closed forms.
    let intervals: [(support: ClosedRange<Double>, count: Int)]
    /// Frequencies, 0 included.
    let frequencyCount: Int

    /// Repetitions, truncation and quadrature are each aimed at e^-11 of delta.
    private static let aim = 11.0
    /// Fractions of the saddle point that are tried as tilt, and multiples as larger tilts.
    private static let fractions = [0.4, 0.55, 0.7, 0.85, 1]
    private static let multiples = [1.02, 1.05, 1.1, 1.2, 1.5, 2, 3]

    /// Plans a contour.
    ///
    /// The tilt is the saddle point for `epsilon`, or below it where that lets delta repeat at shorter distances: a heavy
    /// tail (few releases, small rates) has no moments far above the saddle point.
    ///
    /// - Parameters:
    ///   - smoothing: Standard deviation of the smoothing, at most; raised where `work` does not suffice.
    ///   - work: Products of quadrature intervals and frequencies, at most.
    init(
        _ composition: LossComposition, epsilon: Double, delta: Double, smoothing: Double, work: Double
    ) {
        let saddle = composition.tilt(epsilon: epsilon)
        let logDelta = log(delta)
        let known = (Self.fractions + Self.multiples).map { factor in
            let tilt = factor * saddle
            return (tilt: tilt, logMoment: composition.logMoment(tilt: tilt))
        }
        func period(_ tilt: Double) -> Double {
            let above = known.filter { $0.tilt > tilt }.map { larger -> Double in
                let bound = larger.logMoment - larger.tilt * epsilon
                return (bound + LossComposition.logMomentBoundFactor(larger.tilt) - logDelta + Self.aim)
                    / (larger.tilt - tilt)
            }
            return max((Self.aim - logDelta) / tilt, above.min() ?? 0)
        }
        // How far the integrand is above delta; rounding errors are relative to the integrand.
        func height(_ tilt: Double, _ logMoment: Double) -> Double { logMoment - tilt * epsilon - logDelta }
        let candidates = known.filter { $0.tilt <= saddle }
        let least = candidates.map { height($0.tilt, $0.logMoment) }.min() ?? 0
        let chosen =
            candidates.filter { height($0.tilt, $0.logMoment) < least + 3 }.min {
                period($0.tilt) < period($1.tilt)
            }
            ?? known[0]
        tilt = chosen.tilt
        let chosenPeriod = period(chosen.tilt)
        self.period = chosenPeriod
        largerTilts = known.filter { $0.tilt > chosen.tilt }

        let releaseCount = composition.parts.reduce(1) { $0 + $1.count }
        let height = max(0, height(chosen.tilt, chosen.logMoment))
        let accuracy = min(60, height + log(releaseCount) + Self.aim + 3)
        self.accuracy = accuracy
        let order = chosen.tilt + 1
        let supports = composition.parts.map { part -> ClosedRange<Double> in
            guard case .sampledGaussian(let pair) = part.pair else { return 0...0 }
            return pair.support(order: order, accuracy: accuracy)
        }
        func sampling(_ variance: Double) -> (counts: [Int], frequencyCount: Int) {
            let deviation = (composition.squaredMu + variance).squareRoot()
            let last =
                (2 * max(2, height + Self.aim - log(5 * Double.pi / deviation))).squareRoot() / deviation
            let counts = zip(composition.parts, supports).map { part, support in
                guard case .sampledGaussian(let pair) = part.pair else { return 0 }
                let step = pair.step(order: order, frequency: last, accuracy: accuracy)
                return Int(min((support.upperBound - support.lowerBound) / step, 1e9)) + 2
            }
            return (counts, Int(min(last * chosenPeriod / (2 * Double.pi), 1e9)) + 3)
        }
        var variance = max(0, smoothing * smoothing - composition.squaredMu)
        var planned = sampling(variance)
        while Double(planned.counts.reduce(0, +)) * Double(planned.frequencyCount) > work {
            variance = variance * 1.3 + 1e-12
            planned = sampling(variance)
        }
        self.smoothing = variance
        tailDeviations = (2 * (height + Self.aim)).squareRoot()
        frequencyCount = planned.frequencyCount
        intervals = zip(supports, planned.counts).map { (support: $0, count: $1) }
    }
}
