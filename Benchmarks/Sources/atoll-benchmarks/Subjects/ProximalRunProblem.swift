internal import Datasets
internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom

/// A problem with the nuclear norm that Douglas-Rachford splitting solves, site by site.
struct ProximalRunProblem {
    let dimension: Int
    let taskCount: Int
    let lambda: Double
    /// gamma * lambda, from the problem's scale; fixed.
    let threshold: Double
    /// The smallest objective.
    let optimum: Double
    /// The proximal operator of one task's loss.
    let answer: (_ task: Int, _ point: [Double]) throws -> [Double]
    /// The sum of all losses.
    let loss: (Matrix) -> Double

    static let regularizer = nuclear

    var gamma: Double { threshold / lambda }

    /// Returns the relative suboptimality of W.
    func suboptimality(of w: Matrix) throws -> Double {
        (loss(w) + lambda * (try Self.regularizer.value(w)) - optimum) / optimum
    }

    /// Returns the School problem, raw features, lambda = 100, d = 28, T = 139.
    static func school(file: String) throws -> ProximalRunProblem {
        let (lambda, threshold) = (100.0, 10.0)
        let options = DatasetOptions(taskColumn: "task", targetColumn: "y")
        let preparation = FeaturePreparation(standardizes: false, addsIntercept: false)
        let tasks = try Dataset.load(path: file, options: options).prepared(preparation).tasks.map { task in
            try TaskObjective(
                features: task.features, targets: task.targets, loss: .squared, scale: .sum)
        }
        let solution = try CentralSolver(regularizer: regularizer, lambda: lambda, relativeGap: 1e-9).solve(
            tasks)
        var sites = try tasks.map { try TaskProximal($0) }
        return ProximalRunProblem(
            dimension: tasks[0].dimension, taskCount: tasks.count, lambda: lambda, threshold: threshold,
            optimum: solution.objective,
            answer: { task, point in try sites[task].point(of: point, gamma: threshold / lambda) },
            loss: { w in tasks.indices.reduce(0) { $0 + tasks[$1].value(at: w.column($1)) } })
    }

    /// Returns a synthetic problem: models of rank 8 seen with noise of variance 1, feature by feature, each feature
    /// of each task with a curvature from 1/2 to 2; lambda is 1.2 times the norm of the noise, which keeps the rank.
    static func synthetic(_ dimension: Int, _ taskCount: Int) throws -> ProximalRunProblem {
        var generator = SeededGenerator(seed: 6)
        func normal(_ rows: Int, _ columns: Int) -> Matrix {
            Matrix(
                rowCount: rows, columnCount: columns,
                elements: (0..<rows * columns).map { _ in generator.normal() })
        }
        let targets = normal(dimension, 8).multiplied(by: normal(taskCount, 8), transposeOther: true)
            .adding(normal(dimension, taskCount))
        let curvatures = Matrix(
            rowCount: dimension, columnCount: taskCount,
            elements: targets.elements.map { _ in
                let value = 1 + generator.uniform()
                return generator.uniform() < 0.5 ? value : 1 / value
            })
        let lambda = 1.2 * (Double(dimension).squareRoot() + Double(taskCount).squareRoot())
        let answer = { (task: Int, point: [Double]) in
            targets.withColumn(task) { targets in
                curvatures.withColumn(task) { curvatures in
                    point.indices.map { row in
                        (point[row] + curvatures[row] * targets[row]) / (1 + curvatures[row])
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
            dimension: dimension, taskCount: taskCount, lambda: lambda, threshold: lambda, optimum: 0,
            answer: answer, loss: loss)
        return ProximalRunProblem(
            dimension: dimension, taskCount: taskCount, lambda: lambda, threshold: lambda,
            optimum: try unsolved.synchronousOptimum(), answer: answer, loss: loss)
    }

    /// Returns the objective after rounds of all tasks, until a round moves V by less than 1e-8: the objective is then
    /// closer to its minimum than that.
    private func synchronousOptimum() throws -> Double {
        var v = Matrix(rowCount: dimension, columnCount: taskCount)
        for _ in 0..<1_000 {
            let p = try Self.regularizer.proximal(of: v, scale: threshold)
            let reflected = p.scaled(by: 2).adding(v, scaledBy: -1)
            let y = Matrix(columns: try (0..<taskCount).map { try answer($0, reflected.column($0)) })
            let step = y.adding(p, scaledBy: -1)
            if step.frobeniusNorm <= 1e-8 * v.frobeniusNorm {
                return loss(p) + lambda * (try Self.regularizer.value(p))
            }
            v = v.adding(step, scaledBy: 1.5)
        }
        preconditionFailure("the synthetic problem is not solved after 1000 rounds")
    }

    private static let nuclear: Regularizer = {
        guard let regularizer = try? Regularizer(.nuclear) else { preconditionFailure("always valid") }
        return regularizer
    }()
}
