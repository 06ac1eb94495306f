internal import Reporting

/// A quarter of the tasks at a tenth of the speed.
struct SlowTasks: Experiment {
    let name = "slow-tasks"
    let title = "A quarter of the tasks at a tenth of the speed"
    let seeds = "of the delays 1 to 3; of the synthetic records 1"
    let files = [
        PreparedProblems.schoolFile, PreparedProblems.digitsFile, PreparedProblems.landmineFile,
    ]

    private static let slowness = 10.0

    func blocks(_ data: DataFolder) async throws -> [Block] {
        let problems: [(String, Problem)] = [
            ("School, z-scored, lambda 100", try PreparedProblems.school(data)),
            ("digits, logistic, lambda 1", try PreparedProblems.digits(data, lambda: 1)),
            ("landmine, logistic, lambda 1", try PreparedProblems.landmine(data, lambda: 1)),
            ("low rank, T 20, d 50, n 100, lambda 10", try PreparedProblems.synthetic(taskCount: 20)),
        ]
        let methods: [Method] = [.smtl, .amtl, .synchronousDouglasRachford, .douglasRachford]
        let seeds: [UInt64] = [1, 2, 3]
        let jobs = problems.indices.flatMap { problem in
            methods.indices.flatMap { method in seeds.map { (problem, method, $0) } }
        }
        let runs = try await ConcurrentMap.map(jobs) { index, method, seed in
            let problem = problems[index].1
            let speeds = (0..<problem.taskCount).map { $0.isMultiple(of: 4) ? 1 / Self.slowness : 1 }
            let delays = DelayModel(offset: 0.5, randomMean: 0.5).traces(
                stepSeconds: Array(repeating: 0, count: problem.taskCount), speeds: speeds, seed: seed)
            return try TimedRun(
                methods[method], on: problem, delays: delays,
                goal: TimedRun.Goal(suboptimality: 1e-6, epochLimit: 300))
        }
        var table = MarkdownTable(
            [
                "problem", "method", "s to 1e-2", "s to 1e-4", "s to 1e-6", "epochs to 1e-4",
                "answers of the slowest",
            ])
        for (job, start) in stride(from: 0, to: runs.count, by: seeds.count).enumerated() {
            let own = Array(runs[start..<start + seeds.count])
            table.append(
                [problems[job / methods.count].0, methods[job % methods.count].name]
                    + [1e-2, 1e-4, 1e-6].map { bound in
                        Figures.medianAndWorst(own.map { $0.seconds(to: bound) })
                    } + [
                        Figures.medianAndWorst(own.map { $0.epochs(to: 1e-4) }),
                        Figures.count(Figures.median(own.map { Double($0.fewestUpdates) })),
                    ])
        }
        let school = methods.indices.map { method in
            LinePlot.Series(
                name: methods[method].name,
                points: runs[method * seeds.count].points.map {
                    ($0.seconds, max($0.relativeSuboptimality, 1e-7))
                })
        }
        return [
            .paragraph(
                """
                An exchange takes 0.5 s and an exponential part of mean 0.5 s; ten times as long at every fourth task. \
                Both are ours. Runs end at 1e-6, or after 300 epochs. "Answers of the slowest" counts the updates of \
                the task with the fewest, when the run ended.
                """),
            .table(table),
            .paragraph(
                """
                With a barrier every round waits for the slowest of the slow, but each of its answers counts in full. \
                Without one, the fast tasks' extra updates help until they are solved against what the slow ones last \
                said; from there on progress is counted in answers of the slow tasks, and no step rule changes that. \
                On School that is a factor of 5 in time, although it takes three times as many epochs; on \
                landmine, where every task matters alike, the advantage is gone at 1e-6. 300 epochs of AMTL last about a \
                tenth of SMTL's or less, so that its `-` says less; on the logistic problems neither is near 1e-2 then.
                """),
            .figure(
                LinePlot(
                    title: "School with slow tasks", xLabel: "virtual seconds",
                    yLabel: "relative suboptimality",
                    yScale: .logarithmic, series: school),
                suffix: "",
                caption: "School with a quarter of slow tasks: suboptimality against virtual time, seed 1"),
        ]
    }
}
