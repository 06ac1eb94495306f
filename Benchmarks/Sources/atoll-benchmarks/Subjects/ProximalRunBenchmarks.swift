internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom

/// What the proximal columns of whole runs cost, from V = 0 to a suboptimality of 1e-6, beside one `dgesdd` of V.
///
/// A run is Douglas-Rachford splitting with fixed gamma and relaxation 1.5, one task at a time: the columns it asks are
/// those that are measured. Everything that follows the change of a column and answers the next counts, in processor
/// time of all threads, decompositions included.
enum ProximalRunBenchmarks {
    static let name = "prox run"

    /// Runs are added until there are so many arrivals.
    private static let arrivalCount = 10_000
    private static let suboptimality = 1e-6
    private static let relaxation = 1.5
    private static let epochLimit = 200

    static func all(schoolFile: String?) -> [Benchmark] {
        (schoolFile.map { file in
            [benchmark("28x139 School", checkedEvery: 1, order: .random) { try .school(file: file) }]
        } ?? []) + [
            benchmark("1000x100", checkedEvery: 9, order: .epochs) { try .synthetic(1000, 100) },
            benchmark("500x2000", checkedEvery: 199, order: .epochs) { try .synthetic(500, 2000) },
        ]
    }

    private enum Order {
        /// Any task at any time.
        case random
        /// Every task once an epoch.
        case epochs

        func tasks(_ count: Int, _ generator: inout SeededGenerator) -> [Int] {
            switch self {
            case .random: (0..<count).map { _ in generator.integer(below: count) }
            case .epochs: generator.shuffled(Array(0..<count))
            }
        }
    }

    private struct Totals {
        var arrivals = 0
        var seconds = 0.0
        var decompositionSeconds = 0.0
        var decompositions = 0
        var worstError = 0.0
    }

    private static func benchmark(
        _ size: String, checkedEvery interval: Int, order: Order,
        _ problem: @escaping () throws -> ProximalRunProblem
    ) -> Benchmark {
        Benchmark(name: name, size: size, baseline: "one dgesdd of V") { _ in
            let problem = try problem()
            var totals = Totals()
            var seed: UInt64 = 1
            while totals.arrivals < arrivalCount {
                try run(problem, order: order, seed: seed, checkedEvery: interval, &totals)
                seed += 1
            }
            return [
                PairedSample(
                    subjectSeconds: totals.seconds / Double(totals.arrivals),
                    baselineSeconds: totals.decompositionSeconds / Double(totals.decompositions),
                    operationCount: totals.arrivals, worstError: totals.worstError)
            ]
        }
    }

    private static func run(
        _ problem: ProximalRunProblem, order: Order, seed: UInt64, checkedEvery interval: Int,
        _ totals: inout Totals
    ) throws {
        var generator = SeededGenerator(seed: seed)
        var auxiliary = AuxiliaryMatrix(
            dimension: problem.dimension, taskCount: problem.taskCount,
            regularizer: ProximalRunProblem.regularizer, scale: problem.threshold)
        var tasks = order.tasks(problem.taskCount, &generator)
        var p = try auxiliary.proximalColumn(tasks[0])
        for _ in 0..<epochLimit {
            let next = order.tasks(problem.taskCount, &generator)
            for (index, task) in tasks.enumerated() {
                let v = auxiliary.matrix.column(task)
                let reflected = Vector.adding(v, scaledBy: -1, to: Vector.scaled(p, by: 2))
                let step = Vector.subtracting(p, from: try problem.answer(task, reflected))
                let arrived = Vector.adding(step, scaledBy: relaxation, to: v)
                let asked = index + 1 < tasks.count ? tasks[index + 1] : next[0]
                p = try ProcessorClock.measure(&totals.seconds) {
                    auxiliary.setColumn(task, to: arrived)
                    return try auxiliary.proximalColumn(asked)
                }
                totals.arrivals += 1
                if totals.arrivals.isMultiple(of: interval) {
                    try check(p, of: asked, in: auxiliary, &totals)
                }
            }
            tasks = next
            if try problem.suboptimality(of: auxiliary.proximal()) <= suboptimality { return }
        }
        preconditionFailure("no suboptimality of \(suboptimality) after \(epochLimit) epochs")
    }

    /// Compares a column with that of a full decomposition, which is the baseline.
    private static func check(
        _ column: [Double], of task: Int, in auxiliary: AuxiliaryMatrix, _ totals: inout Totals
    ) throws {
        let decomposition = try ProcessorClock.measure(&totals.decompositionSeconds) {
            try SingularValueDecomposition(auxiliary.matrix)
        }
        totals.decompositions += 1
        var difference = column
        for (index, value) in decomposition.values.enumerated() where value > auxiliary.scale {
            let factor = (value - auxiliary.scale) * decomposition.vTransposed[index, task]
            Vector.add(decomposition.u.column(index), scaledBy: -factor, to: &difference)
        }
        totals.worstError = max(totals.worstError, Vector.norm(difference) / auxiliary.matrix.frobeniusNorm)
    }
}
