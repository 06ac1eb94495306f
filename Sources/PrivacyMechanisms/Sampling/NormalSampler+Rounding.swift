extension NormalSampler {
    /// Returns the integer nearest to s Z for a standard normal Z: exactly, in the tails too.
    ///
    /// Rounding to the grid is post-processing of the continuous Gaussian, so that whatever is proven for that
    /// holds. No floating-point number is rounded on the way: digits of Z are drawn until the integer is decided.
    ///
    /// - Parameter scale: s, made for digits of this sampler's width.
    /// - Warning: Not in constant time: how many digits and trials a sample takes depends on it. See Jin et al.,
    ///   arXiv 2112.05307, on what an observer of times may learn.
    /// - Complexity: O(1) expected.
    mutating func rounded(_ scale: GaussianScale) -> Int64 {
        var (whole, fraction) = next()
        // All digits read so far as an integer; units of 2^-shift grid steps.
        var known = UInt128(whole)
        for index in 0..<scale.digitCount {
            known = known << UInt128(digits.width) | UInt128(digits.digit(index, of: &fraction))
        }
        // The product lies in [low, low + m) units, here with half a step added.
        let significand = UInt128(scale.significand)
        let low = known * significand + (1 << UInt128(scale.shift - 1))
        var rounded = low >> UInt128(scale.shift)
        let upper = (low + significand - 1) >> UInt128(scale.shift)
        if upper != rounded {
            let distance = upper << UInt128(scale.shift) - low
            if isAbove(distance, scale, &fraction) { rounded = upper }
        }
        let magnitude = Int64(rounded)
        return digits.random.bits(1) == 0 ? magnitude : -magnitude
    }

    /// Returns whether the product lies above a border between two integers, by more digits until that is certain.
    ///
    /// - Parameter distance: From the lowest possible product to the border: above 0 and below m, in units that
    ///   shrink with every digit.
    @inline(never)
    private mutating func isAbove(
        _ distance: UInt128, _ scale: GaussianScale, _ fraction: inout UniformDeviate
    ) -> Bool {
        let significand = Int128(scale.significand)
        var distance = Int128(distance)
        var index = scale.digitCount
        while true {
            let digit = Int128(digits.digit(index, of: &fraction))
            distance = distance << Int128(digits.width) - digit * significand
            if distance <= 0 { return true }
            if distance >= significand { return false }
            index += 1
        }
    }
}
