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

    /// Plans a contour.
    ///
    /// The tilt is the saddle point for `epsilon`, or below it where that lets delta repeat at shorter
    /// distances: a heavy tail (few releases, small rates) has no moments far above the saddle point.
    ///
    /// - Parameters:
    ///   - smoothing: Standard deviation of the smoothing, at most; raised where `work` does not suffice.
    ///   - work: Products of quadrature intervals and frequencies, at most.
    init(
        _ composition: LossComposition, epsilon: Double, delta: Double, smoothing: Double, work: Double
    ) {
        let tilting = Tilting(composition, epsilon: epsilon, logDelta: log(delta), aim: Self.aim)
        (tilt, period, largerTilts) = (tilting.tilt, tilting.period, tilting.largerTilts)
        let height = tilting.height
        let releaseCount = composition.parts.reduce(1) { $0 + $1.count }
        let accuracy = min(60, height + log(releaseCount) + Self.aim + 3)
        self.accuracy = accuracy
        let order = tilting.tilt + 1
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
            return (counts, Int(min(last * tilting.period / (2 * Double.pi), 1e9)) + 3)
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

/// The tilt of a contour, and what follows from it alone.
private struct Tilting {
    let tilt: Double
    let period: Double
    let largerTilts: [(tilt: Double, logMoment: Double)]
    /// How far the integrand is above delta, as a logarithm: rounding errors are relative to the integrand.
    let height: Double

    /// Fractions of the saddle point that are tried as tilt, and multiples as larger tilts.
    private static let fractions = [0.4, 0.55, 0.7, 0.85, 1]
    private static let multiples = [1.02, 1.05, 1.1, 1.2, 1.5, 2, 3]
    /// By how much a tilt's integrand may be above the least, as a logarithm.
    private static let heightSlack = 3.0

    /// Chooses the tilt with the shortest period among those whose integrand is little above the least.
    init(_ composition: LossComposition, epsilon: Double, logDelta: Double, aim: Double) {
        let saddle = composition.tilt(epsilon: epsilon)
        let known = (Self.fractions + Self.multiples).map { factor in
            let tilt = factor * saddle
            return (tilt: tilt, logMoment: composition.logMoment(tilt: tilt))
        }
        let candidates = known.prefix(Self.fractions.count).map { candidate in
            let above = known.filter { $0.tilt > candidate.tilt }.map { larger -> Double in
                let bound = larger.logMoment - larger.tilt * epsilon
                return (bound + LossComposition.logMomentBoundFactor(larger.tilt) - logDelta + aim)
                    / (larger.tilt - candidate.tilt)
            }
            return (
                tilt: candidate.tilt, period: max((aim - logDelta) / candidate.tilt, above.min() ?? 0),
                height: candidate.logMoment - candidate.tilt * epsilon - logDelta
            )
        }
        let least = candidates.map(\.height).min() ?? 0
        let chosen =
            candidates.filter { $0.height < least + Self.heightSlack }.min { $0.period < $1.period }
            ?? candidates[candidates.count - 1]
        (tilt, period, height) = (chosen.tilt, chosen.period, max(0, chosen.height))
        largerTilts = known.filter { $0.tilt > chosen.tilt }
    }
}
