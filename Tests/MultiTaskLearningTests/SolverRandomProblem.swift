internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom

/// Small random problems for the solver's properties.
enum SolverRandomProblem {
    enum Losses: String, CaseIterable, Sendable { case squared, logistic, mixed }

    /// Returns `taskCount` tasks of `dimension` features, the first of them all ones, with different sizes and
    /// weights; where `isWide`, each with fewer records than features.
    static func tasks(
        _ losses: Losses, scale: LossScale, dimension: Int = 5, taskCount: Int = 4, isWide: Bool = false,
        using generator: inout SeededGenerator
    ) throws -> [TaskObjective] {
        try (0..<taskCount).map { task in
            let recordCount = isWide ? dimension / 2 : 3 * dimension + 2 * task
            let model = normals(dimension, &generator)
            var features = Matrix(rowCount: recordCount, columnCount: dimension)
            for feature in 0..<dimension {
                let isOnes = feature == 0
                features.setColumn(
                    feature,
                    to: isOnes ? [Double](repeating: 1, count: recordCount) : normals(recordCount, &generator)
                )
            }
            let noise = normals(recordCount, &generator)
            let answers = Vector.adding(noise, to: features.multiplied(by: model))
            let loss: LossKind =
                switch losses {
                case .squared: .squared
                case .logistic: .logistic
                case .mixed: task.isMultiple(of: 2) ? .squared : .logistic
                }
            return try TaskObjective(
                features: features, targets: loss == .squared ? answers : answers.map { $0 > 0 ? 1 : -1 },
                loss: loss, scale: scale, weight: 1 + 0.5 * Double(task))
        }
    }

    /// Returns standard normal numbers.
    static func normals(_ count: Int, _ generator: inout SeededGenerator) -> [Double] {
        (0..<count).map { _ in generator.normal() }
    }

    /// Returns sum_t weight_t loss_t(w_t) + lambda g(W), as the modules below the solver compute it.
    static func objective(
        _ tasks: [TaskObjective], _ regularizer: Regularizer, lambda: Double, at w: Matrix
    ) throws -> Double {
        let losses = tasks.indices.reduce(0) { $0 + tasks[$1].value(at: w.column($1)) }
        return try losses + lambda * regularizer.value(w)
    }
}
