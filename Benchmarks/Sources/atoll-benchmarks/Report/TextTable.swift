/// Cells of a table in plain text.
enum TextTable {
    static func leading(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    static func trailing(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }

    /// Returns a time with a unit that leaves one to three digits before the point.
    static func time(_ seconds: Double) -> String {
        switch seconds {
        case 1...: number(seconds) + " s"
        case 1e-3...: number(seconds * 1e3) + " ms"
        case 1e-6...: number(seconds * 1e6) + " us"
        default: number(seconds * 1e9) + " ns"
        }
    }

    /// Returns a number below 1 with two significant digits and a power of ten.
    static func scientific(_ value: Double) -> String {
        guard value.isFinite, value > 0 else { return "\(value)" }
        var (mantissa, exponent) = (value, 0)
        while mantissa < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
        return "\(Double(Int((mantissa * 10).rounded())) / 10)e\(exponent)"
    }

    /// Returns three significant digits.
    static func number(_ value: Double) -> String {
        guard value.isFinite, value > 0 else { return "\(value)" }
        if value >= 100 { return "\(Int(value.rounded()))" }
        let decimals = value >= 10 ? 1 : value >= 1 ? 2 : 3
        let scale = [1, 10, 100, 1_000][decimals]
        let scaled = Int((value * Double(scale)).rounded())
        let fraction = "\(scaled % scale)"
        return "\(scaled / scale)." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }
}
