/// Samples a discrete Gaussian exactly, with integers only.
///
/// What is proven for it in any dimension is concentrated privacy, s^2 taking the place of the variance (Theorem 14 of
/// the paper); nothing is known about its amplification by Poisson sampling that this project would claim.
///
/// - Warning: Not in constant time, as ``RoundedGaussianSampler``.
/// - SeeAlso: Canonne, Kamath, Steinke, arXiv 2004.00010, Algorithms 2 and 3.
enum DiscreteGaussianSampler {
    /// Returns the next sample.
    static func next<Random: UniformIntegers & ~Copyable>(
        _ parameter: DiscreteGaussianParameter, _ random: inout Random
    ) -> Int64 {
        let numerator = UInt128(parameter.numerator)
        let denominator = UInt128(parameter.denominator)
        let scale = UInt128(parameter.laplaceScale)
        while true {
            let candidate = laplace(scale: scale, &random)
            // (|y| - s^2 / t)^2 / (2 s^2), with s^2 = p / q: (|y| q t - p)^2 / (2 p q t^2).
            let product = UInt128(candidate.magnitude) * denominator * scale
            let distance = product > numerator ? product - numerator : numerator - product
            let divisor = 2 * numerator * denominator * scale * scale
            if ExactBernoulli.exponential(square: distance, over: divisor, &random) { return candidate }
        }
    }

    /// Returns a sample of the discrete Laplace distribution, P(x) proportional to e^(-|x| / scale).
    ///
    /// - Parameter scale: From 1 to 2^30 + 1.
    /// - SeeAlso: Algorithm 2 of the paper with s = 1.
    static func laplace<Random: UniformIntegers & ~Copyable>(
        scale: UInt128, _ random: inout Random
    ) -> Int64 {
        while true {
            let rest = random.integer(below: scale)
            guard ExactBernoulli.exponential(rest, over: scale, &random) else { continue }
            var whole: UInt128 = 0
            while ExactBernoulli.exponential(1, over: 1, &random) { whole += 1 }
            // Probability e^-(2^20): a source that does this is broken.
            precondition(whole < 1 << 20, "the source of randomness is broken: a run of \(whole) trials")
            let magnitude = Int64(rest + scale * whole)
            let isNegative = random.integer(below: 2) == 1
            if isNegative, magnitude == 0 { continue }
            return isNegative ? -magnitude : magnitude
        }
    }
}
