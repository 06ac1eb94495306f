/// Exact trials with integer randomness only.
enum ExactBernoulli {
    /// Returns true with probability `numerator / denominator`.
    ///
    /// - Parameter numerator: At most the denominator, which is at least 1.
    @inline(__always)
    static func trial<Random: UniformIntegers & ~Copyable>(
        _ numerator: UInt128, of denominator: UInt128, _ random: inout Random
    ) -> Bool {
        random.integer(below: denominator) < numerator
    }

    /// Returns true with probability e^(-numerator / denominator).
    ///
    /// - Parameter denominator: At least 1.
    /// - Complexity: Expected time proportional to 1 at most: whole parts fail with e^-1 each.
    /// - SeeAlso: Canonne, Kamath, Steinke, arXiv 2004.00010, Algorithm 1.
    static func exponential<Random: UniformIntegers & ~Copyable>(
        _ numerator: UInt128, over denominator: UInt128, _ random: inout Random
    ) -> Bool {
        let (whole, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
        return exponential(whole: whole, rest, over: denominator, &random)
    }

    /// Returns true with probability e^(-square^2 / denominator), with the square in 256 bits.
    ///
    /// - Parameter square: Such that the quotient stays below 2^128.
    static func exponential<Random: UniformIntegers & ~Copyable>(
        square: UInt128, over denominator: UInt128, _ random: inout Random
    ) -> Bool {
        let (whole, rest) = denominator.dividingFullWidth(square.multipliedFullWidth(by: square))
        return exponential(whole: whole, rest, over: denominator, &random)
    }

    private static func exponential<Random: UniformIntegers & ~Copyable>(
        whole: UInt128, _ numerator: UInt128, over denominator: UInt128, _ random: inout Random
    ) -> Bool {
        var remaining = whole
        while remaining > 0 {
            guard fraction(1, over: 1, &random) else { return false }
            remaining -= 1
        }
        return fraction(numerator, over: denominator, &random)
    }

    /// Returns true with probability e^(-x) for x = numerator / denominator of at most 1: the trials with
    /// probabilities x, x / 2, x / 3 and so on up to the first that fails are odd in number.
    private static func fraction<Random: UniformIntegers & ~Copyable>(
        _ numerator: UInt128, over denominator: UInt128, _ random: inout Random
    ) -> Bool {
        var count: UInt128 = 1
        while trial(numerator, of: denominator, &random), trial(1, of: count, &random) { count += 1 }
        return count & 1 == 1
    }
}
