/// How the elements of a released vector are written: which floating-point format.
package enum VectorEncoding: String, Sendable, CaseIterable {
    case float64, float32, bfloat16

    /// Bytes of one element.
    package var elementByteCount: Int {
        switch self {
        case .float64: 8
        case .float32: 4
        case .bfloat16: 2
        }
    }

    /// The largest finite number of the format.
    package var greatestFiniteMagnitude: Double {
        switch self {
        case .float64: .greatestFiniteMagnitude
        case .float32: Double(Float.greatestFiniteMagnitude)
        case .bfloat16: BFloat16.greatestFiniteMagnitude
        }
    }

    /// Returns the bit pattern of the format's number nearest to `value`, ties to even; nil where that is
    /// not finite.
    func bitPattern(of value: Double) -> UInt64? {
        switch self {
        case .float64: return value.isFinite ? value.bitPattern : nil
        case .float32:
            let rounded = Float(value)
            return rounded.isFinite ? UInt64(rounded.bitPattern) : nil
        case .bfloat16:
            let rounded = BFloat16(value)
            return rounded.isFinite ? UInt64(rounded.bitPattern) : nil
        }
    }

    /// Returns the number of a bit pattern in the low bits of `bitPattern`, exactly; it may not be finite.
    func value(ofBitPattern bitPattern: UInt64) -> Double {
        switch self {
        case .float64: Double(bitPattern: bitPattern)
        case .float32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bitPattern)))
        case .bfloat16: BFloat16(bitPattern: UInt16(truncatingIfNeeded: bitPattern)).value
        }
    }
}
