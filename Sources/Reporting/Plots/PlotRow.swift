/// Named values, one a series, as bar charts and dot plots show them.
package struct PlotRow: Sendable {
    /// What the values are of.
    package let name: String
    /// A value a series; nil where there is none.
    package let values: [Double?]
    /// Whether the row's leading mark is framed, see ``DotPlot``.
    package let isFlagged: Bool

    /// Creates a row.
    package init(name: String, values: [Double?], isFlagged: Bool = false) {
        self.name = name
        self.values = values
        self.isFlagged = isFlagged
    }

    /// The name, cut where it is too long for a picture.
    var shortName: String {
        name.count <= PlotLimits.nameCharacterCount
            ? name : name.prefix(PlotLimits.nameCharacterCount - 1) + "…"
    }

    /// The value of a series, where there is one that can be drawn.
    func value(_ series: Int) -> Double? {
        guard series < values.count, let value = values[series], PlotScale.linear.shows(value) else {
            return nil
        }
        return value
    }

    /// A table of rows.
    ///
    /// - Parameter flag: What a flagged row is said to be, in a last column; nil for none.
    static func table(
        of rows: [PlotRow], names: String, series: [String], flag: String? = nil
    ) -> MarkupTable {
        var table = MarkupTable(
            [(names, .left)] + series.map { ($0, .right) } + (flag == nil ? [] : [("mark", .left)]))
        for row in rows {
            table.append(
                [row.name] + series.indices.map { row.value($0).map(PlotNumber.text) ?? "-" }
                    + (flag.map { [row.isFlagged ? $0 : ""] } ?? []))
        }
        return table
    }
}
