internal import Testing

@testable import Reporting

@Suite struct PlotAxisTests {
    @Test(
        "linear ticks are multiples of 1, 2 or 5 times a power of ten",
        arguments: [
            ([0, 1], ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
            ([0, 21_250], ["0", "5,000", "10,000", "15,000", "20,000", "25,000"]),
            ([-3, 7], ["\u{2212}4", "\u{2212}2", "0", "2", "4", "6", "8"]),
            ([0.91, 0.997], ["0.90", "0.92", "0.94", "0.96", "0.98", "1.00"]),
            ([0, 4e7], ["0", "1×10⁷", "2×10⁷", "3×10⁷", "4×10⁷"]),
            ([0, 2e-6], ["0", "0.5×10⁻⁶", "1.0×10⁻⁶", "1.5×10⁻⁶", "2.0×10⁻⁶"]),
        ] as [([Double], [String])])
    func linear(values: [Double], labels: [String]) {
        let axis = PlotAxis(showing: values, isWidenedToTicks: true)
        #expect(axis.ticks.map(\.label) == labels)
        #expect(axis.position(of: axis.lower) == 0 && axis.position(of: axis.upper) == 1)
    }

    @Test(
        "logarithmic ticks are powers of ten, with 2 and 5 between where these are few",
        arguments: [
            ([1e-4, 1], ["10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "10⁰"]),
            ([0.01, 100], ["0.01", "0.1", "1", "10", "100"]),
            ([1e-12, 1], ["10⁻¹²", "10⁻⁹", "10⁻⁶", "10⁻³", "10⁰"]),
            ([3, 60], ["5", "10", "20", "50"]),
            ([2e-5, 1e-4], ["2×10⁻⁵", "5×10⁻⁵", "10⁻⁴"]),
            ([3.1, 3.9], ["3.2", "3.4", "3.6", "3.8"]),
        ] as [([Double], [String])])
    func logarithmic(values: [Double], labels: [String]) {
        let axis = PlotAxis(showing: values, scale: .logarithmic)
        #expect(axis.ticks.map(\.label) == labels)
    }

    @Test("ticks lie inside the axis and number neither few nor many, whatever the range")
    func ranges() {
        var low = 1e-9
        while low < 1e12 {
            for ratio in [1.001, 1.3, 2, 9.9, 47, 1e3, 1e7, 1e15] {
                for scale in [PlotScale.linear, .logarithmic] {
                    let axis = PlotAxis(showing: [low, low * ratio], scale: scale)
                    let case_ = "\(scale) \(low) \(ratio)"
                    #expect((2...11).contains(axis.ticks.count), "\(case_): \(axis.ticks.map(\.label))")
                    #expect(
                        axis.ticks.allSatisfy { (-1e-6...1 + 1e-6).contains(axis.position(of: $0.value)) })
                    #expect(Set(axis.ticks.map(\.label)).count == axis.ticks.count, "\(case_)")
                    #expect((0...1).contains(axis.position(of: low)), "\(case_)")
                }
            }
            low *= 13.7
        }
    }

    @Test(
        "values without a range or without a place still give an axis",
        arguments: [
            [], [0], [5], [-5, -5], [1e9, 1e9 + 1e-7], [.nan], [.infinity, -.infinity], [1e308, -1e308],
            [1e140, -1e140], [1e-140, 1e140], [.leastNonzeroMagnitude],
        ] as [[Double]])
    func degenerate(values: [Double]) {
        for scale in [PlotScale.linear, .logarithmic] {
            let axis = PlotAxis(showing: values, scale: scale, isWidenedToTicks: true)
            #expect(axis.lower.isFinite && axis.upper.isFinite && axis.lower < axis.upper)
            #expect(axis.ticks.count >= 2)
            for value in values where scale.shows(value) {
                #expect((0...1).contains(axis.position(of: value)))
            }
        }
    }

    @Test("counts are marked at whole numbers")
    func counts() {
        #expect(
            PlotAxis(showing: [1], startsAtZero: true, isWidenedToTicks: true, counts: true).ticks.map(
                \.label)
                == ["0", "1"])
        #expect(PlotAxis(showing: [-0.5, 2.5], counts: true).ticks.map(\.label) == ["0", "1", "2"])
    }

    @Test(
        "decimals are exact",
        arguments: [
            (0, -3, "0"), (5, -1, "0.5"), (-5, -2, "\u{2212}0.05"), (1_234_567, -3, "1,234.567"),
            (12, 4, "120,000"),
            (999, 0, "999"), (1_000, 0, "1,000"), (30, -1, "3.0"),
        ])
    func decimals(digits: Int, exponent: Int, text: String) {
        #expect(DecimalText.plain(digits, exponent: exponent) == text)
    }
}
