/// Fields of CSV text (RFC 4180).
package enum CSVText {
    /// Returns a field, in quotes where it holds a comma, a quote or a line end, or blanks at its ends.
    package static func field(_ text: String) -> String {
        let bytes = text.utf8
        let needsQuotes =
            bytes.contains { isSpecial($0) } || bytes.first.map { isBlank($0) } ?? false
            || bytes.last.map { isBlank($0) } ?? false
        guard needsQuotes else { return text }
        var quoted: [UInt8] = [UInt8(ascii: "\"")]
        for byte in bytes {
            if byte == UInt8(ascii: "\"") { quoted.append(byte) }
            quoted.append(byte)
        }
        quoted.append(UInt8(ascii: "\""))
        return String(decoding: quoted, as: UTF8.self)
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"): true
        default: false
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    /// Returns the fields of one line without its line feed; nil where a quoted field does not end as it must.
    ///
    /// A field with a line feed inside is not one line, and not read.
    package static func fields(_ line: ArraySlice<UInt8>) -> [String]? {
        let quote = UInt8(ascii: "\"")
        let comma = UInt8(ascii: ",")
        var fields: [String] = []
        var place = line.startIndex
        while true {
            if place < line.endIndex, line[place] == quote {
                var field: [UInt8] = []
                place += 1
                while true {
                    guard let end = line[place...].firstIndex(of: quote) else { return nil }
                    field += line[place..<end]
                    place = end + 1
                    guard place < line.endIndex, line[place] == quote else { break }
                    field.append(quote)
                    place += 1
                }
                guard place == line.endIndex || line[place] == comma else { return nil }
                fields.append(String(decoding: field, as: UTF8.self))
            } else {
                let end = line[place...].firstIndex(of: comma) ?? line.endIndex
                fields.append(String(decoding: line[place..<end], as: UTF8.self))
                place = end
            }
            guard place < line.endIndex else { return fields }
            place += 1
        }
    }

    /// Returns a whole line with its line feed.
    package static func line(_ fields: [String]) -> String {
        fields.map { field($0) }.joined(separator: ",") + "\n"
    }
}
