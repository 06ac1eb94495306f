package import LinearAlgebra

/// A convex function g of the model matrix W (d features x T tasks) and its proximal operator, without the
/// factor lambda.
package struct Regularizer: Sendable, Equatable {
    /// Which function.
    package let kind: RegularizerKind
    /// The share of the l1 norm in the elastic net, from 0 to 1; the other functions ignore it.
    package let l1Ratio: Double
    /// The rows that g ignores and its proximal operator keeps, ascending: an intercept, for instance.
    package let unpenalizedRows: [Int]

    /// Creates a regularizer.
    ///
    /// - Parameter l1Ratio: From 0 to 1.
    /// - Parameter unpenalizedRows: Distinct indices from 0.
    /// - Throws: ``MultiTaskLearningError`` `.invalidParameter`.
    package init(_ kind: RegularizerKind, l1Ratio: Double = 0.5, unpenalizedRows: [Int] = []) throws {
        guard l1Ratio >= 0, l1Ratio <= 1 else {
            throw MultiTaskLearningError(
                code: .invalidParameter, message: "the l1 ratio must be from 0 to 1, got \(l1Ratio)")
        }
        let rows = unpenalizedRows.sorted()
        for (index, row) in rows.enumerated() where row < 0 || (index > 0 && rows[index - 1] == row) {
            throw MultiTaskLearningError(
                code: .invalidParameter,
                message: "unpenalized rows must be distinct and not negative, got \(row)"
                    + (row < 0 ? "" : " twice"))
        }
        self.kind = kind
        self.l1Ratio = l1Ratio
        self.unpenalizedRows = rows
    }

    /// Returns g(W).
    ///
    /// - Parameter w: d x T.
    /// - Throws: ``MultiTaskLearningError`` `.shapeMismatch` when an unpenalized row is not in W, `.nonFinite`;
    ///   `LinearAlgebraError` when the singular values do not converge.
    /// - Complexity: O(d T), for the nuclear norm O(d T min(d, T)).
    package func value(_ w: Matrix) throws -> Double {
        try check(w)
        let penalized = penalizedPart(of: w)
        switch kind {
        case .nuclear:
            return try SingularValueDecomposition.values(of: penalized).reduce(0, +)
        case .l21:
            return (0..<w.rowCount).reduce(0) { $0 + Vector.norm(penalized.row($1)) }
        case .l1:
            return magnitudeSum(penalized)
        case .ridge:
            return Vector.dot(penalized.elements, penalized.elements) / 2
        case .elasticNet:
            return l1Ratio * magnitudeSum(penalized)
                + (1 - l1Ratio) * Vector.dot(penalized.elements, penalized.elements) / 2
        case .mean:
            let mean = meanColumn(of: penalized)
            return (0..<w.columnCount).reduce(0) { sum, task in
                let deviation = Vector.subtracting(mean, from: penalized.column(task))
                return sum + Vector.dot(deviation, deviation) / 2
            }
        }
    }

    /// Returns the proximal operator of `scale * g` at V: the W that minimises |W - V|^2 / 2 + scale * g(W).
    ///
    /// - Parameter v: d x T.
    /// - Parameter scale: Finite and not negative; 0 gives V itself.
    /// - Throws: ``MultiTaskLearningError`` `.invalidParameter` for the scale, `.shapeMismatch` when an
    ///   unpenalized row is not in V, `.nonFinite`; `LinearAlgebraError` when the singular value decomposition
    ///   does not converge.
    /// - Complexity: O(d T), for the nuclear norm O(d T min(d, T)).
    /// - SeeAlso: Parikh and Boyd, Proximal Algorithms (2014), section 6.
    package func proximal(of v: Matrix, scale: Double) throws -> Matrix {
        try Self.check(scale: scale)
        try check(v)
        if scale == 0 { return v }
        var result: Matrix
        switch kind {
        case .nuclear:
            result = try singularValueThreshold(penalizedPart(of: v), scale)
        case .l21:
            result = v
            for row in 0..<v.rowCount {
                let values = v.row(row)
                let shrinkage = Self.groupShrinkage(norm: Vector.norm(values), scale: scale)
                result.setRow(row, to: Vector.scaled(values, by: shrinkage))
            }
        case .l1, .ridge, .elasticNet:
            result = Matrix(
                rowCount: v.rowCount, columnCount: v.columnCount,
                elements: elementwiseProximal(of: v.elements, scale: scale))
        case .mean:
            let mean = meanColumn(of: v)
            result = v
            for task in 0..<v.columnCount {
                result.setColumn(task, to: Self.shrunk(v.column(task), towards: mean, scale: scale))
            }
        }
        for row in unpenalizedRows { result.setRow(row, to: v.row(row)) }
        return result
    }
}

