internal import LinearAlgebra

/// A function of the singular values of W, or of its deviations from the mean of all tasks, that a ``SpectralBudget``
/// defines.
protocol SpectralFunction: ConvexFunction {
    /// The factor of T |mean|^2, which is then a summand of its own, with the deviations in the singular values' place; nil
    /// where the mean is not set apart.
    var priceOfMean: Double? { get }

    /// Returns the budget for T tasks.
    func budget(taskCount: Int) -> SpectralBudget
}

extension SpectralFunction {
    var growth: Growth { .quadratic }

    var priceOfMean: Double? { nil }

    /// Returns the matrix whose singular values the function is of.
    func deviations(of w: Matrix) -> Matrix {
        priceOfMean == nil ? w : w.addingToColumns(w.columnMean, scaledBy: -1)
    }

    func statistic(
        of penalized: Matrix, regularizer: Regularizer, policy: FactorPolicy
    ) -> any ProximalStatistic {
        BudgetStatistic(penalized, function: self, regularizer: regularizer, policy: policy)
    }

    func value(_ w: Matrix) throws -> Double {
        budget(taskCount: w.columnCount).value(try SingularValueDecomposition.values(of: w))
    }

    func proximal(of v: Matrix, scale: Double, start: inout Matrix?) throws -> Matrix {
        let budget = budget(taskCount: v.columnCount)
        return try SingularValueDecomposition(v).recomposed { budget.proximal(of: $0, scale: scale) }
    }

    func conjugate(of u: Matrix, scale: Double) throws -> Double {
        budget(taskCount: u.columnCount).conjugate(of: try SingularValueDecomposition.values(of: u)) / scale
    }
}

extension Matrix {
    /// The mean of the columns.
    var columnMean: [Double] {
        multiplied(by: [Double](repeating: 1 / Double(columnCount), count: columnCount))
    }

    /// Returns the matrix with `factor` times a vector added to each column.
    func addingToColumns(_ vector: [Double], scaledBy factor: Double) -> Matrix {
        var result = self
        result.add(outerProductOf: vector, and: [Double](repeating: factor, count: columnCount))
        return result
    }
}

extension SingularValueDecomposition {
    /// Returns the matrix with other singular values, of which those at the end may be left out or 0.
    func recomposed(_ change: ([Double]) -> [Double]) -> Matrix {
        let changed = change(values)
        let kept = changed.prefix { $0 > 0 }
        let left = u.columns(0..<kept.count).scalingColumns(by: Array(kept))
        // The right vectors are rows; their first ones are columns of the transpose.
        let right = vTransposed.transposed.columns(0..<kept.count)
        return left.multiplied(by: right, transposeOther: true)
    }
}
