internal import LinearAlgebra
package import MultiTaskLearning
package import PrivacyMechanisms

/// The held-out records of a task as the units of a noisy score: each adds a number from -1/2 to 1/2, whatever it holds.
///
/// A classified record adds 1/2 where the label has the sign of the prediction, and else -1/2; one of a regression its
/// squared error over the bound, 1 at most, less 1/2. In the place of another record it moves the sum by at most 1, which is
/// twice what the mechanism clips to.
package struct ScoreContributions: RecordGradients, Sendable {
    private let contributions: [Double]

    /// Evaluates a model, which must follow from releases alone.
    ///
    /// - Parameters:
    ///   - objective: Of the held-out records.
    ///   - bound: The largest squared error that counts.
    package init(of model: [Double], on objective: TaskObjective, bound: Double) {
        contributions = objective.targets.enumerated().map { row, target in
            // Of this record alone, to the last bit.
            var prediction = 0.0
            for element in model.indices { prediction += objective.features[row, element] * model[element] }
            switch objective.loss {
            case .logistic: return prediction * target > 0 ? 0.5 : -0.5
            case .squared:
                let error = (prediction - target) * (prediction - target)
                return min(error, bound) / bound - 0.5
            }
        }
    }

    package var recordCount: Int { contributions.count }

    package func gradient(ofRecord index: Int) -> RawGradient { RawGradient([contributions[index]]) }
}
