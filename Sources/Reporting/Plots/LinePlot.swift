/// Curves over two axes.
package struct LinePlot: Plot {
    /// One curve.
    package struct Series: Sendable {
        /// What the legend calls it.
        package let name: String
        /// The points from left to right; at most ``PlotLimits/curvePointCount`` of those given, extremes among them.
        package let points: [(x: Double, y: Double)]

        /// Creates a curve; points that are not finite are left out.
        package init(name: String, points: [(x: Double, y: Double)]) {
            self.name = name
            var thinner = CurveThinner()
            for point in points { thinner.append(x: point.x, y: point.y) }
            self.points = thinner.points
        }
    }

    package let title: String
    private let xLabel: String
    private let yLabel: String
    private let xScale: PlotScale
    private let yScale: PlotScale
    private let series: [Series]

    /// Creates a plot; of more than ``PlotLimits/seriesCount`` curves, the first are shown.
    package init(
        title: String, xLabel: String, yLabel: String, xScale: PlotScale = .linear,
        yScale: PlotScale = .linear, series: [Series]
    ) {
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.xScale = xScale
        self.yScale = yScale
        self.series = Array(series.prefix(PlotLimits.seriesCount))
    }

    package func svg(width: Int, height: Int) -> String {
        let shown = series.map { curve in
            curve.points.filter { xScale.shows($0.x) && yScale.shows($0.y) }
        }
        let all = shown.joined()
        var drawing = SVGDrawing(
            title: title, summary: summary(shown), width: Double(width), height: Double(height))
        let frame = PlotFrame(
            width: Double(width), height: Double(height),
            x: PlotAxis(showing: all.lazy.map(\.x), scale: xScale),
            y: PlotAxis(showing: all.lazy.map(\.y), scale: yScale, isWidenedToTicks: true),
            xLabel: xLabel, yLabel: yLabel,
            keys: series.map { PlotFrame.Key(name: $0.name, sample: .curve) }, on: &drawing)
        for (index, points) in shown.enumerated() {
            let places = points.map { frame.place(x: $0.x, y: $0.y) }
            if places.count == 1 {
                drawing.mark(index, x: places[0].x, y: places[0].y, radius: 4)
            } else if !places.isEmpty {
                drawing.path("plot-curve plot-series-\(index)", through: places)
            }
        }
        if all.isEmpty {
            let (left, right, top) = frame.edges
            drawing.text(
                "no data", x: (left + right) / 2, y: (top + frame.baseline) / 2, anchor: .middle)
        }
        return drawing.svg
    }

    private func summary(_ shown: [[(x: Double, y: Double)]]) -> String {
        let texts = zip(series, shown).map { series, points in
            guard let first = points.first, let last = points.last else { return "\(series.name): no data" }
            return "\(series.name): \(PlotNumber.text(first.y)) at \(PlotNumber.text(first.x)), "
                + "\(PlotNumber.text(last.y)) at \(PlotNumber.text(last.x))"
        }
        return "\(yLabel) against \(xLabel). " + texts.joined(separator: "; ")
    }

    package var table: MarkupTable {
        var table = MarkupTable(
            (series.count > 1 ? [("curve", .left)] : []) + [(xLabel, .right), (yLabel, .right)])
        for curve in series {
            for point in curve.points {
                table.append(
                    (series.count > 1 ? [curve.name] : []) + [
                        PlotNumber.text(point.x), PlotNumber.text(point.y),
                    ])
            }
        }
        return table
    }
}
