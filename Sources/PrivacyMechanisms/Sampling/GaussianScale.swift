/// A standard deviation s as the exact number m 2^e that a double is.
struct GaussianScale: Sendable, Hashable {
    /// m, from 2^52 below 2^53.
    let significand: UInt64
    /// Digits of the fraction that are read first: the fewest with 2^(width * count) at least s.
    let digitCount: Int
    /// A grid step is 2^shift units, where s times a fraction of `digitCount` digits is whole in units.
    let shift: UInt64

    /// - Parameter scale: Within ``MechanismLimits/roundedGaussianScales``.
    /// - Parameter width: Bits in a digit.
    init(_ scale: Double, width: Int) {
        precondition(
            MechanismLimits.roundedGaussianScales.contains(scale),
            "a scale of Gaussian noise lies in \(MechanismLimits.roundedGaussianScales), got \(scale)")
        significand = 1 << 52 | scale.significandBitPattern
        let exponent = Int(scale.exponent) - 52
        // The exponent rounded up, so that 2^bits >= s.
        let bits = scale.exponent + (scale.significandBitPattern == 0 ? 0 : 1)
        digitCount = max(1, (Int(bits) + width - 1) / width)
        shift = UInt64(digitCount * width - exponent)
    }
}
