/// A table for people: columns aligned by spaces, numbers to the right.
package struct TextTable: Sendable {
    /// Where a column's text stands.
    package enum Alignment: Sendable {
        /// At the left, for names.
        case left
        /// At the right, for numbers.
        case right
    }

    private let titles: [String]
    private let alignments: [Alignment]
    private var rows: [[String]] = []

    /// Creates a table without rows.
    package init(_ columns: [(title: String, alignment: Alignment)]) {
        titles = columns.map(\.title)
        alignments = columns.map(\.alignment)
    }

    /// Adds a row with a cell a column.
    package mutating func append(_ cells: [String]) {
        precondition(cells.count == titles.count, "a row of \(cells.count) cells in \(titles.count) columns")
        rows.append(cells)
    }

    /// The lines of the table, each with a line feed: titles, dashes, rows.
    package var text: String {
        let widths = titles.indices.map { column in
            rows.reduce(titles[column].count) { max($0, $1[column].count) }
        }
        let dashes = widths.map { String(repeating: "-", count: $0) }
        return ([titles, dashes] + rows).map { line($0, widths) }.joined()
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (column, cell) in cells.enumerated() {
            let padding = String(repeating: " ", count: widths[column] - cell.count)
            if column > 0 { line += "  " }
            line += alignments[column] == .right ? padding + cell : cell + padding
        }
        while line.last == " " { line.removeLast() }
        return line + "\n"
    }
}
