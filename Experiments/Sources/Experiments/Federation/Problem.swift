package import Datasets
package import LinearAlgebra
package import MultiTaskLearning

/// A problem whose optimum is known: sum over tasks of the loss, plus lambda times the regularizer.
package struct Problem: Sendable {
    /// In the order of the model's columns.
    package let taskNames: [String]
    package let objectives: [TaskObjective]
    package let regularizer: Regularizer
    package let lambda: Double
    /// The objective that ``CentralSolver`` certifies, and the model that has it, dimension x tasks.
    package let optimum: Double
    package let solution: Matrix
    /// The largest of the tasks' Lipschitz constants.
    package let lipschitzConstant: Double

    /// Prepares a problem and solves it in one place.
    ///
    /// - Parameters:
    ///   - scale: Of the records' losses of a task.
    ///   - optimumGap: The relative duality gap to which the optimum must be certified.
    /// - Throws: ``ExperimentsError`` where the solver does not certify the optimum; errors of data and solver.
    package init(
        _ dataset: Dataset, loss: LossKind, scale: LossScale = .sum, regularizer: Regularizer, lambda: Double,
        optimumGap: Double = 1e-10
    ) throws {
        taskNames = dataset.tasks.map(\.name)
        objectives = try dataset.tasks.map {
            try TaskObjective(features: $0.features, targets: $0.targets, loss: loss, scale: scale)
        }
        self.regularizer = regularizer
        self.lambda = lambda
        let solution = try CentralSolver(
            regularizer: regularizer, lambda: lambda, relativeGap: optimumGap
        ).solve(objectives)
        guard solution.isConverged else {
            throw ExperimentsError(
                "the optimum with \(regularizer.kind.rawValue) x \(lambda) is certified to "
                    + "\(solution.relativeGap ?? .infinity) only, not to \(optimumGap)"
            )
        }
        optimum = solution.objective
        self.solution = solution.w
        lipschitzConstant = try objectives.map { try $0.lipschitzConstant() }.max() ?? 0
    }

    package var taskCount: Int { objectives.count }
    package var dimension: Int { objectives[0].dimension }

    /// Returns the objective of a model, dimension x tasks.
    package func objective(of model: Matrix) throws -> Double {
        let losses = objectives.indices.reduce(0) { $0 + objectives[$1].value(at: model.column($1)) }
        return try losses + lambda * regularizer.value(model)
    }

    /// Returns (objective - optimum) / |optimum|.
    package func relativeSuboptimality(of model: Matrix) throws -> Double {
        try (objective(of: model) - optimum) / max(optimum.magnitude, .leastNormalMagnitude)
    }
}
