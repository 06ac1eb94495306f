/// A bfloat16 number: the upper half of a Float, 8 exponent and 7 stored fraction bits, subnormals included.
struct BFloat16: Equatable {
    static let greatestFiniteMagnitude = BFloat16(bitPattern: 0x7F7F).value
    private static let exponentMask: UInt16 = 0x7F80

    let bitPattern: UInt16

    init(bitPattern: UInt16) {
        self.bitPattern = bitPattern
    }

    /// Creates the number nearest to `value`, ties to even; infinity from half a unit beyond the largest.
    ///
    /// Rounding to Float and then to bfloat16 would round twice and miss near ties. So Float is rounded to
    /// odd first, which keeps the lost part as a sticky bit (Boldo and Melquiond 2008, section 2: harmless
    /// with two spare bits; here there are 16).
    init(_ value: Double) {
        guard !value.isNaN else {
            bitPattern = 0x7FC0
            return
        }
        let bits = Self.roundedToOdd(value).bitPattern
        let lastKeptBit = bits >> 16 & 1
        bitPattern = UInt16((bits + 0x7FFF + lastKeptBit) >> 16)
    }

    var isFinite: Bool { bitPattern & Self.exponentMask != Self.exponentMask }

    /// The number, exactly.
    var value: Double { Double(Float(bitPattern: UInt32(bitPattern) << 16)) }

    /// Returns `value` as a Float: itself where exact, else the neighbour whose last bit is set.
    private static func roundedToOdd(_ value: Double) -> Float {
        let nearest = Float(value)
        guard nearest.isFinite, Double(nearest) != value else { return nearest }
        let isAway = Double(nearest).magnitude > value.magnitude
        return Float(bitPattern: (isAway ? nearest.bitPattern - 1 : nearest.bitPattern) | 1)
    }
}
