/// Paragraphs in lines.
package enum TextWrap {
    /// Returns words in lines of at most `width` characters, where no word is longer.
    package static func wrapped(
        _ text: String, first: String = "", rest: String = "", width: Int = 120
    ) -> String {
        var lines: [String] = []
        var line = first
        var isEmpty = true
        for word in text.split(separator: " ") {
            if !isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                (line, isEmpty) = (rest, true)
            }
            line += isEmpty ? String(word) : " \(word)"
            isEmpty = false
        }
        lines.append(line)
        return lines.joined(separator: "\n")
    }
}
