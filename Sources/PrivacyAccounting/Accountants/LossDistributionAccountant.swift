internal import Glibc

/// The account by the distribution of the privacy loss: tight, with proven bounds on both sides, but for
/// ``NeighbouringRelation/poissonAssumption``.
///
/// Of unsampled and Poisson-sampled Gaussian releases and of Laplace releases; both directions of adding and
/// removing. Unsampled Gaussians alone are exact, and so is one sampled release; everything else is computed
/// by ``LossContour``.
package struct LossDistributionAccountant: PrivacyAccountant {
    package static let name = "pld"
    package let relation: NeighbouringRelation
    package private(set) var tally = ReleaseTally()

    /// How much the smoothing may add to epsilon, of itself.
    private static let tolerance = 2e-4
    /// How much the smoothing may add to delta, of itself.
    private static let deltaTolerance = 1e-3
    /// Quadrature points times frequencies of one contour: at most a second.
    private static let work = 3e8
    /// Contours that an epsilon is found with.
    private static let passLimit = 12

    package init(relation: NeighbouringRelation) {
        self.relation = relation
    }

    package mutating func compose(_ tally: ReleaseTally) throws(AccountingError) {
        for release in tally.releases {
            switch release {
            case .gaussian, .poissonGaussian, .laplace: continue
            case .discreteGaussian, .fixedSizeGaussian: throw unsupported(release)
            }
        }
        try self.tally.add(tally)
    }

    /// Returns the upper bound of ``epsilonBounds(delta:)``.
    package func epsilon(delta: Double) throws(AccountingError) -> Double {
        try AccountingLimits.require(delta: delta)
        if tally.isNonPrivate { return .infinity }
        return largestUpperEpsilon(delta: delta).epsilon
    }

    /// Returns an upper bound on delta at `epsilon`, for claims of many releases within 2e-3 of the least.
    package func delta(epsilon: Double) throws(AccountingError) -> Double {
        try AccountingLimits.require(epsilon: epsilon)
        if tally.isNonPrivate { return 1 }
        return compositions.map { upperDelta($0, epsilon: epsilon) }.max() ?? 0
    }

    /// Returns bounds on the smallest epsilon that holds at `delta`.
    ///
    /// - Complexity: By the number of distinct releases; not by their counts.
    package func epsilonBounds(delta: Double) throws(AccountingError) -> PrivacyBounds {
        try AccountingLimits.require(delta: delta)
        if tally.isNonPrivate { return PrivacyBounds(lower: .infinity, upper: .infinity) }
        let (epsilon, composition) = largestUpperEpsilon(delta: delta)
        let lower = composition.map { lowerEpsilon($0, delta: delta, upper: epsilon) }
        return PrivacyBounds(lower: lower ?? 0, upper: epsilon)
    }

    /// Returns the largest upper bound over the directions, and the direction's composition; nil for nothing
    /// released.
    private func largestUpperEpsilon(delta: Double) -> (epsilon: Double, composition: LossComposition?) {
        var largest: (epsilon: Double, composition: LossComposition?) = (0, nil)
        for composition in compositions {
            let epsilon = upperEpsilon(composition, delta: delta, floor: largest.epsilon)
            if largest.composition == nil || epsilon > largest.epsilon { largest = (epsilon, composition) }
        }
        return largest
    }

    /// One composition for each direction.
    private var compositions: [LossComposition] {
        if tally.isEmpty { return [] }
        let runs = tally.runs
        let squaredMu = tally.gaussianSquaredMu(relation)
        return SampledGaussianPair.directions(relation).map { direction in
            let parts = runs.compactMap { run -> LossComposition.Part? in
                switch run.release {
                case .poissonGaussian(let rate, let noise):
                    let pair = SampledGaussianPair(rate: rate, noiseMultiplier: noise, direction: direction)
                    return LossComposition.Part(pair: .sampledGaussian(pair), count: Double(run.count))
                case .laplace(let scale):
                    let pair = LaplacePair(pureEpsilon: relation.sensitivityPerClippingNorm / scale)
                    return LossComposition.Part(pair: .laplace(pair), count: Double(run.count))
                case .gaussian, .discreteGaussian, .fixedSizeGaussian: return nil
                }
            }
            return LossComposition(parts: parts, squaredMu: squaredMu)
        }
    }

    /// Returns an upper bound, which is sharp only where it is above `floor`.
    private func upperEpsilon(_ composition: LossComposition, delta: Double, floor: Double) -> Double {
        if let exact = composition.exactEpsilon(delta: delta) { return exact }
        // Each pass gives a valid bound; the first ones find where the contour is best and how much smoothing
        // is little.
        var epsilon = composition.momentBound(delta: delta)
        var tolerance = 100 * Self.tolerance
        for _ in 0..<Self.passLimit where epsilon > floor {
            let contour = contour(composition, epsilon: epsilon, delta: delta, tolerance: tolerance)
            let found = contour.upperEpsilon(delta: delta, below: epsilon)
            let isSettled = found > 0.97 * epsilon
            epsilon = min(epsilon, found)
            if isSettled, tolerance == Self.tolerance { break }
            if isSettled { tolerance = Self.tolerance }
        }
        return epsilon
    }

    private func lowerEpsilon(_ composition: LossComposition, delta: Double, upper: Double) -> Double {
        if let exact = composition.exactEpsilon(delta: delta) { return exact * (1 - 1e-10) }
        guard upper > 0 else { return 0 }
        let found = contour(composition, epsilon: upper, delta: delta, tolerance: Self.tolerance / 25)
            .lowerEpsilon(delta: delta, below: upper)
        // Releasing less does not cost more: each release alone, and the unsampled ones together.
        let alone = composition.parts.map {
            LossComposition(parts: [.init(pair: $0.pair, count: 1)], squaredMu: 0)
        }
        let unsampled = LossComposition(parts: [], squaredMu: composition.squaredMu)
        let exact = (alone + [unsampled]).compactMap { $0.exactEpsilon(delta: delta) }.max() ?? 0
        return min(upper, max(found, exact * (1 - 1e-10)))
    }

    /// Returns a contour whose smoothing adds about `tolerance` of epsilon to it.
    private func contour(
        _ composition: LossComposition, epsilon: Double, delta: Double, tolerance: Double
    ) -> LossContour {
        let smoothing = (2 * tolerance * epsilon / (composition.tilt(epsilon: epsilon) + 1)).squareRoot()
        return LossContour(composition, epsilon: epsilon, delta: delta, smoothing: smoothing, work: Self.work)
    }

    private func upperDelta(_ composition: LossComposition, epsilon: Double) -> Double {
        if let exact = composition.exactDelta(epsilon: epsilon) { return exact }
        let tilt = composition.tilt(epsilon: epsilon)
        let logBound =
            composition.logMoment(tilt: tilt) - tilt * epsilon + LossComposition.logMomentBoundFactor(tilt)
        let bound = min(1, exp(logBound) * (1 + 1e-9))
        // Below this, the bound by moments is as good: nobody claims it.
        guard logBound > -600 else { return bound }
        let smoothing = (2 * Self.deltaTolerance / (tilt * (tilt + 1))).squareRoot()
        let contour = LossContour(
            composition, epsilon: epsilon, delta: bound, smoothing: smoothing, work: Self.work)
        return min(bound, contour.smoothedDelta(epsilon: epsilon).upper)
    }
}

