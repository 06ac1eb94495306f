package import LinearAlgebra

/// The auxiliary matrix V (d x T) of a splitting, with what the regularizer needs to know of it.
///
/// Columns change one at a time and proximal columns are asked one at a time. The statistic (the Gram matrix of
/// the smaller side for the nuclear norm, squared row norms for l2,1, the sum of columns for the mean) follows
/// every change, and the spectral factor is computed when a column is asked after a change, not before. The
/// matrix alone is the state: all else can be derived from it.
package struct AuxiliaryMatrix: Sendable {
    /// V.
    package private(set) var matrix: Matrix
    /// The regularizer g.
    package let regularizer: Regularizer
    /// The factor of g in the proximal operator, eta * lambda or gamma * lambda.
    package private(set) var scale: Double
    private var statistic: any ProximalStatistic

    /// Creates a matrix of zeros.
    ///
    /// - Precondition: The scale is finite and not negative, and every unpenalized row is below `dimension`.
    package init(dimension: Int, taskCount: Int, regularizer: Regularizer, scale: Double) {
        precondition(scale.isFinite && scale >= 0, "the scale must be finite and not negative, got \(scale)")
        precondition(
            (regularizer.unpenalizedRows.last ?? -1) < dimension,
            "unpenalized rows \(regularizer.unpenalizedRows) of \(dimension)")
        self.init(
            unchecked: Matrix(rowCount: dimension, columnCount: taskCount), regularizer: regularizer,
            scale: scale)
    }

    /// Creates the state that a stored V stands for.
    ///
    /// - Throws: ``MultiTaskLearningError`` `.nonFinite`, `.shapeMismatch` when an unpenalized row is not in V,
    ///   `.invalidParameter` for the scale.
    package init(restoring matrix: Matrix, regularizer: Regularizer, scale: Double) throws {
        try Regularizer.check(scale: scale)
        try regularizer.check(matrix)
        self.init(unchecked: matrix, regularizer: regularizer, scale: scale)
    }

    private init(unchecked matrix: Matrix, regularizer: Regularizer, scale: Double) {
        self.matrix = matrix
        self.regularizer = regularizer
        self.scale = scale
        statistic =
            switch regularizer.kind {
            case .nuclear: GramStatistic(matrix, regularizer: regularizer)
            case .l21: RowNormStatistic(regularizer.penalizedPart(of: matrix))
            case .mean: MeanStatistic(regularizer.penalizedPart(of: matrix))
            case .l1, .ridge, .elasticNet: ElementwiseStatistic(regularizer: regularizer)
            }
    }

    /// The number of rows, d.
    package var dimension: Int { matrix.rowCount }

    /// The number of columns, T.
    package var taskCount: Int { matrix.columnCount }

    /// How many spectral factors were computed so far, each one small symmetric eigenproblem; 0 without them.
    package var factorCount: Int { (statistic as? GramStatistic)?.factorCount ?? 0 }

    /// Replaces a column of V.
    ///
    /// A NaN or an infinity is for the caller to refuse; here it spoils the proximal columns (or makes them
    /// throw) until the column is replaced.
    ///
    /// - Parameter v: d numbers.
    /// - Complexity: O(d log T), for the nuclear norm O(min(d, T)^2) when d <= T and O(d T) when T < d.
    package mutating func setColumn(_ task: Int, to v: [Double]) {
        precondition(v.count == dimension, "a column has \(dimension) rows, got \(v.count)")
        let old = regularizer.penalizedPart(of: matrix.column(task))
        matrix.setColumn(task, to: v)
        statistic.columnChanged(task, from: old, to: regularizer.penalizedPart(of: v), in: matrix)
    }

    /// Changes the scale; V is kept, and what is known of it formed anew.
    package mutating func setScale(_ scale: Double) {
        replace(by: matrix, scale: scale)
    }

    /// Changes V as a whole, and the scale.
    ///
    /// - Precondition: `matrix` has V's shape, and the scale is finite and not negative.
    /// - Complexity: That of the statistic of a whole matrix.
    package mutating func replace(by matrix: Matrix, scale: Double) {
        precondition(scale.isFinite && scale >= 0, "the scale must be finite and not negative, got \(scale)")
        precondition(
            matrix.rowCount == dimension && matrix.columnCount == taskCount,
            "V is \(dimension) x \(taskCount), got \(matrix.rowCount) x \(matrix.columnCount)")
        self = AuxiliaryMatrix(unchecked: matrix, regularizer: regularizer, scale: scale)
    }

    /// Returns a column of prox_{scale g}(V).
    ///
    /// - Throws: `LinearAlgebraError` when the eigenproblem of the nuclear norm does not converge, or V is not
    ///   finite.
    /// - Complexity: O(d); for the nuclear norm O(d^2) when d <= T and O(d T) when T < d, and once after each
    ///   change one symmetric eigenproblem of size min(d, T), O(min(d, T)^3).
    package mutating func proximalColumn(_ task: Int) throws -> [Double] {
        let column = matrix.column(task)
        if scale == 0 { return column }
        var result = try statistic.proximalColumn(
            task, of: regularizer.penalizedPart(of: column), in: matrix, scale: scale)
        for row in regularizer.unpenalizedRows { result[row] = column[row] }
        return result
    }

    /// Returns prox_{scale g}(V): the model W that V stands for.
    ///
    /// - Throws: As ``proximalColumn(_:)`` does.
    /// - Complexity: T times that of a column, and one eigenproblem.
    package mutating func proximal() throws -> Matrix {
        var result = Matrix(rowCount: dimension, columnCount: taskCount)
        for task in 0..<taskCount { result.setColumn(task, to: try proximalColumn(task)) }
        return result
    }
}
