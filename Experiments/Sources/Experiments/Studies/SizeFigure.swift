internal import Reporting
internal import Simulation

/// Figures 3 to 5: time against the number of tasks, of records, of features.
struct SizeFigure: Experiment {
    private let size: VariedSize
    let seeds = "of the records 1; of the delays 1"
    let files: [String] = []

    init(_ size: VariedSize) {
        self.size = size
    }

    private static let iterations = 10
    private static let suboptimality = 1e-3

    var name: String {
        switch size {
        case .tasks: "figure-3"
        case .records: "figure-4"
        case .features: "figure-5"
        }
    }

    var title: String { "Figure \(name.suffix(1)): time against the number of \(size.rawValue)" }

    private var values: [Int] {
        switch size {
        case .tasks: [50, 100, 150, 200]
        case .records: [100, 500, 1_000, 1_500, 2_000]
        case .features: [100, 200, 300, 400, 500]
        }
    }

    /// Seconds read off the paper's plots.
    private var published: (amtl: [Double], smtl: [Double]) {
        switch size {
        case .tasks: ([11, 31, 80, 157], [23, 99, 231, 239])
        case .records: ([0.21, 0.22, 0.27, 0.33, 0.37], [1.08, 1.12, 1.19, 1.20, 1.25])
        case .features: ([0.7, 2.4, 5.2, 9.1, 14.2], [1.3, 3.9, 8.0, 13.7, 19.5])
        }
    }

    private var stated: String {
        switch size {
        case .tasks: "d = 50 and 100 records of each task"
        case .records: "T = 5 and d = 50"
        case .features: "T = 5 and 100 records of each task"
        }
    }

    /// Where runs to a suboptimality end.
    private var epochLimit: Int { size == .tasks ? 300 : 3_000 }

    func blocks(_ data: DataFolder) async throws -> [Block] {
        let (size, epochLimit) = (size, epochLimit)
        let rows = try await ConcurrentMap.map(values) { value in
            let problem =
                switch size {
                case .tasks: try PreparedProblems.synthetic(taskCount: value)
                case .records: try PreparedProblems.synthetic(taskCount: 5, recordCount: value)
                case .features: try PreparedProblems.synthetic(taskCount: 5, dimension: value)
                }
            return try Self.row(value, problem, epochLimit: epochLimit)
        }
        var iterations = MarkdownTable([
            size.rawValue, "SMTL s", "AMTL s", "AMTL s, factor followed", "SMTL/AMTL", "SMTL/followed",
            "SMTL/AMTL, exchanges alone", "paper: SMTL s", "paper: AMTL s", "paper: ratio",
            "SMTL/followed, offset 1 s",
        ])
        var quality = MarkdownTable([
            size.rawValue, "SMTL s", "AMTL s, factor followed", "DR s", "SMTL/AMTL", "SMTL/DR",
        ])
        for (index, row) in rows.enumerated() {
            let times = [row.smtl, row.amtl, row.followed].map { Figures.seconds($0) }
            let ratios = [row.overAMTL, row.overFollowed, row.overExchanges].map { Figures.ratio($0, 1) }
            let paper: [String] = [
                Figures.power(published.smtl[index]), Figures.power(published.amtl[index]),
                Figures.ratio(published.smtl[index], published.amtl[index]),
            ]
            iterations.append(
                ["\(row.value)"] + times + ratios + paper + [Figures.ratio(row.distantOverFollowed, 1)])
            let arrivals = [row.smtlArrival, row.followedArrival, row.douglasRachfordArrival]
                .map { Figures.seconds($0.seconds) }
            let arrivalRatios = [row.arrivalOverFollowed, row.arrivalOverDouglasRachford]
                .map { Figures.ratio($0, 1) }
            quality.append(["\(row.value)"] + arrivals + arrivalRatios)
        }
        let remarks = SizeRemarks(size: size, rows: rows, published: published, epochLimit: epochLimit)
        let lines: [(name: String, seconds: (SizeRow) -> Double?)] = [
            ("SMTL", { $0.smtl }), ("AMTL, an SVD an update", { $0.amtl }),
            ("AMTL, factor followed", { $0.followed }),
        ]
        let plot = LinePlot(
            title: "\(title), \(Self.iterations) iterations of each task", xLabel: size.rawValue,
            yLabel: "virtual seconds",
            series: lines.map { line in
                LinePlot.Series(
                    name: line.name,
                    points: rows.compactMap { row in line.seconds(row).map { (Double(row.value), $0) } })
            })
        return [
            .paragraph(
                """
                Stated: \(stated). Ours: everything else. No delay is stated: 1 ms and an exponential part of \
                mean 1 ms stand for the network; \(Self.iterations) iterations of each task. The published seconds are \
                read off the plots.
                """),
            .paragraph(ModelledWork.statement),
            .table(iterations),
            .paragraph(remarks.iterations),
            .paragraph("To the same relative suboptimality, 1e-3, on the same delays; virtual seconds:"),
            .table(quality),
            .paragraph(remarks.quality),
            .figure(plot, suffix: "", caption: "Virtual time against the number of \(size.rawValue)"),
        ]
    }

