/// What a benchmark took.
struct BenchmarkResult: Codable {
    let name: String
    let size: String
    let baseline: String
    /// Seconds of one operation of ours.
    let medianSeconds: Double
    let bestSeconds: Double
    let baselineMedianSeconds: Double
    let baselineBestSeconds: Double
    /// How many times as fast as the baseline: the median of the pairs' ratios, and the ratio of the two best times.
    let speedMedian: Double
    let speedBest: Double
    /// The lowest and the highest of the pairs' ratios.
    let speedRange: [Double]
    /// Operations that were measured, where their number is part of the claim.
    let operationCount: Int?
    /// The largest error of a result, relative to the size of the input, where results are approximate.
    let worstError: Double?
    /// By the median, where an operation is an update.
    let updatesPerMinute: Double?
    /// What else there is to know of what was measured.
    let remark: String?

    init(of benchmark: Benchmark, _ samples: [PairedSample]) {
        name = benchmark.name
        size = benchmark.size
        baseline = benchmark.baseline
        let subject = samples.map(\.subjectSeconds).sorted()
        let other = samples.map(\.baselineSeconds).sorted()
        let speeds = samples.map(\.speed).sorted()
        medianSeconds = Self.median(subject)
        bestSeconds = subject[0]
        baselineMedianSeconds = Self.median(other)
        baselineBestSeconds = other[0]
        speedMedian = Self.median(speeds)
        speedBest = other[0] / subject[0]
        speedRange = [speeds[0], speeds[speeds.count - 1]]
        let counts = samples.compactMap(\.operationCount)
        operationCount = counts.isEmpty ? nil : counts.reduce(0, +)
        worstError = samples.compactMap(\.worstError).max()
        updatesPerMinute = benchmark.countsUpdates ? 60 / medianSeconds : nil
        remark = samples.compactMap(\.remark).last
    }

    /// The row of the table.
    var line: String {
        [
            TextTable.leading(name, 26), TextTable.leading(size, 22),
            TextTable.trailing(TextTable.time(medianSeconds), 10),
            TextTable.trailing(TextTable.time(bestSeconds), 10),
            TextTable.trailing(TextTable.time(baselineMedianSeconds), 10),
            TextTable.trailing(TextTable.time(baselineBestSeconds), 10),
            TextTable.trailing(TextTable.number(speedMedian), 8),
            TextTable.trailing(TextTable.number(speedBest), 8), "  " + baseline,
        ].joined() + annotations.map { "; " + $0 }.joined()
    }

    /// What stands behind the row.
    private var annotations: [String] {
        var annotations: [String] = []
        if let operationCount { annotations.append("\(operationCount) operations") }
        if let updatesPerMinute {
            annotations.append("\(TextTable.number(updatesPerMinute)) updates a minute")
        }
        if let worstError { annotations.append("worst error \(TextTable.scientific(worstError))") }
        if let remark { annotations.append(remark) }
        return annotations
    }

    /// The names of the columns of ``line``.
    static let columnNames: String = [
        TextTable.leading("benchmark", 26), TextTable.leading("size", 22), TextTable.trailing("median", 10),
        TextTable.trailing("best", 10), TextTable.trailing("baseline", 10), TextTable.trailing("best", 10),
        TextTable.trailing("speed", 8), TextTable.trailing("best", 8), "  baseline is",
    ].joined()

    private static func median(_ sorted: [Double]) -> Double {
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}
