/// The element types of NumPy arrays that are read: little-endian numbers and booleans.
enum NumPyElementType: String {
    case float64 = "<f8"
    case float32 = "<f4"
    case int64 = "<i8"
    case int32 = "<i4"
    case int16 = "<i2"
    case int8 = "|i1"
    case uint64 = "<u8"
    case uint32 = "<u4"
    case uint16 = "<u2"
    case uint8 = "|u1"
    case boolean = "|b1"

    /// The bytes of one element.
    var byteCount: Int {
        switch self {
        case .float64, .int64, .uint64: 8
        case .float32, .int32, .uint32: 4
        case .int16, .uint16: 2
        case .int8, .uint8, .boolean: 1
        }
    }

    /// Whether elements are integers or booleans.
    var isInteger: Bool { self != .float64 && self != .float32 }

    /// Returns the element at `index` bytes as an integer; nil for floating types and beyond Int64.
    func integer(in bytes: [UInt8], at index: Int) -> Int64? {
        let bits = self.bits(in: bytes, at: index)
        return switch self {
        case .float64, .float32: nil
        case .int64: Int64(bitPattern: bits)
        case .int32: Int64(Int32(truncatingIfNeeded: bits))
        case .int16: Int64(Int16(truncatingIfNeeded: bits))
        case .int8: Int64(Int8(truncatingIfNeeded: bits))
        case .uint64, .uint32, .uint16, .uint8: Int64(exactly: bits)
        case .boolean: bits == 0 ? 0 : 1
        }
    }

    /// Returns the element at `index` bytes as a double; nil when a double cannot hold it exactly.
    func double(in bytes: [UInt8], at index: Int) -> Double? {
        let bits = self.bits(in: bytes, at: index)
        return switch self {
        case .float64: Double(bitPattern: bits)
        case .float32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        case .uint64: Double(exactly: bits)
        default: integer(in: bytes, at: index).flatMap { Double(exactly: $0) }
        }
    }

    private func bits(in bytes: [UInt8], at index: Int) -> UInt64 {
        var bits: UInt64 = 0
        for byte in (index..<(index + byteCount)).reversed() { bits = bits << 8 | UInt64(bytes[byte]) }
        return bits
    }
}
