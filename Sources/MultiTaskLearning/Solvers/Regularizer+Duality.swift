internal import LinearAlgebra

extension Regularizer {
    /// What convex duality needs to know of g.
    enum Conjugate {
        /// g is a norm: its conjugate is 0 where the dual norm is at most 1 and infinite elsewhere.
        case indicator
        /// g has a finite conjugate on everything orthogonal to its kernel.
        case finite
    }

    var conjugate: Conjugate {
        switch kind {
        case .nuclear, .l21, .l1: .indicator
        case .elasticNet: l1Ratio >= 1 ? .indicator : .finite
        case .ridge, .mean: .finite
        }
    }

    /// Returns the dual norm of g on the penalized rows (nuclear: largest singular value; l21: largest row norm;
    /// l1: largest absolute value), or nil where g is not a norm.
    func dualNorm(of u: Matrix) throws -> Double? {
        guard conjugate == .indicator else { return nil }
        let u = penalizedRows(of: u)
        switch kind {
        case .nuclear:
            let gramian = u.gramian(ofRows: u.rowCount <= u.columnCount)
            return try SymmetricEigendecomposition.values(of: gramian).last.map { max(0, $0).squareRoot() }
                ?? 0
        case .l21:
            return (0..<u.rowCount).reduce(0) { max($0, Vector.norm(u.row($1))) }
        case .l1, .elasticNet, .ridge, .mean:
            return u.elements.reduce(0) { max($0, $1.magnitude) }
        }
    }

    /// Returns (lambda g)*(U) with the part of U that lies in the kernel of g left out, for a finite conjugate.
    func conjugateValue(of u: Matrix, lambda: Double) -> Double {
        precondition(conjugate == .finite, "the conjugate of \(kind.rawValue) is an indicator")
        var u = penalizedRows(of: u)
        var threshold = 0.0
        var curvature = lambda
        switch kind {
        case .elasticNet:
            threshold = lambda * l1Ratio
            curvature = lambda * (1 - l1Ratio)
        case .mean:
            for row in 0..<u.rowCount {
                let values = u.row(row)
                let mean = values.reduce(0, +) / Double(max(1, values.count))
                u.setRow(row, to: values.map { $0 - mean })
            }
        case .nuclear, .l21, .l1, .ridge:
            break
        }
        var sum = CompensatedSum()
        for value in u.elements {
            let excess = max(0, value.magnitude - threshold)
            sum.add(excess * excess / (2 * curvature))
        }
        return sum.value
    }

    /// Returns the norm of the part of U in the kernel of lambda g: what a dual point must not have.
    ///
    /// The kernel holds the unpenalized rows, for `mean` also equal columns, for lambda = 0 everything.
    func kernelNorm(of u: Matrix, lambda: Double) -> Double {
        if lambda == 0 { return u.frobeniusNorm }
        var parts = unpenalizedRows.flatMap { u.row($0) }
        if kind == .mean {
            let rows = penalizedRows(of: u)
            let root = Double(max(1, u.columnCount)).squareRoot()
            parts += (0..<rows.rowCount).map { rows.row($0).reduce(0, +) / root }
        }
        return Vector.norm(parts)
    }

    /// Returns the matrix without the unpenalized rows.
    func penalizedRows(of w: Matrix) -> Matrix {
        guard !unpenalizedRows.isEmpty else { return w }
        let kept = penalizedRowIndices(of: w.rowCount)
        var result = Matrix(rowCount: kept.count, columnCount: w.columnCount)
        for (index, row) in kept.enumerated() { result.setRow(index, to: w.row(row)) }
        return result
    }

    /// Returns the indices of the penalized rows among `rowCount`, ascending.
    func penalizedRowIndices(of rowCount: Int) -> [Int] {
        let unpenalized = Set(unpenalizedRows)
        return (0..<rowCount).filter { !unpenalized.contains($0) }
    }
}
