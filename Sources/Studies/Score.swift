package import MultiTaskLearning

/// How well a model predicts: the accuracy of a classifier, the root mean squared error of a regression.
package struct Score: Sendable, Equatable, Codable {
    /// What is measured.
    package enum Metric: String, Sendable, Codable {
        /// Share of records whose label has the sign of the linear predictor; higher is better.
        case accuracy
        /// Root mean squared error, in the target's unit; lower is better.
        case rootMeanSquaredError = "rmse"
    }

    package let metric: Metric
    package let value: Double
    package let recordCount: Int
    /// Whether the records were kept out of training.
    package let isHeldOut: Bool

    /// Scores `model` on an objective's records.
    package init(of model: [Double], on objective: TaskObjective, isHeldOut: Bool) {
        let predictions = objective.predictions(at: model)
        var sum = 0.0
        for (prediction, target) in zip(predictions, objective.targets) {
            switch objective.loss {
            case .squared: sum += (prediction - target) * (prediction - target)
            case .logistic: sum += prediction * target > 0 ? 1 : 0
            }
        }
        let mean = sum / Double(objective.recordCount)
        recordCount = objective.recordCount
        self.isHeldOut = isHeldOut
        switch objective.loss {
        case .squared:
            metric = .rootMeanSquaredError
            value = mean.squareRoot()
        case .logistic:
            metric = .accuracy
            value = mean
        }
    }
}
