internal import Datasets
internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning
internal import ReleaseEncoding
internal import SeededRandom

/// A problem with the nuclear norm that a study of Douglas-Rachford splitting solves, one task a site.
struct ProximalRunProblem {
    let dimension: Int
    let taskCount: Int
    let lambda: Double
    /// The smallest objective.
    let optimum: Double
    /// The proximal operator of gamma times one task's loss.
    let answer: (_ task: Int, _ point: [Double], _ gamma: Double) throws -> [Double]
    /// The sum of all losses.
    let loss: (Matrix) -> Double

    /// Returns the relative suboptimality of W.
    func suboptimality(of w: Matrix) throws -> Double {
        (try objective(of: w) - optimum) / optimum
    }

    /// Returns the study with all that it chooses for itself, which nothing but the number of updates ends.
    func plan(updateLimit: Int) throws -> StudyPlan {
        try StudyPlan(
            name: "proximal-run", digest: [UInt8](repeating: 0, count: 32), dimension: dimension,
            tasks: (1...taskCount).map {
                StudyPlan.Task(name: TaskName("\($0)"), owner: SiteName("site-\($0)"))
            },
            regularizer: Self.nuclear, lambda: lambda, splitting: .douglasRachford(DouglasRachford()),
            relaxation: DouglasRachford.defaultRelaxation, relaxationPolicy: .constant, mode: .asynchronous,
            encoding: .float32, normBound: 1e6,
            stoppingRule: StoppingRule(maximumUpdateCount: UInt64(updateLimit), residualTolerance: nil))
    }

    /// Returns the School problem, raw features, lambda = 100, d = 28, T = 139.
    static func school(file: String) throws -> ProximalRunProblem {
        let lambda = 100.0
        let options = DatasetOptions(taskColumn: "task", targetColumn: "y")
        let preparation = FeaturePreparation(standardizes: false, addsIntercept: false)
        let tasks = try Dataset.load(path: file, options: options).prepared(preparation).tasks.map { task in
            try TaskObjective(
                features: task.features, targets: task.targets, loss: .squared, scale: .sum)
        }
        let solution = try CentralSolver(regularizer: nuclear, lambda: lambda, relativeGap: 1e-9).solve(tasks)
        var sites = try tasks.map { try TaskProximal($0) }
        return ProximalRunProblem(
            dimension: tasks[0].dimension, taskCount: tasks.count, lambda: lambda,
            optimum: solution.objective,
            answer: { task, point, gamma in try sites[task].point(of: point, gamma: gamma) },
            loss: { w in tasks.indices.reduce(0) { $0 + tasks[$1].value(at: w.column($1)) } })
    }

    /// Returns a synthetic problem: models of rank 8 seen with noise of variance 1, feature by feature, each feature
    /// of each task with a curvature from 1/2 to 2; lambda is 1.2 times the norm of the noise, which keeps the rank.
    static func synthetic(_ dimension: Int, _ taskCount: Int) throws -> ProximalRunProblem {
        var generator = SeededGenerator(seed: 6)
        let basis = Matrix.normal(dimension, 8, &generator)
        let targets = basis.multiplied(by: .normal(taskCount, 8, &generator), transposeOther: true)
            .adding(.normal(dimension, taskCount, &generator))
        let curvatures = Matrix(
            rowCount: dimension, columnCount: taskCount,
            elements: targets.elements.map { _ in
                let value = 1 + generator.uniform()
                return generator.uniform() < 0.5 ? value : 1 / value
            })
        let lambda = 1.2 * (Double(dimension).squareRoot() + Double(taskCount).squareRoot())
        let answer = { (task: Int, point: [Double], gamma: Double) in
            targets.withColumn(task) { targets in
                curvatures.withColumn(task) { curvatures in
                    point.indices.map { row in
                        average(point[row], targets[row], weight: gamma * curvatures[row])
                    }
                }
            }
        }
        let loss = { (w: Matrix) in
            w.elements.indices.reduce(0.0) { sum, index in
                let error = w.elements[index] - targets.elements[index]
                return sum + curvatures.elements[index] * error * error / 2
            }
        }
        let unsolved = ProximalRunProblem(
            dimension: dimension, taskCount: taskCount, lambda: lambda, optimum: 0, answer: answer,
            loss: loss)
        return ProximalRunProblem(
            dimension: dimension, taskCount: taskCount, lambda: lambda,
            optimum: try unsolved.synchronousOptimum(), answer: answer, loss: loss)
    }

    /// Returns the mean of two numbers, of which the second weighs `weight` and the first 1.
    private static func average(_ first: Double, _ second: Double, weight: Double) -> Double {
        (first + weight * second) / (1 + weight)
    }

    private func objective(of w: Matrix) throws -> Double {
        loss(w) + lambda * (try Self.nuclear.value(w))
    }

    /// Returns the objective after rounds of all tasks with gamma 1, until a round moves V by less than 1e-8: the
    /// objective is then closer to its minimum than that.
    private func synchronousOptimum() throws -> Double {
        var v = Matrix(rowCount: dimension, columnCount: taskCount)
        for _ in 0..<1_000 {
            let p = try Self.nuclear.proximal(of: v, scale: lambda)
            let reflected = p.scaled(by: 2).adding(v, scaledBy: -1)
            let y = Matrix(columns: try (0..<taskCount).map { try answer($0, reflected.column($0), 1) })
            let step = y.adding(p, scaledBy: -1)
            if step.frobeniusNorm <= 1e-8 * v.frobeniusNorm { return try objective(of: p) }
            v = v.adding(step, scaledBy: 1.5)
        }
        throw BenchmarkError("the synthetic problem is not solved after 1000 rounds of all tasks")
    }

    private static let nuclear: Regularizer = {
        guard let regularizer = try? Regularizer(.nuclear) else { preconditionFailure("always valid") }
        return regularizer
    }()
}
