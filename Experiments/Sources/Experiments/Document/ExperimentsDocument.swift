/// The document: an introduction, then a section for each experiment, in the catalogue's order.
package struct ExperimentsDocument: Sendable {
    private let introduction: String
    private let order: [String]
    private var sections: [String: String] = [:]

    /// Creates a document of the sections that an earlier text has for the experiments of `order`.
    package init(introduction: String, order: [String], earlier text: String) {
        self.introduction = introduction
        self.order = order
        for part in text.split(separator: Self.mark, omittingEmptySubsequences: false).dropFirst() {
            guard let end = part.firstRange(of: " -->\n") else { continue }
            let name = String(part[..<end.lowerBound])
            if order.contains(name) { sections[name] = String(part[end.upperBound...]) }
        }
    }

    /// Puts a section in the place of an earlier one.
    package mutating func replace(_ name: String, with markdown: String) {
        sections[name] = "\n" + markdown
    }

    /// The whole text.
    package var markdown: String {
        var text = introduction
        if text.last != "\n" { text += "\n" }
        for name in order {
            guard let section = sections[name] else { continue }
            text += "\n\(Self.mark)\(name) -->\n\(Self.trimmed(section))\n"
        }
        return text
    }

    /// Empty lines around sections are the document's, not theirs.
    private static func trimmed(_ section: String) -> Substring {
        var text = section[...]
        while text.last == "\n" { text.removeLast() }
        return text
    }

    private static let mark = "<!-- experiment: "
}
