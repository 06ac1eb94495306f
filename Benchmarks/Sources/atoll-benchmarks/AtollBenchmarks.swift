internal import ArgumentParser
internal import FoundationEssentials

/// The program: runs benchmarks and prints what they took.
@main
struct AtollBenchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "atoll-benchmarks",
        abstract: "Measure Atoll's kernels and transport, each beside a baseline in the same run.")

    @Option(
        help: ArgumentHelp("Only benchmarks whose name contains this; may be repeated.", valueName: "name"))
    var filter: [String] = []

    @Option(
        help: ArgumentHelp(
            "Measurements of each benchmark; their median and the best are printed.", valueName: "count"))
    var repetitions = 7

    @Option(
        help: ArgumentHelp(
            "Where the public data sets lie; what needs them is skipped elsewhere.", valueName: "folder"))
    var data = ProcessInfo.processInfo.environment["ATOLL_DATA"] ?? "../shared/data"

    @Option(help: ArgumentHelp("The commit that is measured, to be printed.", valueName: "id"))
    var commit: String?

    @Flag(help: "Print one JSON document.")
    var json = false

    func validate() throws {
        guard (1...1_000).contains(repetitions) else {
            throw ValidationError("--repetitions must be from 1 to 1000, got \(repetitions)")
        }
    }

    func run() async throws {
        let school = SolverBenchmarks.dataFile(in: data)
        let benchmarks = try selected(from: all(schoolFile: school))
        var report = BenchmarkReport(machine: .current(), commit: commit, repetitions: repetitions)
        if school == nil {
            report.skipped = [SolverBenchmarks.name, "\(ProximalRunBenchmarks.name) 28x139 School"].map {
                "\($0): skipped: no data in \(data)/school"
            }
        }
        if !json { print(report.heading) }
        for benchmark in benchmarks {
            let result = BenchmarkResult(of: benchmark, try await benchmark.measure(repetitions))
            report.results.append(result)
            if !json { print(result.line) }
        }
        print(json ? try report.json() : report.closing)
    }

    private func all(schoolFile: String?) throws -> [Benchmark] {
        var benchmarks = try ProximalBenchmarks.all() + FactorHandoverBenchmarks.all()
        benchmarks += DecomposedFactorBenchmarks.all() + ProximalRunBenchmarks.all(schoolFile: schoolFile)
        benchmarks += SimulationBenchmarks.all() + (schoolFile.map(SolverBenchmarks.all) ?? [])
        benchmarks += try EncodingBenchmarks.all() + CompressionBenchmarks.all() + SealingBenchmarks.all()
        benchmarks += EchoBenchmarks.all()
        benchmarks += try JournalBenchmarks.all() + AccountingBenchmarks.all() + PrivacyBenchmarks.all()
        return benchmarks
    }

    private func selected(from benchmarks: [Benchmark]) throws -> [Benchmark] {
        let selected = benchmarks.filter { benchmark in
            filter.isEmpty || filter.contains { "\(benchmark.name) \(benchmark.size)".contains($0) }
        }
        guard !selected.isEmpty else {
            let names = benchmarks.map { "\($0.name) \($0.size)" }.joined(separator: "\n")
            throw ValidationError(
                "no benchmark's name contains \(filter.joined(separator: " or ")); there are\n\(names)")
        }
        return selected
    }
}