    private static func row(_ value: Int, _ problem: Problem, epochLimit: Int) throws -> SizeRow {
        let steps = ModelledWork.steps(of: problem)
        let nearModel = DelayModel(offset: 1e-3, randomMean: 1e-3)
        let near = nearModel.traces(stepSeconds: steps, seed: 1)
        let far = DelayModel(offset: 1, randomMean: 0.5).traces(stepSeconds: steps, seed: 1)
        let count = TimedRun.Goal(iterations: iterations, epochLimit: 10 * iterations)
        let quality = TimedRun.Goal(suboptimality: suboptimality, epochLimit: epochLimit)
        let (round, update, followed) = (
            ModelledWork.eachRound(problem), ModelledWork.eachUpdate(problem), ModelledWork.followed(problem)
        )
        func seconds(
            _ method: Method, _ delays: [[Duration]], _ work: AggregatorWork
        ) throws
            -> Double?
        {
            try TimedRun(method, on: problem, delays: delays, work: work, goal: count).secondsOfIterations
        }
        func arrival(_ method: Method, _ work: AggregatorWork) throws -> SizeRow.Arrival {
            let run = try TimedRun(method, on: problem, delays: near, work: work, goal: quality)
            return SizeRow.Arrival(
                seconds: run.seconds(to: suboptimality), epochs: run.epochs(to: suboptimality))
        }
        let step = steps.max() ?? 0
        let exchanges = exchangeSeconds(near)
        return SizeRow(
            value: value, taskCount: problem.taskCount,
            exchange: nearModel.offset + nearModel.randomMean + step, step: step,
            decomposition: ModelledWork.decomposition(
                dimension: problem.dimension, taskCount: problem.taskCount),
            change: ModelledWork.followedFactor(dimension: problem.dimension, taskCount: problem.taskCount),
            smtl: try seconds(.smtl, near, round), amtl: try seconds(.amtl, near, update),
            followed: try seconds(.amtl, near, followed), distantSMTL: try seconds(.smtl, far, round),
            distantFollowed: try seconds(.amtl, far, followed),
            exchangesWithBarrier: exchanges.withBarrier, exchangesAlone: exchanges.alone,
            smtlArrival: try arrival(.smtl, round), followedArrival: try arrival(.amtl, followed),
            douglasRachfordArrival: try arrival(.douglasRachford, followed))
    }

    /// Returns what the figure's iterations take if nothing but the exchanges takes time: with a barrier the sum of the
    /// largest ones, without it the largest sum.
    private static func exchangeSeconds(_ delays: [[Duration]]) -> (withBarrier: Double, alone: Double) {
        let first = delays.map { $0.prefix(iterations).map(\.inSeconds) }
        let rounds = (0..<iterations).map { round in first.map { $0[round] }.max() ?? 0 }
        let sums = first.map { $0.reduce(0, +) }
        return (rounds.reduce(0, +), sums.max() ?? 0)
    }
}
