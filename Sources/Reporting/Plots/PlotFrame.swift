/// What plots with a vertical and a horizontal axis share: margins, ticks, labels, legend.
///
/// The label of the vertical axis stands above it, where it can be read without turning the head.
struct PlotFrame {
    /// The key of one series.
    struct Key {
        enum Sample {
            case curve, mark, bar
            /// The frame around the leading mark of a flagged row.
            case flag
        }

        let name: String
        let sample: Sample
    }

    /// What is where, in the image's coordinates.
    private let left: Double
    private let top: Double
    private let right: Double
    private let bottom: Double
    private let xAxis: PlotAxis
    private let yAxis: PlotAxis

    /// Height of a line of text.
    static let lineHeight = 18.0

    /// Draws axes, labels and legend, and knows from then on where values stand.
    init(
        width: Double, height: Double, x xAxis: PlotAxis, y yAxis: PlotAxis, xLabel: String, yLabel: String,
        keys: [Key], on drawing: inout SVGDrawing
    ) {
        self.xAxis = xAxis
        self.yAxis = yAxis
        let labelWidth = yAxis.ticks.reduce(0) { max($0, SVGDrawing.width(of: $1.label)) }
        left = labelWidth + 10
        right = width - 14
        var y = 14.0
        if !yLabel.isEmpty {
            drawing.text(yLabel, x: 2, y: y)
            y += Self.lineHeight
        }
        y = Self.drawLegend(keys, from: y, left: 2, right: right, on: &drawing)
        top = y - 6
        bottom = height - 40

        for tick in yAxis.ticks {
            let place = bottom - yAxis.position(of: tick.value) * (bottom - top)
            drawing.line("plot-grid", from: (left, place), to: (right, place))
            drawing.text(tick.label, x: left - 7, y: place + 4, anchor: .end)
        }
        var end = -Double.infinity
        for tick in xAxis.ticks {
            let place = left + xAxis.position(of: tick.value) * (right - left)
            drawing.line("plot-line", from: (place, bottom), to: (place, bottom + 4))
            // A label that would touch the one before is left out; at the edge, one moves inward.
            let half = SVGDrawing.width(of: tick.label) / 2
            let center = min(max(place, half), width - half)
            guard center - half > end + 6 else { continue }
            end = center + half
            drawing.text(tick.label, x: center, y: bottom + 18, anchor: .middle)
        }
        drawing.line("plot-line", from: (left, bottom), to: (right, bottom))
        drawing.text(xLabel, x: (left + right) / 2, y: height - 6, anchor: .middle)
    }

    /// The place of a value pair.
    func place(x: Double, y: Double) -> (x: Double, y: Double) {
        (left + xAxis.position(of: x) * (right - left), bottom - yAxis.position(of: y) * (bottom - top))
    }

    /// The horizontal axis's height.
    var baseline: Double { bottom }

    /// The left end of the horizontal axis, its right end, and the upper end of the vertical one.
    var edges: (left: Double, right: Double, top: Double) { (left, right, top) }

    /// Draws the legend, in as many lines as it needs; returns where the next line would be.
    static func drawLegend(
        _ keys: [Key], from top: Double, left: Double, right: Double, on drawing: inout SVGDrawing
    ) -> Double {
        guard keys.count > 1 else { return top }
        var x = left
        var y = top
        for (series, key) in keys.enumerated() {
            let width = 24 + SVGDrawing.width(of: key.name)
            if x > left, x + width > right {
                x = left
                y += lineHeight
            }
            switch key.sample {
            case .curve:
                drawing.path("plot-curve plot-series-\(series)", through: [(x, y - 4), (x + 18, y - 4)])
            case .mark: drawing.mark(series, x: x + 9, y: y - 4, radius: 4.5)
            case .flag: drawing.flag(x: x + 9, y: y - 4, radius: 4.5)
            case .bar:
                drawing.rectangle("plot-bar plot-series-\(series)", x: x + 4, y: y - 9, width: 10, height: 10)
            }
            drawing.text(key.name, x: x + 24, y: y, class: "plot-ink")
            x += width + 18
        }
        return y + lineHeight
    }
}
