/// Fields of CSV text (RFC 4180).
package enum CSVText {
    /// Returns a field, in quotes where it holds a comma, a quote or a line end, or blanks at its ends.
    package static func field(_ text: String) -> String {
        let special: Set<UInt8> = [
            UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"),
        ]
        let blanks: Set<UInt8> = [UInt8(ascii: " "), UInt8(ascii: "\t")]
        let bytes = text.utf8
        let needsQuotes =
            bytes.contains { special.contains($0) } || bytes.first.map { blanks.contains($0) } ?? false
            || bytes.last.map { blanks.contains($0) } ?? false
        guard needsQuotes else { return text }
        var quoted: [UInt8] = [UInt8(ascii: "\"")]
        for byte in bytes {
            if byte == UInt8(ascii: "\"") { quoted.append(byte) }
            quoted.append(byte)
        }
        quoted.append(UInt8(ascii: "\""))
        return String(decoding: quoted, as: UTF8.self)
    }

    /// Returns a whole line with its line feed.
    package static func line(_ fields: [String]) -> String {
        fields.map { field($0) }.joined(separator: ",") + "\n"
    }
}