extension Regularizer {
    /// Throws unless `scale` is finite and not negative.
    static func check(scale: Double) throws {
        guard scale.isFinite, scale >= 0 else {
            throw MultiTaskLearningError(
                code: .invalidParameter,
                message: "the scale of a proximal operator must be finite and not negative, got \(scale)")
        }
    }

    /// Throws unless all of `matrix` is finite and it has every unpenalized row.
    func check(_ matrix: Matrix) throws {
        try checkRows(dimension: matrix.rowCount)
        if let index = matrix.elements.firstIndex(where: { !$0.isFinite }) {
            let (column, row) = index.quotientAndRemainder(dividingBy: matrix.rowCount)
            throw MultiTaskLearningError(
                code: .nonFinite,
                message: "row \(row) of column \(column) is \(matrix.elements[index]); it must be finite")
        }
    }

    /// Throws unless every unpenalized row is below `dimension`.
    func checkRows(dimension: Int) throws {
        if let last = unpenalizedRows.last, last >= dimension {
            throw MultiTaskLearningError(
                code: .shapeMismatch, message: "unpenalized row \(last) is not one of the \(dimension) rows")
        }
    }

    /// Returns a column with its unpenalized rows set to 0, where every g here has its minimum.
    func penalizedPart(of column: [Double]) -> [Double] {
        var result = column
        for row in unpenalizedRows { result[row] = 0 }
        return result
    }

    /// Returns a matrix with its unpenalized rows set to 0, where every g here has its minimum.
    func penalizedPart(of matrix: Matrix) -> Matrix {
        var result = matrix
        let zeros = [Double](repeating: 0, count: unpenalizedRows.isEmpty ? 0 : matrix.columnCount)
        for row in unpenalizedRows { result.setRow(row, to: zeros) }
        return result
    }

    /// Returns the proximal operator of a function that is a sum over elements.
    func elementwiseProximal(of v: [Double], scale: Double) -> [Double] {
        let threshold: Double
        let divisor: Double
        switch kind {
        case .l1: (threshold, divisor) = (scale, 1)
        case .ridge: (threshold, divisor) = (0, 1 + scale)
        case .elasticNet: (threshold, divisor) = (scale * l1Ratio, 1 + scale * (1 - l1Ratio))
        case .nuclear, .l21, .mean: preconditionFailure("\(kind) is not a sum over elements")
        }
        return v.map { value in
            if value > threshold { return (value - threshold) / divisor }
            if value < -threshold { return (value + threshold) / divisor }
            return 0
        }
    }

    /// Returns the factor by which a group of this norm is multiplied: max(0, 1 - scale / norm).
    static func groupShrinkage(norm: Double, scale: Double) -> Double {
        norm > scale ? 1 - scale / norm : 0
    }

    /// Returns (column + scale * mean) / (1 + scale), the proximal operator of the mean regularizer.
    static func shrunk(_ column: [Double], towards mean: [Double], scale: Double) -> [Double] {
        column.indices.map { (column[$0] + scale * mean[$0]) / (1 + scale) }
    }

    private func singularValueThreshold(_ v: Matrix, _ scale: Double) throws -> Matrix {
        let decomposition = try SingularValueDecomposition(v)
        let kept = decomposition.values.prefix { $0 > scale }
        var left = decomposition.u.columns(0..<kept.count)
        for (index, value) in kept.enumerated() {
            left.setColumn(index, to: Vector.scaled(left.column(index), by: value - scale))
        }
        // The right vectors are rows; their first ones are columns of the transpose.
        let right = decomposition.vTransposed.transposed.columns(0..<kept.count)
        return left.multiplied(by: right, transposeOther: true)
    }

    private func magnitudeSum(_ w: Matrix) -> Double {
        w.elements.reduce(0) { $0 + $1.magnitude }
    }

    private func meanColumn(of w: Matrix) -> [Double] {
        var sum = [Double](repeating: 0, count: w.rowCount)
        for task in 0..<w.columnCount { Vector.add(w.column(task), to: &sum) }
        return Vector.scaled(sum, by: 1 / Double(max(w.columnCount, 1)))
    }
}
