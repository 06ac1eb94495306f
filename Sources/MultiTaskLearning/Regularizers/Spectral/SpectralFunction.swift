internal import LinearAlgebra

/// A function of the singular values of W that a ``SpectralBudget`` defines.
protocol SpectralFunction: ConvexFunction {
    /// Returns the budget for T tasks.
    func budget(taskCount: Int) -> SpectralBudget
}

extension SpectralFunction {
    var growth: Growth { .quadratic }

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

extension SingularValueDecomposition {
    /// Returns the matrix with other singular values, of which those at the end may be left out or 0.
    func recomposed(_ change: ([Double]) -> [Double]) -> Matrix {
        let changed = change(values)
        let kept = changed.prefix { $0 > 0 }
        var left = u.columns(0..<kept.count)
        for (index, value) in kept.enumerated() {
            left.setColumn(index, to: Vector.scaled(left.column(index), by: value))
        }
        // The right vectors are rows; their first ones are columns of the transpose.
        let right = vTransposed.transposed.columns(0..<kept.count)
        return left.multiplied(by: right, transposeOther: true)
    }
}
