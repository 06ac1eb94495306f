internal import Reporting
internal import SeededRandom
internal import TestSupport
internal import Testing

@Suite struct PlotTests {
    private static let hostile = "<b>&\"'\u{0}\u{202E}</svg> - task"

    /// Plots of the data named, of every kind.
    private static func plots(_ values: [Double]) -> [any Plot] {
        var distribution = IntegerDistribution()
        for value in values where value.isFinite && value >= 0 { distribution.add(UInt64(min(value, 1e18))) }
        let points = values.enumerated().map { (x: Double($0), y: $1) }
        let rows = values.enumerated().map { PlotRow(name: "row \($0)", values: [$1, nil, -$1]) }
        let series = ["a", "b", "c"]
        return [
            LinePlot(
                title: "line", xLabel: "x", yLabel: "y",
                series: [LinePlot.Series(name: "one", points: points)]),
            LinePlot(
                title: "line", xLabel: "x", yLabel: "y", xScale: .logarithmic, yScale: .logarithmic,
                series: [
                    LinePlot.Series(name: "one", points: points), LinePlot.Series(name: "none", points: []),
                ]),
            Histogram(title: "histogram", xLabel: "x", yLabel: "y", distribution: distribution),
            BarChart(title: "bars", valueLabel: "v", rowsLabel: "row", series: series, rows: rows),
            DotPlot(title: "dots", valueLabel: "v", rowsLabel: "row", series: series, rows: rows),
        ]
    }

    @Test(
        "any data, no data too, give well-formed pictures without a number that is none",
        arguments: [
            [], [0], [3], [2, 2, 2], [1, 2, 3], [.nan, .infinity, 1], [.nan], [-1, -2],
            [0, 1e140, -1e140, 1e308],
            (0..<200).map { Double($0 * $0) }, [.leastNormalMagnitude, .leastNonzeroMagnitude],
            [1e9, 1e9 + 1e-7],
        ] as [[Double]])
    func anyData(values: [Double]) {
        for plot in Self.plots(values) {
            for width in [100, 440, 960] {
                let svg = plot.svg(width: width, height: 260)
                #expect(MarkupCheck.fault(in: svg) == nil, "\(svg)")
                #expect(svg.contains("role=\"img\"") && svg.contains("<title>") && svg.contains("<desc>"))
                let coordinates = svg.components(between: "=\"", and: "\"").joined(separator: " ")
                #expect(!coordinates.contains("nan") && !coordinates.contains("inf"), "\(svg)")
                #expect(svg == plot.svg(width: width, height: 260))
            }
            let figure = plot.figure(width: 440, wideWidth: 960, note: "what & how")
            #expect(MarkupCheck.fault(in: figure) == nil, "\(figure)")
            #expect(figure.contains("<details>") && figure.contains("<table>"))
        }
    }

    @Test("names are text, whatever is in them")
    func escaping() {
        let hostile = Self.hostile
        let row = PlotRow(name: hostile, values: [1, 2])
        var distribution = IntegerDistribution()
        distribution.add(3)
        let point = [(x: 0.0, y: 1.0), (x: 1.0, y: 2.0)]
        let plots: [any Plot] = [
            LinePlot(
                title: hostile, xLabel: hostile, yLabel: hostile,
                series: [
                    LinePlot.Series(name: hostile, points: point), LinePlot.Series(name: "b", points: point),
                ]),
            Histogram(title: hostile, xLabel: hostile, yLabel: hostile, distribution: distribution),
            BarChart(
                title: hostile, valueLabel: hostile, rowsLabel: hostile, series: [hostile, "b"], rows: [row]),
            DotPlot(
                title: hostile, valueLabel: hostile, rowsLabel: hostile, series: [hostile, "b"], rows: [row]),
        ]
        for plot in plots {
            let figure = plot.figure(note: hostile)
            #expect(MarkupCheck.fault(in: figure) == nil, "\(figure)")
            #expect(!figure.contains("<b>") && !figure.contains("\u{202E}"))
            #expect(figure.contains("&lt;b&gt;&amp;&quot;&#39;\u{FFFD}\u{FFFD}&lt;/svg&gt;"))
        }
    }

