internal import Reporting

/// A table of a status page, which a narrow screen shows as one card a row.
package struct StatusTable: Sendable {
    /// A column's heading and what stands below it.
    package struct Column: Sendable {
        package var title: String
        package var isNumber: Bool

        package static func text(_ title: String) -> Column { Column(title: title, isNumber: false) }
        package static func number(_ title: String) -> Column { Column(title: title, isNumber: true) }
    }

    /// One cell.
    package enum Cell: Sendable, ExpressibleByStringLiteral {
        case text(String)
        /// A text with a coloured mark before it.
        case state(String, StatusPage.Tone)

        package init(stringLiteral value: String) { self = .text(value) }
    }

    private let columns: [Column]
    private var rows: [[Cell]] = []
    private var rowCount = 0

    /// Creates a table without rows; the first column names them.
    package init(_ columns: [Column]) {
        self.columns = columns
    }

    package var isEmpty: Bool { rowCount == 0 }

    /// Adds a row; beyond ``OperatorLimits/tableRowCount`` it is only counted.
    package mutating func append(_ row: [Cell]) {
        precondition(row.count == columns.count, "a row has \(columns.count) cells, got \(row.count)")
        rowCount += 1
        if rowCount <= OperatorLimits.tableRowCount { rows.append(row) }
    }

    func html() -> String {
        guard !isEmpty else { return "" }
        var html = "<table>\n<thead><tr>"
        for column in columns {
            html += "<th scope=\"col\"\(Self.attribute(column))>\(MarkupText.escaped(column.title))</th>"
        }
        html += "</tr></thead>\n<tbody>\n"
        for row in rows {
            html += "<tr>"
            for (index, (column, cell)) in zip(columns, row).enumerated() {
                let label = " data-label=\"\(MarkupText.escaped(column.title))\""
                if index == 0 {
                    html += "<th scope=\"row\">\(Self.content(cell))</th>"
                } else if case .state = cell {
                    html += "<td class=\"stated\"\(label)>\(Self.content(cell))</td>"
                } else {
                    html += "<td\(Self.attribute(column))\(label)>\(Self.content(cell))</td>"
                }
            }
            html += "</tr>\n"
        }
        html += "</tbody>\n</table>\n"
        let omittedCount = rowCount - rows.count
        return omittedCount > 0 ? html + "<p class=\"note\">… and \(omittedCount) more</p>\n" : html
    }

    private static func attribute(_ column: Column) -> String { column.isNumber ? " class=\"number\"" : "" }

    private static func content(_ cell: Cell) -> String {
        switch cell {
        case .text(let text): MarkupText.escaped(text)
        case .state(let text, let tone):
            "<span class=\"state \(tone.rawValue)\">\(MarkupText.escaped(text))</span>"
        }
    }
}
