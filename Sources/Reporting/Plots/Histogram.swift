/// The distribution of whole numbers as bars.
package struct Histogram: Plot {
    package let title: String
    private let xLabel: String
    private let yLabel: String
    private let distribution: IntegerDistribution

    /// Creates a histogram.
    package init(title: String, xLabel: String, yLabel: String, distribution: IntegerDistribution) {
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.distribution = distribution
    }

    package func svg(width: Int, height: Int) -> String {
        let bars = distribution.bars()
        let (barWidth, counts) = (bars.width, bars.counts)
        var drawing = SVGDrawing(
            title: title,
            summary: "\(xLabel): mean \(PlotNumber.text(distribution.mean)), largest "
                + "\(distribution.maximum), of \(distribution.total)",
            width: Double(width), height: Double(height))
        // A bar of single values stands over its value, a wider one between its ends.
        let shift = barWidth == 1 ? 0.5 : 0
        let step = Double(barWidth)
        let end = Double(max(counts.count, 1)) * step
        let frame = PlotFrame(
            width: Double(width), height: Double(height),
            x: PlotAxis(showing: [-shift, end - shift], counts: true),
            y: PlotAxis(
                showing: counts.map { Double($0) }, startsAtZero: true, isWidenedToTicks: true, counts: true),
            xLabel: xLabel, yLabel: yLabel, keys: [], on: &drawing)
        for (index, count) in counts.enumerated() where count > 0 {
            let left = frame.place(x: Double(index) * step - shift, y: Double(count))
            let right = frame.place(x: Double(index + 1) * step - shift, y: 0)
            // One of a million is seen as well.
            let top = min(left.y, frame.baseline - 1)
            let gap = min(1.5, (right.x - left.x) * 0.15)
            drawing.rectangle(
                "plot-bar plot-series-0", x: left.x + gap / 2, y: top, width: right.x - left.x - gap,
                height: frame.baseline - top, tip: "\(range(index, bars)): \(count)")
            if bars.isOpen, index == counts.count - 1 {
                drawing.text(
                    "and more", x: right.x, y: top - 5, anchor: .end)
            }
        }
        if distribution.total == 0 {
            let (left, right, top) = frame.edges
            drawing.text(
                "no data", x: (left + right) / 2, y: (top + frame.baseline) / 2, anchor: .middle)
        }
        return drawing.svg
    }

    package var table: MarkupTable {
        var table = MarkupTable([(xLabel, .right), (yLabel, .right), ("share", .right)])
        let bars = distribution.bars()
        for (index, count) in bars.counts.enumerated() {
            let share = 100 * Double(count) / Double(max(distribution.total, 1))
            table.append([
                range(index, bars), "\(count)", NumberText.fixed(share, decimals: 2) + " %",
            ])
        }
        return table
    }

    private func range(_ index: Int, _ bars: IntegerDistribution.Bars) -> String {
        let start = UInt64(index) * bars.width
        if bars.isOpen, index == bars.counts.count - 1 { return "\(start) to \(distribution.maximum)" }
        return bars.width == 1
            ? "\(start)"
            : "\(start) to \(start + min(bars.width - 1, distribution.maximum - min(start, distribution.maximum)))"
    }
}
