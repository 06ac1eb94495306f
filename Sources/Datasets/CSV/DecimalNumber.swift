/// Decimal text to the nearest double, whatever the process's locale.
package enum DecimalNumber: Equatable {
    /// A finite value, correctly rounded.
    case finite(Double)
    /// NaN, an infinity, or a number beyond the largest double.
    case nonFinite
    /// Not a number.
    case malformed

    /// 10^0 to 10^22: the powers of ten that a double holds exactly.
    private static let exactPowers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
        1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// Returns what the text holds: an optional sign, digits with at most one point, an optional exponent.
    ///
    /// Up to 2^53 with a power of ten within 10^22 the value is one exact multiplication or division of
    /// exact operands (Clinger 1990, section 3); anything else goes to the standard library.
    package static func parse(_ text: ArraySlice<UInt8>) -> DecimalNumber {
        var index = text.startIndex
        let end = text.endIndex
        var isNegative = false
        if index < end, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
            isNegative = text[index] == UInt8(ascii: "-")
            index += 1
        }
        var mantissa: UInt64 = 0
        var digitCount = 0
        var significantCount = 0
        var exponent = 0
        var isFraction = false
        while index < end {
            let digit = text[index] &- UInt8(ascii: "0")
            if digit < 10 {
                digitCount += 1
                if significantCount > 0 || digit > 0 { significantCount += 1 }
                // 19 digits always fit; further ones leave the fast path.
                if significantCount <= 19 { mantissa = mantissa &* 10 &+ UInt64(digit) }
                if isFraction { exponent -= 1 }
            } else if text[index] == UInt8(ascii: "."), !isFraction {
                isFraction = true
            } else {
                break
            }
            index += 1
        }
        guard digitCount > 0 else { return isNonFiniteName(text) ? .nonFinite : .malformed }
        if index < end {
            guard text[index] | 0x20 == UInt8(ascii: "e") else { return .malformed }
            guard let written = writtenExponent(text[(index + 1)...]) else { return .malformed }
            exponent += written
        }
        if significantCount <= 19, mantissa <= 1 << 53, abs(exponent) <= 22 {
            let power = exactPowers[abs(exponent)]
            let value = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
            return .finite(isNegative ? -value : value)
        }
        guard let value = Double(String(decoding: text, as: UTF8.self)) else { return .malformed }
        return value.isFinite ? .finite(value) : .nonFinite
    }

    /// Returns the exponent that the text after the `e` holds, cut to a size that cannot overflow.
    private static func writtenExponent(_ text: ArraySlice<UInt8>) -> Int? {
        var digits = text
        var isNegative = false
        if let sign = text.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            digits = text.dropFirst()
        }
        guard !digits.isEmpty else { return nil }
        var value = 0
        for byte in digits {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = min(value * 10 + Int(digit), 1_000_000_000)
        }
        return isNegative ? -value : value
    }

    private static func isNonFiniteName(_ text: ArraySlice<UInt8>) -> Bool {
        var name = text
        if let sign = text.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            name = text.dropFirst()
        }
        guard name.count <= 8 else { return false }
        return ["nan", "inf", "infinity"].contains(String(decoding: name, as: UTF8.self).lowercased())
    }
}
