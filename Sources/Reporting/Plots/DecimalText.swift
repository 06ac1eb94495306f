/// Exact decimal numbers as the text of an axis, without a detour over binary fractions.
enum DecimalText {
    /// Returns `digits` times ten to the `exponent` in full: `20,000`, `-0.05`.
    static func plain(_ digits: Int, exponent: Int) -> String {
        guard digits != 0 else { return "0" }
        let sign = digits < 0 ? "\u{2212}" : ""
        var text = String(digits.magnitude)
        guard exponent < 0 else {
            return sign + NumberText.grouped(text + String(repeating: "0", count: exponent))
        }
        if text.count <= -exponent {
            text = String(repeating: "0", count: 1 - exponent - text.count) + text
        }
        let whole = text.dropLast(-exponent)
        return sign + NumberText.grouped(String(whole)) + "." + text.suffix(-exponent)
    }

    /// Returns `digits` times ten to the `exponent`, as a multiple of ten to the `power`: `1.5×10⁻⁴`.
    static func scientific(_ digits: Int, exponent: Int, power: Int) -> String {
        guard digits != 0 else { return "0" }
        return plain(digits, exponent: exponent - power) + "×" + powerOfTen(power)
    }

    /// Returns `10⁻³`.
    static func powerOfTen(_ power: Int) -> String {
        let superscripts: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
        let digits = String(power.magnitude).compactMap { $0.wholeNumberValue }.map { superscripts[$0] }
        return "10" + (power < 0 ? "⁻" : "") + String(digits)
    }
}
