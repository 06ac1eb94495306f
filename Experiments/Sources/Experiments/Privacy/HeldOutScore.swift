package import Datasets
package import LinearAlgebra

/// What a model is judged by on records that it was not trained on.
package enum HeldOutScore: Sendable {
    /// The part of the records whose label has the sign of the prediction; the mean of the tasks.
    case accuracy
    /// The area under the ROC curve; the mean of the tasks whose records have both labels.
    case area
    /// In the target's unit; of all tasks' records together.
    case rootMeanSquaredError

    package var isLargerBetter: Bool { self != .rootMeanSquaredError }

    /// Returns the score of each task; nil where it has no records, and for the area where these lack a label.
    ///
    /// - Parameter weights: A column a task.
    /// - Complexity: O(n d), for the area O(n log n) besides.
    package func ofTasks(_ weights: Matrix, on test: Dataset) -> [Double?] {
        test.tasks.enumerated().map { index, task in
            guard task.recordCount > 0 else { return nil }
            let predictions = task.features.multiplied(by: weights.column(index))
            switch self {
            case .accuracy:
                let right = zip(predictions, task.targets).count { ($0 > 0) == ($1 > 0) && $0 != 0 }
                return Double(right) / Double(task.recordCount)
            case .area:
                return RankingScore.area(predictions: predictions, isPositive: task.targets.map { $0 > 0 })
            case .rootMeanSquaredError:
                let squares = zip(predictions, task.targets).reduce(0) { $0 + ($1.1 - $1.0) * ($1.1 - $1.0) }
                return (squares / Double(task.recordCount)).squareRoot()
            }
        }
    }

    /// Returns the one score of all tasks.
    ///
    /// - Throws: ``ExperimentsError`` where no task has a score.
    package func ofAll(_ weights: Matrix, on test: Dataset) throws -> Double {
        let scores = ofTasks(weights, on: test)
        let scored = zip(scores, test.tasks).compactMap { score, task in score.map { ($0, task.recordCount) }
        }
        guard !scored.isEmpty else { throw ExperimentsError("no task has held-out records to be scored by") }
        switch self {
        case .accuracy, .area:
            return scored.reduce(0) { $0 + $1.0 } / Double(scored.count)
        case .rootMeanSquaredError:
            let squares = scored.reduce(0) { $0 + $1.0 * $1.0 * Double($1.1) }
            return (squares / Double(scored.reduce(0) { $0 + $1.1 })).squareRoot()
        }
    }
}
