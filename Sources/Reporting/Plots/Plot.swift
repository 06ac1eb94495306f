/// A picture of data, with the data.
package protocol Plot: Sendable {
    /// What it shows.
    var title: String { get }
    /// Returns the picture as an inline SVG image of a width and, unless the data decide it, a height.
    ///
    /// Text is legible where the image is shown at about the given width. The page has ``PlotStyle/css``.
    func svg(width: Int, height: Int) -> String
    /// What is drawn, as numbers.
    var table: MarkupTable { get }
}

extension Plot {
    /// Returns a figure with caption, picture and, folded up, the data.
    ///
    /// - Parameters:
    ///   - wideWidth: The width of a second picture, which the page shows instead where it is wide (class `wide`);
    ///     the first then has the class `narrow`.
    ///   - note: A sentence below the title.
    package func figure(
        width: Int = 440, height: Int = 280, wideWidth: Int? = nil, note: String = ""
    ) -> String {
        var html = "<figure>\n<figcaption><h3>\(MarkupText.escaped(title))</h3>"
        if !note.isEmpty { html += "<p>\(MarkupText.escaped(note))</p>" }
        html += "</figcaption>\n"
        if let wideWidth {
            html += "<div class=\"narrow\">\(svg(width: width, height: height))</div>\n"
            html += "<div class=\"wide\">\(svg(width: wideWidth, height: height))</div>\n"
        } else {
            html += svg(width: width, height: height)
        }
        return html + "<details><summary>Data</summary>\n\(table.html)</details>\n</figure>\n"
    }
}

/// Numbers in plots' tables and tips.
enum PlotNumber {
    /// Returns a number short enough to read, exact enough to compare.
    static func text(_ value: Double) -> String {
        guard value.isFinite else { return "-" }
        if value == value.rounded(), value.magnitude < 1e9 { return "\(Int(value))" }
        return NumberText.significant(value, digits: 6)
    }
}
