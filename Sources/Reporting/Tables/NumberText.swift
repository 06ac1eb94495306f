internal import Glibc

/// Numbers as text for people and files.
package enum NumberText {
    /// Returns digits with a comma before every third from the right: `12,345`.
    package static func grouped(_ digits: String) -> String {
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return text
    }

    /// Returns seconds as a decimal number, exact to the nanosecond, without zeros at its end: `1.5`, `0`.
    package static func seconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        // Both components have the sign of the duration.
        let nanoseconds = abs(attoseconds) / 1_000_000_000
        let sign = seconds < 0 || attoseconds < 0 ? "-" : ""
        let whole = "\(sign)\(seconds.magnitude)"
        guard nanoseconds > 0 else { return seconds == 0 ? "0" : whole }
        let digits = String(nanoseconds)
        var fraction = String(repeating: "0", count: 9 - digits.count) + digits
        while fraction.last == "0" { fraction.removeLast() }
        return "\(whole).\(fraction)"
    }

    /// Returns a number with a fixed count of decimals, as C's `%.*f`.
    ///
    /// - Parameter decimals: 0 to 17.
    package static func fixed(_ value: Double, decimals: Int) -> String {
        precondition((0...17).contains(decimals), "decimals must be 0 to 17, got \(decimals)")
        return formatted("%.\(decimals)f", value)
    }

    /// Returns a number with at most a count of significant digits, as C's `%.*g`.
    ///
    /// - Parameter digits: 1 to 17.
    package static func significant(_ value: Double, digits: Int = 6) -> String {
        precondition((1...17).contains(digits), "digits must be 1 to 17, got \(digits)")
        return formatted("%.\(digits)g", value)
    }

    /// Returns a count of bytes in the unit that fits: `512 B`, `1.5 KiB`, `20.0 MiB`.
    package static func bytes(_ count: Int) -> String {
        let units = ["KiB", "MiB", "GiB", "TiB"]
        guard count >= 1_024 else { return "\(count) B" }
        var value = Double(count) / 1_024
        var unit = 0
        while value >= 1_024, unit < units.count - 1 {
            value /= 1_024
            unit += 1
        }
        return "\(fixed(value, decimals: 1)) \(units[unit])"
    }

    private static func formatted(_ format: String, _ value: Double) -> String {
        // 309 digits before the point, 17 behind it, point, sign and end.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 336) { buffer, count in
            let written = unsafe withVaList([value]) { arguments in
                unsafe buffer.withMemoryRebound(to: CChar.self) { text in
                    unsafe vsnprintf(text.baseAddress, text.count, format, arguments)
                }
            }
            count = min(max(0, Int(written)), buffer.count - 1)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
