/// Samples |Z| of a standard normal Z exactly: a whole part and a uniform fraction of which any digit can be had.
///
/// - SeeAlso: Karney, arXiv 1303.6257, Algorithms N, H and B.
struct NormalSampler: ~Copyable {
    var digits: LazyDigits

    init(_ digits: consuming LazyDigits) { self.digits = digits }

    /// Returns whole part k and fraction x: the density of k + x is proportional to e^(-(k + x)^2 / 2).
    ///
    /// The fraction's digits are kept until the next call.
    mutating func next() -> (whole: UInt64, fraction: UniformDeviate) {
        while true {
            // Steps N1 and N2: k with a probability proportional to e^(-k^2 / 2).
            var whole: UInt64 = 0
            while bernoulliExpHalf() { whole += 1 }
            guard allExpHalf(whole &* (whole &- 1)) else { continue }
            precondition(
                whole < MechanismLimits.wholeDeviations,
                "the source of randomness is broken: a normal number of \(whole) standard deviations")
            // Steps N3 and N4: x with e^(-x (2 k + x) / 2), by k + 1 trials.
            var fraction = digits.deviate(in: 0)
            if allExpStep(whole, &fraction) { return (whole, fraction) }
        }
    }

    /// Returns true with probability e^(-1/2): whether a falling run of uniform numbers that starts below 1/2 is
    /// of even length.
    ///
    /// - SeeAlso: Algorithm H of the paper, after von Neumann 1951.
    @inline(__always)
    mutating func bernoulliExpHalf() -> Bool {
        if digits.random.bits(1) == 1 { return true }
        return bernoulliExpHalfRest()
    }

    /// The same, given a first number below 1/2.
    private mutating func bernoulliExpHalfRest() -> Bool {
        // The known top bit 0 is part of the first digit.
        let top = digits.width == 1 ? 0 : digits.random.bits(digits.width - 1)
        var last = UniformDeviate(first: top, slot: 1)
        var isEven = false
        while true {
            var next = digits.deviate(in: 3 - last.slot)
            guard digits.isLess(&next, &last) else { return isEven }
            last = next
            isEven.toggle()
        }
    }

    /// Returns true with probability e^(-count / 2).
    @inline(__always)
    private mutating func allExpHalf(_ count: UInt64) -> Bool {
        var remaining = count
        while remaining > 0 {
            guard bernoulliExpHalf() else { return false }
            remaining -= 1
        }
        return true
    }

    /// Returns true with probability e^(-x (2 k + x) / 2).
    @inline(__always)
    private mutating func allExpStep(_ whole: UInt64, _ fraction: inout UniformDeviate) -> Bool {
        for _ in 0...whole {
            guard bernoulliExpStep(whole, &fraction) else { return false }
        }
        return true
    }

    /// Returns true with probability e^(-x (2 k + x) / (2 k + 2)): whether a run of uniform numbers that falls
    /// from x, each kept with probability (2 k + x) / (2 k + 2), is of even length.
    ///
    /// - SeeAlso: Algorithm B of the paper.
    mutating func bernoulliExpStep(_ whole: UInt64, _ fraction: inout UniformDeviate) -> Bool {
        var last = digits.deviate(in: 1)
        guard digits.isLess(&last, &fraction), isKept(whole, &fraction) else { return true }
        var isEven = false
        while true {
            var next = digits.deviate(in: 3 - last.slot)
            guard digits.isLess(&next, &last) else { return isEven }
            // The slot that is read by the comparison is not that of `last`, which is needed no more.
            guard isKept(whole, &fraction, scratch: last.slot) else { return isEven }
            last = next
            isEven.toggle()
        }
    }

    /// Returns true with probability (2 k + x) / (2 k + 2).
    @inline(__always)
    private mutating func isKept(
        _ whole: UInt64, _ fraction: inout UniformDeviate, scratch: Int = 2
    ) -> Bool {
        let choice = digits.random.smallInteger(below: UInt32(2 * whole + 2))
        if choice > 1 { return true }
        guard choice == 1 else { return false }
        var deviate = digits.deviate(in: scratch)
        return digits.isLess(&deviate, &fraction)
    }
}
