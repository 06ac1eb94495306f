/// What the proximal columns of whole runs cost, from V = 0 to a suboptimality of 1e-6, beside one `dgesdd` of V.
///
/// A run is recorded from the services' own state machines at their defaults (``ArrivalRecording``), and the recorded
/// updates are replayed against V (``ProximalReplay``), an epoch at a time, so that no more than an epoch is held.
/// Where a run has fewer than 10,000 updates, runs from other seeds follow, each from its own start.
enum ProximalRunBenchmarks {
    static let name = "prox run"

    /// Runs are added until there are so many arrivals.
    private static let arrivalCount = 10_000
    private static let suboptimality = 1e-6
    private static let epochLimit = 400

    static func all(schoolFile: String?) -> [Benchmark] {
        (schoolFile.map { file in
            [benchmark("28x139 School", checkedEvery: 1) { try .school(file: file) }]
        } ?? []) + [
            benchmark("1000x100", checkedEvery: 9) { try .synthetic(1000, 100) },
            benchmark("500x2000", checkedEvery: 199) { try .synthetic(500, 2000) },
        ]
    }

    private static func benchmark(
        _ size: String, checkedEvery interval: Int, _ problem: @escaping () throws -> ProximalRunProblem
    ) -> Benchmark {
        Benchmark(name: name, size: size, baseline: "one dgesdd of V") { _ in
            let problem = try problem()
            var totals = ProximalReplay.Totals()
            var runCount = 0
            while totals.arrivals < arrivalCount {
                runCount += 1
                try run(problem, seed: UInt64(runCount), checkedEvery: interval, &totals)
            }
            let choice = Int((100 * totals.choiceSeconds / totals.seconds).rounded())
            return [
                PairedSample(
                    subjectSeconds: totals.seconds / Double(totals.arrivals),
                    baselineSeconds: totals.decompositionSeconds / Double(totals.decompositions),
                    operationCount: totals.arrivals, worstError: totals.worstError,
                    remark: "\(runCount) \(runCount == 1 ? "run" : "runs"), \(choice) % to choose gamma")
            ]
        }
    }

    private static func run(
        _ problem: ProximalRunProblem, seed: UInt64, checkedEvery interval: Int,
        _ totals: inout ProximalReplay.Totals
    ) throws {
        let plan = try problem.plan(updateLimit: (epochLimit + 1) * problem.taskCount)
        var recording = try ArrivalRecording(problem, plan: plan, seed: seed)
        var replay = try ProximalReplay(plan)
        for _ in 0..<epochLimit {
            var arrivals: [ArrivalRecording.Arrival] = []
            for _ in 0..<problem.taskCount { arrivals.append(try recording.advance()) }
            // A column is asked when the one before it is answered.
            let asked = arrivals.dropFirst().map(\.task) + [recording.nextTask]
            for (arrival, asked) in zip(arrivals, asked) {
                let column = try replay.apply(arrival, asking: asked, &totals)
                if totals.arrivals.isMultiple(of: interval) {
                    try replay.check(column, of: asked, &totals)
                }
            }
            if try problem.suboptimality(of: recording.model()) <= suboptimality { return }
        }
        throw BenchmarkError("no suboptimality of \(suboptimality) after \(epochLimit) epochs")
    }
}
