/// Durations as configuration files write them: a decimal number and a unit, such as `30s` or `1.5ms`.
package enum DurationText {
    /// Units from long to short, in nanoseconds.
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
        ("us", 1_000),
        ("ns", 1),
    ]

    /// The units for an error message.
    static let unitNames = "h, m, s, ms, us, ns"

    /// Returns a duration of at least 0 that is a whole number of nanoseconds; nil for anything else.
    package static func duration(_ text: String) -> Duration? {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        var unit = text.dropFirst(number.count)
        if unit.first == " " { unit = unit.dropFirst() }
        guard let scale = units.first(where: { $0.name == unit })?.nanoseconds else { return nil }
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }), let whole = Int64(parts[0])
        else {
            return nil
        }
        var (nanoseconds, overflow) = whole.multipliedReportingOverflow(by: scale)
        var place = scale
        for digit in parts.count == 2 ? Array(parts[1]) : [] {
            guard let value = digit.wholeNumberValue else { return nil }
            guard place % 10 == 0 else {
                if value == 0 { continue }
                return nil
            }
            place /= 10
            let sum = nanoseconds.addingReportingOverflow(Int64(value) * place)
            nanoseconds = sum.partialValue
            overflow = overflow || sum.overflow
        }
        return overflow ? nil : .nanoseconds(nanoseconds)
    }

    /// Returns the duration in the longest unit that it is a whole number of; rounded down to nanoseconds.
    package static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        if attoseconds == 0 {
            for unit in units where unit.nanoseconds >= 1_000_000_000 {
                let length = unit.nanoseconds / 1_000_000_000
                if seconds % length == 0, seconds != 0 || length == 1 {
                    return "\(seconds / length)\(unit.name)"
                }
            }
        }
        let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        for unit in units where unit.nanoseconds < 1_000_000_000 && nanoseconds % unit.nanoseconds == 0 {
            return "\(nanoseconds / unit.nanoseconds)\(unit.name)"
        }
        return "\(nanoseconds)ns"
    }
}
