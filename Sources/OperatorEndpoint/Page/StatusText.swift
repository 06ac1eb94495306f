internal import Reporting

/// Numbers as a status page shows them.
package enum StatusText {
    /// Returns a whole number in groups of three: `12,345`.
    package static func count(_ value: some BinaryInteger) -> String {
        (value < 0 ? "-" : "") + NumberText.grouped(String(value.magnitude))
    }

    /// Returns a count with its thing: `1 site`, `2 sites`.
    package static func count(_ value: some BinaryInteger, of thing: String) -> String {
        "\(count(value)) \(thing)\(value == 1 ? "" : "s")"
    }

    /// Returns a number of up to four significant digits; large ones in groups.
    package static func number(_ value: Double) -> String {
        value.magnitude >= 1_000 && value.magnitude < 0x1p53
            ? count(Int(value.rounded())) : NumberText.significant(value, digits: 4)
    }

    /// Returns a length of time in its two largest units: `45 s`, `3 min 5 s`, `2 h 10 min`, `5 d 1 h`.
    package static func duration(_ duration: Duration) -> String {
        let seconds = max(Int(duration.components.seconds), 0)
        switch seconds {
        case ..<60: return "\(seconds) s"
        case ..<3_600: return "\(seconds / 60) min \(seconds % 60) s"
        case ..<86_400: return "\(seconds / 3_600) h \(seconds % 3_600 / 60) min"
        default: return "\(seconds / 86_400) d \(seconds % 86_400 / 3_600) h"
        }
    }

    /// Returns how long ago something was: `now` below a second.
    package static func ago(_ duration: Duration) -> String {
        duration < .seconds(1) ? "now" : self.duration(duration) + " ago"
    }
}
