/// Draws uniform numbers digit by digit and compares them exactly.
///
/// Two numbers nearly always differ in the first digit; where not, further ones are drawn and kept, so that a number
/// keeps its value in later comparisons. Thus nothing is rounded.
///
/// - SeeAlso: Karney, arXiv 1303.6257, section 2 ("u-rands").
struct LazyDigits: ~Copyable {
    /// Bits in a digit.
    ///
    /// Fewer make the rare ways frequent and cost time, but change no distribution.
    let width: Int
    var random: RandomBits
    private var slots: [[UInt32]] = [[], [], []]

    /// - Parameter width: From 1 to 32.
    init(_ random: consuming RandomBits, width: Int = 16) {
        precondition((1...32).contains(width), "a digit has from 1 to 32 bits, got \(width)")
        self.width = width
        self.random = random
    }

    /// Returns a new uniform number.
    ///
    /// - Parameter slot: From 0 to 2; what stood there is no longer needed.
    @inline(__always)
    mutating func deviate(in slot: Int) -> UniformDeviate {
        UniformDeviate(first: random.bits(width), slot: slot)
    }

    /// Returns a digit, the first being digit 0, drawn where it is not known.
    mutating func digit(_ index: Int, of deviate: inout UniformDeviate) -> UInt32 {
        if index == 0 { return deviate.first }
        precondition(
            index <= MechanismLimits.commonDigits,
            "the source of randomness repeats itself: \(index) digits are not enough to decide a comparison")
        while deviate.knownCount < index {
            if slots[deviate.slot].count > deviate.knownCount {
                slots[deviate.slot].removeLast(slots[deviate.slot].count - deviate.knownCount)
            }
            slots[deviate.slot].append(random.bits(width))
            deviate.knownCount += 1
        }
        return slots[deviate.slot][index - 1]
    }

    /// Returns whether one number is below another.
    @inline(__always)
    mutating func isLess(_ left: inout UniformDeviate, _ right: inout UniformDeviate) -> Bool {
        if left.first != right.first { return left.first < right.first }
        return isLessInLaterDigits(&left, &right)
    }

    @inline(never)
    private mutating func isLessInLaterDigits(
        _ left: inout UniformDeviate, _ right: inout UniformDeviate
    ) -> Bool {
        var index = 1
        while true {
            let digits = (digit(index, of: &left), digit(index, of: &right))
            if digits.0 != digits.1 { return digits.0 < digits.1 }
            index += 1
        }
    }
}
