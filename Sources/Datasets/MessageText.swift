/// Values and names as error messages show them: bounded and printable.
enum MessageText {
    /// Returns a value in quotes, cut to the bound, with control characters replaced.
    static func quoted(_ text: String) -> String {
        var shown = ""
        for (index, scalar) in text.unicodeScalars.enumerated() {
            if index == DatasetsLimits.quotedCharacterCount {
                shown += "..."
                break
            }
            shown.unicodeScalars.append(scalar.properties.generalCategory == .control ? "?" : scalar)
        }
        return "\"\(shown)\""
    }

    /// Returns bytes as quoted text; bytes that are no UTF-8 show as the replacement character.
    static func quoted(_ bytes: ArraySlice<UInt8>) -> String {
        // Four bytes hold any scalar, so the prefix always holds enough of them.
        quoted(String(decoding: bytes.prefix(4 * DatasetsLimits.quotedCharacterCount + 4), as: UTF8.self))
    }

    /// Returns names in quotes, separated by commas, the first few of them.
    static func list(_ names: [String]) -> String {
        if names.isEmpty { return "none" }
        let shown = names.prefix(DatasetsLimits.listedNameCount).map { quoted($0) }.joined(separator: ", ")
        let rest = names.count - DatasetsLimits.listedNameCount
        return rest > 0 ? "\(shown) and \(rest) more" : shown
    }
}
