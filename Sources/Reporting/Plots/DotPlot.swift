/// Marks on a common scale: a row a name, a mark a series.
///
/// Up to ``PlotLimits/namedRowCount`` rows stand below one another with their names. More are put into the order of
/// the leading series' values and drawn side by side, where the eye finds the distribution and the exceptions; the
/// names are then in the tips and in the table.
package struct DotPlot: Plot {
    package let title: String
    private let valueLabel: String
    private let rowsLabel: String
    private let series: [String]
    private let rows: [PlotRow]
    private let flag: String?

    /// Creates a plot; of more than ``PlotLimits/seriesCount`` series or ``PlotLimits/rowCount`` rows, the first are
    /// shown.
    ///
    /// - Parameters:
    ///   - valueLabel: What the marks measure, with the unit.
    ///   - rowsLabel: What the rows are.
    ///   - series: The first is the leading one.
    ///   - flag: What it says of a row that it is flagged: its leading mark is framed; nil where no row is.
    package init(
        title: String, valueLabel: String, rowsLabel: String, series: [String], rows: [PlotRow],
        flag: String? = nil
    ) {
        self.title = title
        self.valueLabel = valueLabel
        self.rowsLabel = rowsLabel
        self.series = Array(series.prefix(PlotLimits.seriesCount))
        self.rows = Array(rows.prefix(PlotLimits.rowCount))
        self.flag = rows.prefix(PlotLimits.rowCount).contains(where: \.isFlagged) ? flag : nil
    }

    /// Returns the picture; its height follows from the rows where they stand below one another.
    package func svg(width: Int, height: Int) -> String {
        rows.count <= PlotLimits.namedRowCount
            ? named(width: Double(width)) : ranked(width: Double(width), height: Double(height))
    }

    package var table: MarkupTable {
        PlotRow.table(of: rows, names: rowsLabel, series: series, flag: flag)
    }

    private var keys: [PlotFrame.Key] {
        series.map { PlotFrame.Key(name: $0, sample: .mark) }
            + (flag.map { [PlotFrame.Key(name: $0, sample: .flag)] } ?? [])
    }

    private var values: [Double] { rows.flatMap { row in series.indices.compactMap { row.value($0) } } }

    private func named(width: Double) -> String {
        let height = RowFrame.height(
            rowCount: rows.count, rowHeight: Self.rowHeight, keys: keys, width: width)
        var drawing = SVGDrawing(title: title, summary: summary, width: width, height: height)
        let frame = RowFrame(
            width: width, height: height, rows: rows, rowHeight: Self.rowHeight,
            axis: PlotAxis(showing: values, isWidenedToTicks: true), valueLabel: valueLabel, keys: keys,
            on: &drawing)
        for (index, row) in rows.enumerated() {
            let y = frame.y(of: index)
            let places = series.indices.compactMap { row.value($0) }.map(frame.x)
            if let first = places.min(), let last = places.max(), last > first {
                drawing.line("plot-line", from: (first, y), to: (last, y))
            }
            for item in drawingOrder {
                guard let value = row.value(item) else { continue }
                drawing.mark(item, x: frame.x(of: value), y: y, radius: 5.5, tip: tip(row, item, value))
            }
            if isFlagged(row), let value = row.value(0) {
                drawing.flag(x: frame.x(of: value), y: y, radius: 5.5)
            }
        }
        return drawing.svg
    }

    private func ranked(width: Double, height: Double) -> String {
        var drawing = SVGDrawing(title: title, summary: summary, width: width, height: height)
        let frame = PlotFrame(
            width: width, height: height,
            x: PlotAxis(showing: [1, Double(rows.count)], counts: true),
            y: PlotAxis(showing: values, isWidenedToTicks: true),
            xLabel: series.first.map { "\(rowsLabel)s in the order of \($0)" } ?? rowsLabel,
            yLabel: valueLabel, keys: keys, on: &drawing)
        let order = rows.indices.sorted { left, right in
            let values = (rows[left].value(0) ?? .infinity, rows[right].value(0) ?? .infinity)
            return values.0 == values.1 ? left < right : values.0 < values.1
        }
        for item in drawingOrder {
            for (rank, index) in order.enumerated() {
                guard let value = rows[index].value(item) else { continue }
                let place = frame.place(x: Double(rank + 1), y: value)
                let radius = width < 600 ? 2.2 : 3.2
                drawing.mark(
                    item, x: place.x, y: place.y, radius: radius, isUpright: false,
                    tip: tip(rows[index], item, value))
                if item == 0, isFlagged(rows[index]) { drawing.flag(x: place.x, y: place.y, radius: radius) }
            }
        }
        return drawing.svg
    }

    /// The leading series above the others, and bars above all: they hide nothing.
    private var drawingOrder: [Int] {
        let bars = series.indices.filter { SVGDrawing.form(of: $0) == .bar }
        return series.indices.reversed().filter { SVGDrawing.form(of: $0) != .bar } + bars
    }

    private var summary: String {
        let texts = series.indices.map { item in
            let shown = rows.compactMap { $0.value(item) }
            guard let low = shown.min(), let high = shown.max() else { return "\(series[item]): no data" }
            return "\(series[item]): from \(PlotNumber.text(low)) to \(PlotNumber.text(high))"
        }
        return "\(valueLabel) of \(rows.count) \(rowsLabel)s. " + texts.joined(separator: "; ")
    }

    private func tip(_ row: PlotRow, _ item: Int, _ value: Double) -> String {
        "\(row.name), \(series[item]): \(PlotNumber.text(value))"
            + (item == 0 && isFlagged(row) ? flag.map { ", \($0)" } ?? "" : "")
    }

    private func isFlagged(_ row: PlotRow) -> Bool { flag != nil && row.isFlagged }

    private static let rowHeight = 30.0
}
