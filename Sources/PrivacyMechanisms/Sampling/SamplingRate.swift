/// The probability of a unit to be in a Poisson sample: exactly the number that a double is.
struct SamplingRate: Sendable, Hashable {
    /// The binary expansion of the rate in digits of 32 bits; nil where every unit is taken.
    private let digits: [UInt32]?

    /// - Parameter rate: Above 0, at most 1.
    init(_ rate: Double) {
        precondition(rate > 0 && rate <= 1, "a sampling rate is above 0 and at most 1, got \(rate)")
        guard rate < 1 else {
            digits = nil
            return
        }
        var expansion: [UInt32] = []
        var rest = rate
        while rest > 0 {
            // Both exact: a power of two times a double, less its whole part.
            let scaled = rest * 0x1p32
            let digit = scaled.rounded(.down)
            expansion.append(UInt32(digit))
            rest = scaled - digit
        }
        digits = expansion
    }

    /// Returns whether a unit is taken: whether a uniform number, of which as many digits are drawn as that needs,
    /// is below the rate.
    @inline(__always)
    func takes(_ random: inout RandomBits) -> Bool {
        guard let digits else { return true }
        for digit in digits {
            let drawn = random.bits(32)
            if drawn != digit { return drawn < digit }
        }
        return false
    }
}
