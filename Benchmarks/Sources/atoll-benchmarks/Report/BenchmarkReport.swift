internal import FoundationEssentials

/// What was measured, where, and of which commit.
struct BenchmarkReport: Codable {
    let machine: Machine
    let commit: String?
    let repetitions: Int
    var results: [BenchmarkResult] = []
    /// What was not measured, and why.
    var skipped: [String] = []

    init(machine: Machine, commit: String?, repetitions: Int) {
        self.machine = machine
        self.commit = commit
        self.repetitions = repetitions
    }

    /// What stands above the table.
    var heading: String {
        let load = machine.loadAverage.map { ", load average \(TextTable.number($0))" } ?? ""
        return
            (["\(machine.processor), \(machine.coreCount) cores, \(machine.system)\(load)"]
            + ["commit \(commit ?? "unknown"), \(repetitions) measurements of each"] + skipped
            + ["", BenchmarkResult.columnNames]).joined(separator: "\n")
    }

    /// What stands below the table.
    var closing: String {
        """

        median, best: time of one operation, then of one operation of the baseline in the same run
        speed: times as fast as the baseline, more is better: the median of the pairs, then best against best
        """
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
