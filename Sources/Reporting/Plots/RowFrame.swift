/// What plots of named rows share: names at the left, a value axis below, the legend above.
struct RowFrame {
    private let axis: PlotAxis
    private let left: Double
    private let right: Double
    private let top: Double
    private let rowHeight: Double

    /// Returns the height of a whole picture, as ``init(width:height:rows:rowHeight:axis:valueLabel:keys:on:)`` lays it out.
    static func height(rowCount: Int, rowHeight: Double, keys: [PlotFrame.Key], width: Double) -> Double {
        var scratch = SVGDrawing(title: "", summary: "", width: 0, height: 0)
        let top = PlotFrame.drawLegend(keys, from: 14, left: 2, right: width - 14, on: &scratch)
        return top - 8 + Double(rowCount) * rowHeight + 40
    }

    /// Draws names, axis and legend, and knows from then on where values stand.
    init(
        width: Double, height: Double, rows: [PlotRow], rowHeight: Double, axis: PlotAxis, valueLabel: String,
        keys: [PlotFrame.Key], valueTextWidth: Double = 0, on drawing: inout SVGDrawing
    ) {
        self.axis = axis
        self.rowHeight = rowHeight
        left = rows.reduce(0) { max($0, SVGDrawing.width(of: $1.shortName)) } + 14
        right = width - 14 - valueTextWidth
        top = PlotFrame.drawLegend(keys, from: 14, left: 2, right: width - 14, on: &drawing) - 8
        let bottom = top + Double(rows.count) * rowHeight
        var end = -Double.infinity
        for tick in axis.ticks {
            let place = left + axis.position(of: tick.value) * (right - left)
            drawing.line("plot-grid", from: (place, top), to: (place, bottom))
            let half = SVGDrawing.width(of: tick.label) / 2
            let center = min(place, width - half)
            guard center - half > end + 6 else { continue }
            end = center + half
            drawing.text(tick.label, x: center, y: bottom + 16, anchor: .middle)
        }
        for (index, row) in rows.enumerated() {
            drawing.text(
                row.shortName, x: left - 10, y: top + (Double(index) + 0.5) * rowHeight + 4, anchor: .end,
                class: "plot-ink")
        }
        drawing.line("plot-line", from: (left, bottom), to: (right, bottom))
        drawing.text(valueLabel, x: (left + right) / 2, y: height - 6, anchor: .middle)
    }

    /// Where a value stands in the width.
    func x(of value: Double) -> Double { left + axis.position(of: value) * (right - left) }

    /// The middle of a row.
    func y(of row: Int) -> Double { top + (Double(row) + 0.5) * rowHeight }
}
