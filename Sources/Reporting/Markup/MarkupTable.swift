/// A table of text as HTML.
package struct MarkupTable: Sendable {
    /// Where a column's text stands.
    package enum Alignment: Sendable {
        /// Names.
        case left
        /// Numbers.
        case right
    }

    private let columns: [(title: String, alignment: Alignment)]
    private var rows: [[String]] = []

    /// Creates a table without rows.
    package init(_ columns: [(title: String, alignment: Alignment)]) {
        self.columns = columns
    }

    /// Adds a row: as many texts as there are columns; the first names the row.
    package mutating func append(_ row: [String]) {
        precondition(row.count == columns.count, "a row has \(columns.count) cells, got \(row.count)")
        rows.append(row)
    }

    /// The table, in an element that scrolls where it is wider than the page.
    package var html: String {
        var html = "<div class=\"table\" tabindex=\"0\"><table>\n<thead><tr>"
        for column in columns {
            html += "<th scope=\"col\"\(attribute(column.alignment))>\(MarkupText.escaped(column.title))</th>"
        }
        html += "</tr></thead>\n<tbody>\n"
        for row in rows {
            html += "<tr>"
            for (index, text) in row.enumerated() {
                let element = index == 0 ? "th scope=\"row\"" : "td"
                html += "<\(element)\(attribute(columns[index].alignment))>\(MarkupText.escaped(text))"
                html += index == 0 ? "</th>" : "</td>"
            }
            html += "</tr>\n"
        }
        return html + "</tbody>\n</table></div>\n"
    }

    private func attribute(_ alignment: Alignment) -> String {
        alignment == .right ? " class=\"number\"" : ""
    }
}
