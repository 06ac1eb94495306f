/// A plan's noise on the grid, and the sample of its units, from one source.
struct GridNoise: ~Copyable {
    private enum Law {
        case rounded(GaussianScale)
        case discrete(DiscreteGaussianParameter)
    }

    private let law: Law
    private let rate: SamplingRate
    private var normal: NormalSampler

    init(_ plan: ReleasePlan, _ source: any RandomnessSource) throws(MechanismError) {
        normal = NormalSampler(LazyDigits(RandomBits(source)))
        switch plan.noise {
        case .roundedGaussian: law = .rounded(GaussianScale(plan.scale, width: normal.digits.width))
        case .discreteGaussian: law = .discrete(try plan.discreteParameter)
        }
        rate = SamplingRate(plan.normalization.samplingRate)
    }

    /// Returns whether the next unit is in the sample.
    mutating func takesUnit() -> Bool { rate.takes(&normal.digits.random) }

    /// Returns the noise of one release.
    ///
    /// - Returns: `count` integers, in grid steps.
    mutating func samples(_ count: Int) -> [Int64] {
        switch law {
        case .rounded(let scale): (0..<count).map { _ in normal.rounded(scale) }
        case .discrete(let parameter):
            (0..<count).map { _ in DiscreteGaussianSampler.next(parameter, &normal.digits.random) }
        }
    }
}
