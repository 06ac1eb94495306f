/// Text inside XML and HTML.
package enum MarkupText {
    /// Returns text that reads as itself between tags and inside quoted attributes.
    ///
    /// Characters that XML 1.0 does not allow, and those that turn the direction of the text around them, become
    /// U+FFFD: a name must not change what is shown beside it.
    package static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(isAllowed(scalar) ? scalar : "\u{FFFD}")
            }
        }
        return escaped
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: true
        case 0..<0x20, 0x7F..<0xA0, 0xFFFE, 0xFFFF: false
        case 0x202A...0x202E, 0x2066...0x2069: false
        default: true
        }
    }
}
