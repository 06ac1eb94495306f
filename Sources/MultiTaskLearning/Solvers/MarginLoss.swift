internal import Glibc

/// The loss of one task as a function of its margins z = X w: `factor * sum_i phi(z_i, y_i)`.
///
/// The factor holds the task's weight and, for the mean scale, the number of records.
struct MarginLoss: Sendable {
    let kind: LossKind
    let factor: Double
    /// Real numbers for the squared loss, +1 or -1 for the logistic loss.
    let targets: [Double]

    init(_ objective: TaskObjective) {
        kind = objective.loss
        targets = objective.targets
        factor = objective.factor
    }

    /// Returns the loss at some margins.
    func value(at margins: [Double]) -> Double {
        var sum = CompensatedSum()
        switch kind {
        case .squared:
            for index in margins.indices {
                let residual = margins[index] - targets[index]
                sum.add(0.5 * residual * residual)
            }
        case .logistic:
            for index in margins.indices {
                sum.add(LogisticLoss.value(margin: targets[index] * margins[index]))
            }
        }
        return factor * sum.value
    }

    /// Returns the derivative with respect to each margin.
    func slopes(at margins: [Double]) -> [Double] {
        switch kind {
        case .squared:
            margins.indices.map { factor * (margins[$0] - targets[$0]) }
        case .logistic:
            margins.indices.map {
                -factor * targets[$0] * LogisticLoss.wrongProbability(margin: targets[$0] * margins[$0])
            }
        }
    }

    /// Returns the second derivative with respect to each margin.
    func curvatures(at margins: [Double]) -> [Double] {
        switch kind {
        case .squared:
            [Double](repeating: factor, count: margins.count)
        case .logistic:
            margins.map {
                factor * LogisticLoss.wrongProbability(margin: $0)
                    * LogisticLoss.wrongProbability(margin: -$0)
            }
        }
    }

    /// Returns the two parts of the convex conjugate at `s * slopes`: the conjugate is
    /// `s^2 * quadratic + s * linear` for the squared loss.
    ///
    /// - Returns: The parts and the sum of the absolute values of everything that was added.
    func squaredConjugate(of slopes: [Double]) -> (quadratic: Double, linear: Double, magnitude: Double) {
        precondition(kind == .squared, "the conjugate of the logistic loss is not quadratic")
        var quadratic = CompensatedSum()
        var linear = CompensatedSum()
        for index in slopes.indices {
            quadratic.add(slopes[index] * slopes[index] / (2 * factor))
            linear.add(slopes[index] * targets[index])
        }
        return (quadratic.value, linear.value, quadratic.magnitude + linear.magnitude)
    }

    /// Returns the convex conjugate of the logistic loss at `scale * slopes`: `factor` times the sum of
    /// p log p + (1 - p) log(1 - p) with p = -y slope / factor.
    ///
    /// - Returns: The conjugate, infinite outside its domain, and the sum of the absolute values of its terms.
    func logisticConjugate(of slopes: [Double], scaledBy scale: Double) -> (value: Double, magnitude: Double)
    {
        precondition(kind == .logistic, "the conjugate of the squared loss is not an entropy")
        var sum = CompensatedSum()
        for index in slopes.indices {
            let p = -scale * slopes[index] * targets[index] / factor
            guard p >= 0, p <= 1 else { return (.infinity, .infinity) }
            if p > 0 { sum.add(p * log(p)) }
            if p < 1 { sum.add((1 - p) * log1p(-p)) }
        }
        return (factor * sum.value, factor * sum.magnitude)
    }
}
