package import LinearAlgebra

/// A convex function g of the model matrix W (d features x T tasks) and its proximal operator, without the
/// factor lambda.
package struct Regularizer: Sendable, Equatable {
    /// Which function.
    package let kind: RegularizerKind
    /// Every parameter that the function takes.
    package let parameters: [RegularizerParameter: Double]
    /// The task graph or the task covariance, for the kinds that need one.
    package let structure: TaskStructure?
    /// The norms of the two parts of W, for the kind that takes them.
    package let parts: SplitParts?
    /// The rows that g ignores and its proximal operator keeps, ascending: an intercept, for instance.
    package let unpenalizedRows: [Int]
    /// g itself; the other properties determine it.
    let function: any ConvexFunction

    /// Creates a regularizer.
    ///
    /// - Parameters:
    ///   - parameters: Those that are not as ``RegularizerParameter/standardValue`` says.
    ///   - structure: What ``RegularizerKind/requiredStructure`` says.
    ///   - parts: For kinds with ``RegularizerKind/takesParts`` alone; nil there is ``SplitParts/standard``.
    ///   - unpenalizedRows: Distinct indices from 0.
    /// - Throws: ``MultiTaskLearningError`` `.invalidParameter`; `LinearAlgebraError` when the eigenproblem of a
    ///   graph or a covariance does not converge.
    /// - Complexity: O(T^3) with a graph or a covariance.
    package init(
        _ kind: RegularizerKind, _ parameters: [RegularizerParameter: Double] = [:],
        structure: TaskStructure? = nil, parts: SplitParts? = nil, unpenalizedRows: [Int] = []
    ) throws {
        let names = RegularizerParameter.allCases.filter { parameters[$0] != nil }
        if let foreign = names.first(where: { !kind.parameters.contains($0) }) {
            throw Self.invalid("the regularizer \(kind.rawValue) takes no \(foreign.rawValue)")
        }
        var complete: [RegularizerParameter: Double] = [:]
        for parameter in kind.parameters {
            let value = parameters[parameter] ?? parameter.standardValue
            try parameter.check(value)
            complete[parameter] = value
        }
        guard structure?.kind == kind.requiredStructure else {
            throw Self.invalid(
                kind.requiredStructure.map { "the regularizer \(kind.rawValue) needs a task \($0.rawValue)" }
                    ?? "the regularizer \(kind.rawValue) takes no task \(structure?.kind.rawValue ?? "")")
        }
        if let parts, !kind.takesParts {
            throw Self.invalid(
                "the regularizer \(kind.rawValue) takes no parts, got \(parts.names.joined(separator: " and ")); "
                    + "only \(RegularizerKind.split.rawValue) does")
        }
        let rows = unpenalizedRows.sorted()
        for (index, row) in rows.enumerated() where row < 0 || (index > 0 && rows[index - 1] == row) {
            throw Self.invalid(
                "unpenalized rows must be distinct and not negative, got \(row)" + (row < 0 ? "" : " twice"))
        }
        let base = try kind.function(complete, structure, parts)
        let ridge = complete[.addedRidge] ?? 0
        self.kind = kind
        self.parameters = complete
        self.structure = structure
        self.parts = kind.takesParts ? (parts ?? SplitParts.standard) : nil
        self.unpenalizedRows = rows
        function = Self.adding(ridge: ridge, to: base)
    }

    /// Returns whether both are the same function of the same rows.
    package static func == (left: Self, right: Self) -> Bool {
        left.kind == right.kind && left.parameters == right.parameters && left.structure == right.structure
            && left.parts == right.parts && left.unpenalizedRows == right.unpenalizedRows
    }

    /// Throws unless g is defined for this number of tasks.
    ///
    /// - Throws: ``MultiTaskLearningError`` `.shapeMismatch`.
    package func checkTasks(count: Int) throws { try function.checkTasks(count: count) }

    /// Returns g(W).
    ///
    /// - Parameter w: d x T.
    /// - Throws: ``MultiTaskLearningError`` `.shapeMismatch` when an unpenalized row is not in W or the number of tasks
    ///   is another, `.nonFinite`, `.noConvergence`; `LinearAlgebraError` when the singular values do not converge.
    package func value(_ w: Matrix) throws -> Double {
        try check(w)
        return try function.value(penalizedPart(of: w))
    }

    /// Returns the proximal operator of `scale * g` at V: the W that minimises |W - V|^2 / 2 + scale * g(W).
    ///
    /// - Parameter v: d x T.
    /// - Parameter scale: Finite and not negative; 0 gives V itself.
    /// - Throws: As ``value(_:)`` does, and ``MultiTaskLearningError`` `.invalidParameter` for the scale.
    /// - Complexity: docs/regularizers.md has that of each kind.
    /// - SeeAlso: Parikh and Boyd, Proximal Algorithms (2014), section 6.
    package func proximal(of v: Matrix, scale: Double) throws -> Matrix {
        var start: Matrix?
        return try proximal(of: v, scale: scale, start: &start)
    }

    /// Returns the same from where the last iteration ended, for the kinds that have no closed form.
    func proximal(of v: Matrix, scale: Double, start: inout Matrix?) throws -> Matrix {
        try Self.check(scale: scale)
        try check(v)
        if scale == 0 { return v }
        var result = try function.proximal(of: penalizedPart(of: v), scale: scale, start: &start)
        for row in unpenalizedRows { result.setRow(row, to: v.row(row)) }
        return result
    }
}

extension Regularizer {
    /// Throws unless `scale` is finite and not negative.
    static func check(scale: Double) throws {
        guard scale.isFinite, scale >= 0 else {
            throw invalid("the scale of a proximal operator must be finite and not negative, got \(scale)")
        }
    }

    /// Throws unless all of `matrix` is finite and g is defined for its shape.
    func check(_ matrix: Matrix) throws {
        try checkRows(dimension: matrix.rowCount)
        try checkTasks(count: matrix.columnCount)
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

    /// Returns the factor by which a group of this norm is multiplied: max(0, 1 - scale / norm).
    static func groupShrinkage(norm: Double, scale: Double) -> Double {
        norm > scale ? 1 - scale / norm : 0
    }

    /// Returns `base + ridge * |W|^2 / 2`; a sum over elements stays one.
    static func adding(ridge: Double, to base: any ConvexFunction) -> any ConvexFunction {
        if ridge == 0 { return base }
        if let sum = base as? any ElementwiseFunction {
            return ElasticNet(l1Weight: sum.l1Weight, ridgeWeight: sum.ridgeWeight + ridge)
        }
        return AddedRidge(base: base, ridge: ridge)
    }

    static func invalid(_ message: String) -> MultiTaskLearningError {
        MultiTaskLearningError(code: .invalidParameter, message: message)
    }
}