    @Test("a picture is this text")
    func golden() {
        let plot = LinePlot(
            title: "t", xLabel: "x", yLabel: "y",
            series: [LinePlot.Series(name: "s", points: [(0, 0), (1, 0.5), (2, 1)])])
        #expect(
            plot.svg(width: 200, height: 120).contains(
                "<path class=\"plot-curve plot-series-0\" d=\"M27.4 80L106.7 53L186 26\"/>"),
            "\(plot.svg(width: 200, height: 120))")
    }

    @Test("a curve keeps its extremes, its ends and its order within the bound", arguments: [1, 2, 3])
    func thinning(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for count in [0, 1, 2, 5, 479, 480, 481, 962, 963, 100_000] {
            var thinner = CurveThinner()
            var lowest = Double.infinity
            var highest = -Double.infinity
            var ends: [Double] = []
            for index in 0..<count {
                let y = generator.normal()
                lowest = min(lowest, y)
                highest = max(highest, y)
                if index == 0 || index == count - 1 { ends.append(y) }
                thinner.append(x: Double(index), y: y)
            }
            let points = thinner.points
            #expect(points.count <= min(count, PlotLimits.curvePointCount), "seed \(seed), \(count)")
            #expect(points.count >= min(count, PlotLimits.curvePieceCount), "seed \(seed), \(count)")
            guard count > 0 else { continue }
            #expect(points.map(\.y).min() == lowest && points.map(\.y).max() == highest)
            #expect(points.first?.y == ends.first && points.last?.y == ends.last)
            #expect(zip(points, points.dropFirst()).allSatisfy { $0.x < $1.x })
        }
    }

    @Test("more than a million points are drawn in bounded text")
    func bounded() {
        let series = LinePlot.Series(
            name: "s", points: (0..<1_000_000).map { (x: Double($0), y: Double($0 % 977)) })
        let plot = LinePlot(title: "t", xLabel: "x", yLabel: "y", series: [series])
        #expect(plot.svg(width: 440, height: 280).utf8.count < 20_000)
    }

    @Test("a distribution counts every value, in wider cells where values are large")
    func distribution() {
        let bound = UInt64(PlotLimits.distributionCellCount)
        for (largest, width) in [(bound - 1, 1), (bound, 2), (2 * bound - 1, 2), (2 * bound, 4)]
            as [(UInt64, UInt64)]
        {
            var distribution = IntegerDistribution()
            for value in [0, 1, 1, largest] { distribution.add(value) }
            #expect(distribution.cellWidth == width, "\(largest)")
            #expect(distribution.counts.reduce(0, +) == 4 && distribution.total == 4)
            #expect(distribution.maximum == largest)
            #expect(distribution.mean == Double(largest + 2) / 4)
            #expect(distribution.counts.count <= PlotLimits.distributionCellCount)
        }
        var extreme = IntegerDistribution()
        extreme.add(.max)
        extreme.add(3)
        #expect(extreme.counts.reduce(0, +) == 2)
        let plot = Histogram(title: "t", xLabel: "x", yLabel: "y", distribution: extreme)
        #expect(MarkupCheck.fault(in: plot.figure()) == nil)
    }

    @Test("a long thin tail is one open bar; a short one is drawn out")
    func tail() {
        var distribution = IntegerDistribution()
        for index in 0..<1_000 { distribution.add(UInt64(index % 10)) }
        let plot = { Histogram(title: "t", xLabel: "x", yLabel: "y", distribution: distribution) }
        distribution.add(15)
        #expect(!plot().svg(width: 440, height: 280).contains("and more"))
        distribution.add(500)
        let svg = plot().svg(width: 440, height: 280)
        #expect(svg.contains("and more") && svg.contains("<title>10 to 500: 2</title>"))
        #expect(plot().table.html.contains("10 to 500"))
    }

    @Test("many rows are ranked, few have their names", arguments: [(-1, true), (0, true), (1, false)])
    func rows(offset: Int, isNamed: Bool) {
        let rows = (0..<(PlotLimits.namedRowCount + offset)).map {
            PlotRow(name: "task \($0)", values: [Double($0)])
        }
        let plot = DotPlot(title: "t", valueLabel: "v", rowsLabel: "task", series: ["Atoll"], rows: rows)
        let svg = plot.svg(width: 440, height: 280)
        #expect(svg.contains(">task 3</text>") == isNamed)
        #expect(svg.contains("<title>task 3, Atoll: 3</title>"))
    }

    @Test("the check of markup finds what is not well-formed")
    func check() {
        #expect(MarkupCheck.fault(in: "<a b=\"1\"><c/>x &amp; y</a>\n") == nil)
        for text in [
            "", "x", "<a>", "<a></b>", "<a/><b/>", "<a b=1/>", "<a b=\"1\" b=\"2\"/>", "<a>&nbsp;</a>",
            "<a>&</a>",
            "<a>\u{1}</a>", "<a b=\"<\"/>", "<a b=\"1\"c=\"2\"/>", "<a/>x", "<a><b></a></b>", "< a/>",
        ] { #expect(MarkupCheck.fault(in: text) != nil, "\(text)") }
    }
}

extension String {
    /// The parts between each pair of delimiters.
    fileprivate func components(between start: String, and end: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = self[...]
        while let opening = rest.firstRange(of: start) {
            rest = rest[opening.upperBound...]
            guard let closing = rest.firstRange(of: end) else { break }
            parts.append(rest[..<closing.lowerBound])
            rest = rest[closing.upperBound...]
        }
        return parts
    }
}
