/// How often each whole number was seen, in bounded memory.
///
/// Cells are one wide as long as ``PlotLimits/distributionCellCount`` of them hold all values, then two, four and so on.
package struct IntegerDistribution: Sendable {
    /// Values of each cell.
    package private(set) var cellWidth: UInt64 = 1
    /// Counts of the cells from zero on, up to the last that holds a value.
    package private(set) var counts: [Int] = []
    /// Values so far.
    package private(set) var total = 0
    /// The largest value; zero before any.
    package private(set) var maximum: UInt64 = 0
    private var sum = 0.0

    /// Creates an empty distribution.
    package init() {}

    /// The mean of the values, exact but for rounding; zero before any.
    package var mean: Double { total == 0 ? 0 : sum / Double(total) }

    /// Counts a value.
    package mutating func add(_ value: UInt64) {
        while value / cellWidth >= PlotLimits.distributionCellCount { doubleCells() }
        let cell = Int(value / cellWidth)
        if cell >= counts.count { counts += Array(repeating: 0, count: cell + 1 - counts.count) }
        counts[cell] += 1
        total += 1
        sum += Double(value)
        maximum = max(maximum, value)
    }

    /// Returns the counts of bars of equal width, from zero on, at most ``PlotLimits/histogramBarCount`` of them.
    func bars() -> (width: UInt64, counts: [Int]) {
        var cellsPerBar = 1
        if counts.count > PlotLimits.histogramBarCount {
            let step = DecimalStep(atLeast: Double(counts.count) / Double(PlotLimits.histogramBarCount))
            cellsPerBar = Int(step.value.rounded())
        }
        let bars = stride(from: 0, to: counts.count, by: cellsPerBar).map { start in
            counts[start..<min(start + cellsPerBar, counts.count)].reduce(0, +)
        }
        return (cellWidth * UInt64(cellsPerBar), bars)
    }

    private mutating func doubleCells() {
        counts = stride(from: 0, to: counts.count, by: 2).map { index in
            counts[index] + (index + 1 < counts.count ? counts[index + 1] : 0)
        }
        cellWidth *= 2
    }
}