extension LossContour {
    /// Returns the smallest epsilon up to `limit` whose upper bound on delta was evaluated not to exceed
    /// `delta`, or `limit`.
    func upperEpsilon(delta: Double, below limit: Double) -> Double {
        func excess(_ epsilon: Double) -> Double { log(smoothedDelta(epsilon: epsilon).upper / delta) }
        let (atZero, atLimit) = (excess(0), excess(limit))
        if atZero <= 0 { return 0 }
        if atLimit > 0 { return limit }
        return Search.signChange(
            in: 0...limit, values: (atZero, atLimit), isNarrow: { $1 - $0 <= 1e-9 * $1 }, of: excess
        ).upperBound
    }

    /// Returns the largest epsilon up to `limit` whose lower bound on delta was evaluated to exceed `delta`,
    /// or 0.
    func lowerEpsilon(delta: Double, below limit: Double) -> Double {
        func excess(_ epsilon: Double) -> Double { log(max(lowerDelta(epsilon: epsilon), 1e-300) / delta) }
        let (atZero, atLimit) = (excess(0), excess(limit))
        if atLimit > 0 { return limit }
        // Far from its tilt the contour may see nothing: the search needs an end at which it does, near the
        // limit.
        var (low, lowValue, step) = (0.0, atZero, 1e-4 * limit)
        while lowValue <= 0 {
            guard step < limit else { return 0 }
            low = limit - step
            lowValue = excess(low)
            step *= 1.3
        }
        return Search.signChange(
            in: low...limit, values: (lowValue, atLimit), isNarrow: { $1 - $0 <= 1e-9 * $1 }, of: excess
        ).lowerBound
    }
}

extension LossComposition {
    /// Returns epsilon at `delta` where there is a closed form, rounded up by at most 1e-10 of itself.
    func exactEpsilon(delta: Double) -> Double? {
        if parts.isEmpty { return GaussianPrivacy.epsilon(delta: delta, mu: squaredMu.squareRoot().nextUp) }
        guard let atZero = exactDelta(epsilon: 0) else { return nil }
        if atZero <= delta { return 0 }
        let high = max(momentBound(delta: delta), 1e-300)
        func excess(_ epsilon: Double) -> Double {
            log(max(exactDelta(epsilon: epsilon) ?? 1, 1e-300) / delta)
        }
        let found = Search.signChange(
            in: 0...high, values: (log(atZero / delta), excess(high)), isNarrow: { $1 - $0 <= 1e-13 * $1 },
            of: excess)
        return found.upperBound
    }

    /// Returns delta at `epsilon` where there is a closed form, rounded up by at most 1e-10 of itself.
    func exactDelta(epsilon: Double) -> Double? {
        if parts.isEmpty { return GaussianPrivacy.delta(epsilon: epsilon, mu: squaredMu.squareRoot().nextUp) }
        guard squaredMu == 0, parts.count == 1, parts[0].count == 1,
            case .sampledGaussian(let pair) = parts[0].pair
        else { return nil }
        return pair.closedFormDelta(epsilon: epsilon)
    }
}
