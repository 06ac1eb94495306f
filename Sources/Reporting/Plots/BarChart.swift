/// Horizontal bars in groups: a group a row, a bar a series.
package struct BarChart: Plot {
    package let title: String
    private let valueLabel: String
    private let rowsLabel: String
    private let series: [String]
    private let rows: [PlotRow]

    /// Creates a chart; of more than ``PlotLimits/seriesCount`` series or ``PlotLimits/rowCount`` rows, the first are
    /// shown.
    ///
    /// - Parameters:
    ///   - valueLabel: What the bars measure, with the unit.
    ///   - rowsLabel: What the rows are.
    package init(title: String, valueLabel: String, rowsLabel: String, series: [String], rows: [PlotRow]) {
        self.title = title
        self.valueLabel = valueLabel
        self.rowsLabel = rowsLabel
        self.series = Array(series.prefix(PlotLimits.seriesCount))
        self.rows = Array(rows.prefix(PlotLimits.rowCount))
    }

    /// Returns the picture; its height follows from the rows.
    package func svg(width: Int, height _: Int) -> String {
        let keys = series.map { PlotFrame.Key(name: $0, sample: .bar) }
        let rowHeight = Double(series.count) * Self.barHeight + 18
        let height = RowFrame.height(
            rowCount: rows.count, rowHeight: rowHeight, keys: keys, width: Double(width))
        var drawing = SVGDrawing(
            title: title,
            summary: valueLabel + ". "
                + rows.map { row in
                    "\(row.name): "
                        + series.indices.map { "\(series[$0]) \(row.value($0).map(PlotNumber.text) ?? "-")" }
                        .joined(separator: ", ")
                }.joined(separator: "; "),
            width: Double(width), height: height)
        let values = rows.flatMap { row in series.indices.compactMap { row.value($0) } }
        let frame = RowFrame(
            width: Double(width), height: height, rows: rows, rowHeight: rowHeight,
            axis: PlotAxis(showing: values, startsAtZero: true, isWidenedToTicks: true, tickCount: 4),
            valueLabel: valueLabel, keys: keys,
            valueTextWidth: 44, on: &drawing)
        for (index, row) in rows.enumerated() {
            var y = frame.y(of: index) - Double(series.count) * Self.barHeight / 2
            for item in series.indices {
                if let value = row.value(item) {
                    let start = frame.x(of: min(value, 0))
                    let end = frame.x(of: max(value, 0))
                    drawing.rectangle(
                        "plot-bar plot-series-\(item)", x: start, y: y + 1, width: max(end - start, 1),
                        height: Self.barHeight - 2,
                        tip: "\(row.name), \(series[item]): \(PlotNumber.text(value))")
                    drawing.text(
                        NumberText.significant(value, digits: 3), x: max(end, start + 1) + 5,
                        y: y + Self.barHeight / 2 + 4, class: "plot-ink")
                }
                y += Self.barHeight
            }
        }
        return drawing.svg
    }

    package var table: MarkupTable { PlotRow.table(of: rows, names: rowsLabel, series: series) }

    private static let barHeight = 20.0
}
