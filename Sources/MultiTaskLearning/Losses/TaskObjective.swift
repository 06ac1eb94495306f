package import LinearAlgebra

/// The weighted loss of one task as a function of its model w, with its records inside.
///
/// With predictions z = X w, weight c and n records it is `factor * sum_i loss(z_i, y_i)`, where `factor` is c,
/// or c / n when the scale is the mean; ``LossKind`` defines the loss of one record.
package struct TaskObjective: Sendable {
    /// The records as rows, n x d.
    package let features: Matrix
    /// The n targets; labels of the logistic loss as -1 and +1.
    package let targets: [Double]
    /// The loss of one record.
    package let loss: LossKind
    /// How the records' losses are combined.
    package let scale: LossScale
    /// The weight of the task in the sum over tasks.
    package let weight: Double

    /// Creates the objective of a task.
    ///
    /// - Parameter features: One row a record, n x d with n and d at least 1.
    /// - Parameter targets: n numbers; for the logistic loss 0 and 1, or -1 and +1.
    /// - Parameter weight: Positive.
    /// - Throws: ``MultiTaskLearningError`` `.shapeMismatch`, `.nonFinite`, `.invalidLabel` or
    ///   `.invalidParameter`.
    package init(
        features: Matrix, targets: [Double], loss: LossKind, scale: LossScale, weight: Double = 1
    ) throws {
        guard features.rowCount > 0, features.columnCount > 0 else {
            throw MultiTaskLearningError(
                code: .shapeMismatch,
                message: "a task needs at least 1 record and 1 feature, got \(features.rowCount) x "
                    + "\(features.columnCount)")
        }
        guard targets.count == features.rowCount else {
            throw MultiTaskLearningError(
                code: .shapeMismatch,
                message:
                    "\(features.rowCount) records of features and \(targets.count) targets; they must agree")
        }
        guard weight.isFinite, weight > 0 else {
            throw MultiTaskLearningError(
                code: .invalidParameter, message: "the weight of a task must be positive, got \(weight)")
        }
        if let index = features.elements.firstIndex(where: { !$0.isFinite }) {
            let (column, row) = index.quotientAndRemainder(dividingBy: features.rowCount)
            throw MultiTaskLearningError(
                code: .nonFinite,
                message:
                    "feature \(column) of record \(row) is \(features.elements[index]); it must be finite")
        }
        if let index = targets.firstIndex(where: { !$0.isFinite }) {
            throw MultiTaskLearningError(
                code: .nonFinite, message: "target \(index) is \(targets[index]); it must be finite")
        }
        self.features = features
        self.targets = loss == .logistic ? try LogisticLoss.normalizedLabels(targets) : targets
        self.loss = loss
        self.scale = scale
        self.weight = weight
    }

    private init(
        unchecked features: Matrix, targets: [Double], loss: LossKind, scale: LossScale, weight: Double
    ) {
        self.features = features
        self.targets = targets
        self.loss = loss
        self.scale = scale
        self.weight = weight
    }

    /// Returns the objective of some of the records, as an estimate of the whole one.
    ///
    /// Its factor is that of the whole times n / b for b of n records: over a uniform choice of b records without
    /// replacement, its value and gradient have the whole one's as their mean.
    ///
    /// - Parameter rows: At least 1 index of a record.
    /// - Complexity: O(b d).
    package func estimate(fromRecords rows: [Int]) -> TaskObjective {
        precondition(!rows.isEmpty, "an estimate needs at least 1 record")
        var elements: [Double] = []
        elements.reserveCapacity(rows.count * dimension)
        for column in 0..<dimension {
            for row in rows { elements.append(features[row, column]) }
        }
        return TaskObjective(
            unchecked: Matrix(rowCount: rows.count, columnCount: dimension, elements: elements),
            targets: rows.map { targets[$0] }, loss: loss, scale: scale,
            weight: scale == .sum ? weight * Double(recordCount) / Double(rows.count) : weight)
    }

    /// The number of records, n.
    package var recordCount: Int { features.rowCount }

    /// The number of features, d.
    package var dimension: Int { features.columnCount }

    /// What the sum of the records' losses is multiplied by: the weight, divided by n for the mean.
    package var factor: Double {
        switch scale {
        case .sum: weight
        case .mean: weight / Double(recordCount)
        }
    }

    /// Returns the predictions X w: the regression's values, or the classifier's log odds.
    ///
    /// - Parameter w: d numbers.
    /// - Returns: n numbers.
    package func predictions(at w: [Double]) -> [Double] {
        features.multiplied(by: w)
    }

    /// Returns the objective at w.
    ///
    /// - Parameter w: d numbers.
    /// - Complexity: O(n d).
    package func value(at w: [Double]) -> Double {
        value(ofPredictions: predictions(at: w))
    }

    /// Returns the gradient at w.
    ///
    /// - Parameter w: d numbers.
    /// - Returns: d numbers.
    /// - Complexity: O(n d).
    package func gradient(at w: [Double]) -> [Double] {
        gradient(ofPredictions: predictions(at: w))
    }

    /// Returns value and gradient at w, with the predictions computed once.
    ///
    /// - Parameter w: d numbers.
    /// - Complexity: O(n d).
    package func valueAndGradient(at w: [Double]) -> (value: Double, gradient: [Double]) {
        let predictions = predictions(at: w)
        return (value(ofPredictions: predictions), gradient(ofPredictions: predictions))
    }

    /// Returns a Lipschitz constant of the gradient: the largest eigenvalue of the Hessian, for the logistic
    /// loss of its bound at margin 0.
    ///
    /// - Throws: `LinearAlgebraError` when the eigenvalues of the Gram matrix do not converge or overflow.
    /// - Complexity: O(n d m + m^3) with m = min(n, d).
    package func lipschitzConstant() throws -> Double {
        let gramian = features.gramian(ofRows: recordCount < dimension)
        let largest = try SymmetricEigendecomposition.values(of: gramian).last ?? 0
        switch loss {
        case .squared: return factor * max(largest, 0)
        case .logistic: return factor * max(largest, 0) / 4
        }
    }

    /// Returns the expected smoothness of gradients that are estimated from batches drawn without replacement
    /// (``estimate(fromRecords:)``): n (b - 1) / (b (n - 1)) L + (n - b) / (b (n - 1)) max_i L_i.
    ///
    /// L_i is the constant of one record's loss times n, so that this is max_i L_i for b = 1 and L for b = n. A step size
    /// that is stable for L alone may not be for a batch, whose Hessian is up to n / b times as large.
    ///
    /// - Parameter batchSize: Records a batch, b, at least 1; nil for all, and a task that has no more has all drawn.
    /// - Throws: As ``lipschitzConstant()`` does.
    /// - Complexity: That of ``lipschitzConstant()``.
    /// - SeeAlso: Gower, Loizou, Qian, Sailanbayev, Shulgin, Richtarik, SGD: general analysis and improved rates (ICML
    ///   2019), Proposition 3.8.
    package func expectedSmoothness(batchSize: Int?) throws -> Double {
        let whole = try lipschitzConstant()
        guard let batchSize, batchSize < recordCount else { return whole }
        precondition(batchSize >= 1, "a batch has at least 1 record, got \(batchSize)")
        var squaredNorms = [Double](repeating: 0, count: recordCount)
        for column in 0..<dimension {
            for row in 0..<recordCount { squaredNorms[row] += features[row, column] * features[row, column] }
        }
        let (n, b) = (Double(recordCount), Double(batchSize))
        let curvature = loss == .logistic ? 0.25 : 1
        let single = n * factor * curvature * (squaredNorms.max() ?? 0)
        return n * (b - 1) / (b * (n - 1)) * whole + (n - b) / (b * (n - 1)) * single
    }

    /// Returns the derivative of one record's loss by its prediction z = x' w, without the factor.
    package func slope(ofRecord index: Int, prediction: Double) -> Double {
        let target = targets[index]
        return switch loss {
        case .squared: prediction - target
        case .logistic: -target * LogisticLoss.wrongProbability(margin: target * prediction)
        }
    }

    private func value(ofPredictions predictions: [Double]) -> Double {
        var sum = 0.0
        switch loss {
        case .squared:
            for index in targets.indices {
                let residual = predictions[index] - targets[index]
                sum += residual * residual
            }
            return factor * (sum / 2)
        case .logistic:
            for index in targets.indices {
                sum += LogisticLoss.value(margin: targets[index] * predictions[index])
            }
            return factor * sum
        }
    }

    private func gradient(ofPredictions predictions: [Double]) -> [Double] {
        var slopes = predictions
        let factor = factor
        for index in targets.indices {
            slopes[index] = factor * slope(ofRecord: index, prediction: predictions[index])
        }
        return features.multiplied(by: slopes, transposed: true)
    }
}
