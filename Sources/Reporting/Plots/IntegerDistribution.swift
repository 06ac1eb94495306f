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

    /// Bars of equal width, from zero on.
    struct Bars {
        /// Values of each bar.
        let width: UInt64
        let counts: [Int]
        /// Whether the last bar also counts everything above it.
        let isOpen: Bool
    }

    /// Returns at most ``PlotLimits/histogramBarCount`` bars; a long thin tail is one bar, so that it does not press
    /// all others into a corner.
    func bars() -> Bars {
        var cellCount = bulkCellCount
        let isOpen = 2 * cellCount < counts.count
        if !isOpen { cellCount = counts.count }
        var cellsPerBar = 1
        // One bar is left for the tail, and one for rounding.
        let limit = PlotLimits.histogramBarCount - 2
        if cellCount > limit {
            cellsPerBar = Int(DecimalStep(atLeast: Double(cellCount) / Double(limit)).value.rounded())
        }
        var bars = stride(from: 0, to: cellCount, by: cellsPerBar).map { start in
            counts[start..<min(start + cellsPerBar, counts.count)].reduce(0, +)
        }
        if isOpen { bars.append(counts.dropFirst(bars.count * cellsPerBar).reduce(0, +)) }
        return Bars(width: cellWidth * UInt64(cellsPerBar), counts: bars, isOpen: isOpen)
    }

    /// The cells that hold all but the largest half percent of the values.
    private var bulkCellCount: Int {
        var rest = total / 200
        var end = counts.count
        while end > 0, counts[end - 1] <= rest {
            rest -= counts[end - 1]
            end -= 1
        }
        return end
    }

    private mutating func doubleCells() {
        counts = stride(from: 0, to: counts.count, by: 2).map { index in
            counts[index] + (index + 1 < counts.count ? counts[index + 1] : 0)
        }
        cellWidth *= 2
    }
}
