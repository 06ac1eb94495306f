internal import LinearAlgebra

/// A quadratic function of the mean of all columns and of their deviations from it:
/// meanCurvature * T |mean|^2 / 2 + deviationCurvature * sum_t |w_t - mean|^2 / 2.
protocol MeanFunction: ConvexFunction {
    func meanCurvature(taskCount: Int) -> Double
    /// Positive.
    func deviationCurvature(taskCount: Int) -> Double
}

extension MeanFunction {
    var growth: Growth { .quadratic }

    func value(_ w: Matrix) -> Double {
        let (mean, deviations) = split(w)
        let ofMean = meanCurvature(taskCount: w.columnCount)
        let squares = deviationCurvature(taskCount: w.columnCount) * squaredNorm(deviations.elements) / 2
        return ofMean == 0 ? squares : squares + ofMean * Double(w.columnCount) * squaredNorm(mean) / 2
    }

    func proximal(of v: Matrix, scale: Double, start: inout Matrix?) -> Matrix {
        let sum = sum(v)
        var result = v
        for task in 0..<v.columnCount {
            result.setColumn(
                task, to: shrunk(v.column(task), sum: sum, scale: scale, taskCount: v.columnCount))
        }
        return result
    }

    func conjugate(of u: Matrix, scale: Double) -> Double {
        let (mean, deviations) = split(u)
        let ofMean = meanCurvature(taskCount: u.columnCount)
        let ofDeviations = deviationCurvature(taskCount: u.columnCount)
        var sum = CompensatedSum()
        for value in deviations.elements { sum.add(value * value / (2 * scale * ofDeviations)) }
        if ofMean > 0 {
            for value in mean { sum.add(Double(u.columnCount) * value * value / (2 * scale * ofMean)) }
        }
        return sum.value
    }

    func freeGroups(taskCount: Int) -> [[Int]] {
        meanCurvature(taskCount: taskCount) == 0 ? [Array(0..<taskCount)] : []
    }

    /// Returns a column of the proximal operator, in one pass.
    ///
    /// - Parameter sum: That of all columns.
    func shrunk(_ column: [Double], sum: [Double], scale: Double, taskCount: Int) -> [Double] {
        let ofMean = meanCurvature(taskCount: taskCount)
        let ofDeviation = deviationCurvature(taskCount: taskCount)
        let meanFactor = scale * (ofDeviation - ofMean) / (1 + scale * ofMean)
        return Vector.adding(
            sum, scaledBy: meanFactor / Double(taskCount), to: column,
            timesScale: 1 / (1 + scale * ofDeviation))
    }

    func statistic(
        of penalized: Matrix, regularizer: Regularizer, policy: FactorPolicy
    ) -> any ProximalStatistic {
        MeanStatistic(penalized, function: self)
    }

    private func split(_ w: Matrix) -> (mean: [Double], deviations: Matrix) {
        let mean = Vector.scaled(sum(w), by: 1 / Double(max(w.columnCount, 1)))
        var deviations = w
        for task in 0..<w.columnCount {
            deviations.setColumn(task, to: Vector.subtracting(mean, from: w.column(task)))
        }
        return (mean, deviations)
    }

    private func sum(_ w: Matrix) -> [Double] {
        var sum = [Double](repeating: 0, count: w.rowCount)
        for task in 0..<w.columnCount { Vector.add(w.column(task), to: &sum) }
        return sum
    }

    private func squaredNorm(_ elements: [Double]) -> Double { Vector.dot(elements, elements) }
}
