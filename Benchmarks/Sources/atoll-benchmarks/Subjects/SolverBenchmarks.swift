internal import Datasets
internal import FoundationEssentials
internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom

/// The School problems with published optima, solved to a certified gap of 1e-8.
enum SolverBenchmarks {
    static let name = "solve School"

    private struct Problem {
        let kind: RegularizerKind
        let lambda: Double
        let isStandardized: Bool
        let scale: LossScale
    }

    private static let problems = [
        Problem(kind: .nuclear, lambda: 1, isStandardized: false, scale: .sum),
        Problem(kind: .nuclear, lambda: 100, isStandardized: false, scale: .sum),
        Problem(kind: .l21, lambda: 10, isStandardized: false, scale: .sum),
        Problem(kind: .nuclear, lambda: 100, isStandardized: true, scale: .sum),
        Problem(kind: .l21, lambda: 0.5, isStandardized: true, scale: .mean),
    ]

    /// Returns the School data under a folder of data sets, or nil where they are absent.
    static func dataFile(in folder: String) -> String? {
        let path = "\(folder)/school/school.csv"
        return FileManager.default.isReadableFile(atPath: path) ? path : nil
    }

    static func all(file: String) -> [Benchmark] {
        problems.map { problem in
            let features = problem.isStandardized ? "zscore" : "raw"
            let size =
                "\(problem.kind.rawValue) \(TextTable.number(problem.lambda)) \(features) \(problem.scale)"
            return Benchmark(
                name: name, size: size, baseline: "full proxes alone, as many as evaluations"
            ) { repetitions in
                try (0..<repetitions).map { _ in try sample(problem, tasks(of: problem, in: file)) }
            }
        }
    }

    private static func sample(_ problem: Problem, _ tasks: [TaskObjective]) throws -> PairedSample {
        let regularizer = try Regularizer(problem.kind)
        var iterationCount = 0
        let subjectSeconds = try Stopwatch.secondsPerOperation(1) {
            let solution = try CentralSolver(regularizer: regularizer, lambda: problem.lambda).solve(tasks)
            iterationCount = solution.iterations
        }
        var generator = SeededGenerator(seed: 2)
        let v = try ProximalBenchmarks.decayingMatrix(tasks[0].dimension, tasks.count, &generator)
        let baselineSeconds = try Stopwatch.secondsPerOperation(1) {
            for _ in 0..<iterationCount { keep(try regularizer.proximal(of: v, scale: 0.05)) }
        }
        return PairedSample(subjectSeconds: subjectSeconds, baselineSeconds: baselineSeconds)
    }

    private static func tasks(of problem: Problem, in file: String) throws -> [TaskObjective] {
        let options = DatasetOptions(taskColumn: "task", targetColumn: "y")
        let preparation = FeaturePreparation(
            standardizes: problem.isStandardized, addsIntercept: problem.isStandardized)
        return try Dataset.load(path: file, options: options).prepared(preparation).tasks.map { task in
            try TaskObjective(
                features: task.features, targets: task.targets, loss: .squared, scale: problem.scale)
        }
    }
}
