/// Everything public about a noisy sum: what an accountant needs, and the grid.
///
/// The sum over units of the clipped gradients gets noise of standard deviation sigma C in each element and is divided
/// by N.
package struct ReleasePlan: Sendable, Hashable {
    /// Whose contribution is clipped.
    package let unit: PrivacyUnit
    /// d.
    package let dimension: Int
    /// C, the largest Euclidean norm of a unit's contribution.
    package let clippingNorm: Double
    /// sigma: the standard deviation of the noise over C, whatever the relation.
    package let noiseMultiplier: Double
    /// N and the neighbouring relation.
    package let normalization: Normalization
    /// The distribution of the noise.
    package let noise: NoiseDistribution
    /// The grid that follows from these.
    package let grid: ClippingGrid

    /// Checks the parameters and chooses the grid.
    ///
    /// - Throws: ``MechanismError`` `invalidParameter` for what lies outside of ``MechanismLimits``, for discrete
    ///   noise with sampling, a site that is not the only unit, and a dimension and noise so large that rounding
    ///   takes more than 1/16 of C.
    package init(
        unit: PrivacyUnit, dimension: Int, clippingNorm: Double, noiseMultiplier: Double,
        normalization: Normalization, noise: NoiseDistribution = .roundedGaussian
    ) throws(MechanismError) {
        try Self.require("the dimension", dimension, in: 1...MechanismLimits.dimension)
        try Self.require("the clipping norm", clippingNorm, in: MechanismLimits.clippingNorms)
        try Self.require("the noise multiplier", noiseMultiplier, in: MechanismLimits.noiseMultipliers)
        try Self.require(
            "the declared number of units", normalization.declaredCount, in: 1...MechanismLimits.declaredCount
        )
        try Self.require(
            "the sampling rate", normalization.samplingRate, in: MechanismLimits.minimumSamplingRate...1)
        if unit == .site, normalization.declaredCount != 1 || normalization.samplingRate != 1 {
            throw MechanismError(
                .invalidParameter,
                "a release that protects the whole site has one unit: declare 1 and rate 1, got "
                    + "\(normalization.declaredCount) and \(normalization.samplingRate)")
        }
        if noise == .discreteGaussian, normalization.samplingRate < 1 {
            throw MechanismError(
                .invalidParameter,
                "nothing is claimed for discrete Gaussian noise on a Poisson sample: take "
                    + "\(NoiseDistribution.roundedGaussian.rawValue), or rate 1 instead of "
                    + "\(normalization.samplingRate)")
        }
        self.unit = unit
        self.dimension = dimension
        self.clippingNorm = clippingNorm
        self.noiseMultiplier = noiseMultiplier
        self.normalization = normalization
        self.noise = noise
        grid = ClippingGrid(
            clippingNorm: clippingNorm, noiseMultiplier: noiseMultiplier,
            largestScale: noise == .roundedGaussian
                ? MechanismLimits.roundedGaussianScales.upperBound : MechanismLimits.discreteGaussianScale)
        let rounding = ClippingGrid.roundingBound(dimension: dimension)
        guard rounding <= MechanismLimits.roundingShare * grid.clippingSteps else {
            throw MechanismError(
                .invalidParameter,
                "with noise multiplier \(noiseMultiplier) the clipping norm has \(grid.clippingSteps) grid steps, of "
                    + "which rounding \(dimension) elements may take \(rounding), more than 1/16; lower one of both"
            )
        }
    }

    /// The standard deviation of the noise in grid steps, sigma C / g, rounded up where it is no double.
    ///
    /// For discrete noise the parameter is ``discreteParameter``.
    package var scale: Double { ClippingGrid.scale(noiseMultiplier, grid.clippingSteps) }

    /// The squared scale of discrete noise: (sigma C / g)^2, rounded up to an integer.
    package var discreteParameter: DiscreteGaussianParameter {
        get throws(MechanismError) {
            // At most 2^60. The next double covers the rounding of the square.
            let squared = min((scale * scale).nextUp.rounded(.up), 0x1p60)
            return try DiscreteGaussianParameter(UInt64(squared))
        }
    }

    /// Returns a sum in grid steps divided by N.
    package func mean(ofSteps steps: [Int64]) -> [Double] {
        let factor = grid.step / normalization.divisor
        return steps.map { Double($0) * factor }
    }

    /// Returns what clipping makes of a gradient that has one element of `length` and zeros beside it, in grid steps.
    ///
    /// - Parameter length: Finite, at least 0.
    /// - Returns: That element's steps; the others are 0.
    /// - Throws: Never for a plan; clipping may.
    /// - Complexity: O(d).
    package func clippedSteps(ofElement length: Double) throws(MechanismError) -> Int64 {
        var gradient = [Double](repeating: 0, count: dimension)
        gradient[0] = length
        var steps = [Int64](repeating: 0, count: dimension)
        _ = try UnitClipper(grid: grid, dimension: dimension).clip(gradient, unit: 0, into: &steps)
        return steps[0]
    }

    private static func require<Value: Comparable>(
        _ what: String, _ value: Value, in range: ClosedRange<Value>
    ) throws(MechanismError) {
        guard range.contains(value) else {
            throw MechanismError(
                .invalidParameter,
                "\(what) must be from \(range.lowerBound) to \(range.upperBound), got \(value)")
        }
    }
}
