/// A table of text as Markdown.
package struct MarkdownTable: Sendable, Equatable {
    private let titles: [String]
    private var rows: [[String]] = []

    /// Creates a table without rows; the first column has names and stands left, the others numbers and stand right.
    package init(_ titles: [String]) {
        self.titles = titles
    }

    /// Adds a row: as many texts as there are columns.
    package mutating func append(_ row: [String]) {
        precondition(row.count == titles.count, "a row has \(titles.count) cells, got \(row.count)")
        rows.append(row)
    }

    /// The table's lines, each ended.
    package var markdown: String {
        let rule = "|---|" + String(repeating: "---:|", count: titles.count - 1)
        return ([line(titles), rule] + rows.map(line)).joined(separator: "\n") + "\n"
    }

    private func line(_ cells: [String]) -> String {
        "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
}
