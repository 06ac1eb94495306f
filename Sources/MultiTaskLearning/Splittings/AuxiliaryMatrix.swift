package import LinearAlgebra

/// The auxiliary matrix V (d x T) of a splitting, with what the regularizer needs to know of it.
///
/// Columns change one at a time and proximal columns are asked one at a time. The statistic (the Gram matrix of
/// the smaller side for the nuclear norm, squared row norms for l2,1, the sum of columns for the mean; the regularizer
/// says which) follows every change. What is left to do, a spectral factor or the whole proximal operator of a
/// regularizer without a statistic of its own, is done when a column is asked that what is at hand is too old for, not
/// before; a factor also elsewhere, from a ``factorSnapshot()``. The matrix alone is the state: all else can be
/// derived from it.
package struct AuxiliaryMatrix: Sendable {
    /// V.
    package private(set) var matrix: Matrix
    /// The regularizer g.
    package let regularizer: Regularizer
    /// The factor of g in the proximal operator, eta * lambda or gamma * lambda.
    package private(set) var scale: Double
    /// How exact a spectral factor is, and how old it may be; of no effect without one.
    package let policy: FactorPolicy
    private var statistic: any ProximalStatistic
    /// Counts replacements of V as a whole and changes of the scale, each of which begins a new statistic.
    private var generation = 0

    /// Creates a matrix of zeros.
    ///
    /// - Precondition: The scale is finite and not negative, every unpenalized row is below `dimension`, and the
    ///   regularizer is defined for `taskCount` tasks.
    package init(
        dimension: Int, taskCount: Int, regularizer: Regularizer, scale: Double,
        policy: FactorPolicy = .current
    ) {
        precondition(scale.isFinite && scale >= 0, "the scale must be finite and not negative, got \(scale)")
        precondition(
            (regularizer.unpenalizedRows.last ?? -1) < dimension,
            "unpenalized rows \(regularizer.unpenalizedRows) of \(dimension)")
        precondition(
            (try? regularizer.checkTasks(count: taskCount)) != nil,
            "\(regularizer.kind.rawValue) is not for \(taskCount) tasks")
        self.init(
            unchecked: Matrix(rowCount: dimension, columnCount: taskCount), regularizer: regularizer,
            scale: scale, policy: policy)
    }

    /// Creates the state that a stored V stands for.
    ///
    /// - Throws: ``MultiTaskLearningError`` `.nonFinite`, `.shapeMismatch` when an unpenalized row is not in V or the
    ///   regularizer is for another number of tasks, `.invalidParameter` for the scale.
    package init(
        restoring matrix: Matrix, regularizer: Regularizer, scale: Double, policy: FactorPolicy = .current
    ) throws {
        try Regularizer.check(scale: scale)
        try regularizer.check(matrix)
        self.init(unchecked: matrix, regularizer: regularizer, scale: scale, policy: policy)
    }

    private init(unchecked matrix: Matrix, regularizer: Regularizer, scale: Double, policy: FactorPolicy) {
        self.matrix = matrix
        self.regularizer = regularizer
        self.scale = scale
        self.policy = policy
        statistic = regularizer.function.statistic(
            of: regularizer.penalizedPart(of: matrix), regularizer: regularizer, policy: policy)
    }

    /// The number of rows, d.
    package var dimension: Int { matrix.rowCount }

    /// The number of columns, T.
    package var taskCount: Int { matrix.columnCount }

    /// How many spectral factors were computed so far; 0 without them.
    package var factorCount: Int { statistic.factorCount }

    /// How many of them took a full decomposition.
    package var decompositionCount: Int { statistic.decompositionCount }

    /// How many columns have changed since the V of the spectral factor at hand.
    ///
    /// It is a part of the staleness of what is answered with that factor; 0 where the statistic follows every change, and
    /// at scale 0, where the prox is the identity.
    package var factorAge: Int { scale == 0 ? 0 : statistic.factorAge }

    /// Whether a column is answered without computing a first factor; true where the regularizer has none.
    package var hasFactor: Bool { scale == 0 || statistic.hasFactor(scale: scale) }

    /// Replaces a column of V.
    ///
    /// A NaN or an infinity is for the caller to refuse; here it spoils the proximal columns (or makes them
    /// throw) until the column is replaced.
    ///
    /// - Parameter v: d numbers.
    /// - Complexity: O(d), for the nuclear norm O(min(d, T)^2) when d <= T and O(d T) when T < d.
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
        let next = generation + 1
        self = AuxiliaryMatrix(
            unchecked: matrix, regularizer: regularizer, scale: scale, policy: policy)
        generation = next
    }

    /// Returns a column of prox_{scale g}(V).
    ///
    /// For functions of singular values it is a column of M V with M from a factor that the policy allows: at maximum age
    /// 0, prox(V) to the policy's tolerance. A factor computed from an older V is as exact for that V, and for the nuclear
    /// norm costs a column that has moved by x since at most sqrt(2) x / scale times as much again.
    ///
    /// - Throws: `LinearAlgebraError` when an eigenproblem or a singular value decomposition does not converge, or V
    ///   is not finite; ``MultiTaskLearningError`` `.noConvergence` or `.nonFinite` of an iteration.
    /// - Complexity: O(d) with row norms or a mean; O(d T) with a graph or a covariance; for functions of singular
    ///   values O(m^2) with m = min(d, T), O(d T) when T < d, and where the factor is too old what ``FactorSnapshot/refreshed()``
    ///   takes; for the others once after each change the whole proximal operator.
    package mutating func proximalColumn(_ task: Int) throws -> [Double] {
        let column = matrix.column(task)
        if scale == 0 { return column }
        var result = try statistic.proximalColumn(
            task, of: regularizer.penalizedPart(of: column), in: matrix, scale: scale)
        for row in regularizer.unpenalizedRows { result[row] = column[row] }
        return result
    }

    /// Returns prox_{scale g}(V), the model W that V stands for, whatever the policy.
    ///
    /// - Throws, Complexity: As ``Regularizer/proximal(of:scale:)``.
    package func proximal() throws -> Matrix {
        try regularizer.proximal(of: matrix, scale: scale)
    }

    /// Returns prox_{scale g}(V) from V alone: the same for the same V, whatever happened before.
    ///
    /// For the nuclear norm, without an added ridge, it comes from a fresh factor, within the policy's tolerance;
    /// otherwise it is ``proximal()``.
    ///
    /// - Throws: As ``proximalColumn(_:)``.
    /// - Complexity: For the nuclear norm O(d T m) with m = min(d, T), about a third of ``proximal()``'s.
    package func freshProximal() throws -> Matrix {
        guard scale > 0, var result = try statistic.freshProximal(of: matrix, scale: scale) else {
            return try proximal()
        }
        for row in regularizer.unpenalizedRows { result.setRow(row, to: matrix.row(row)) }
        return result
    }

    /// Returns what a spectral factor of the current V is computed from, elsewhere; nil where there is none.
    ///
    /// - Complexity: O(1); the first change of V after it copies V where the snapshot has it: with the nuclear norm
    ///   where the Gram matrix must be formed anew, with the other functions of singular values always.
    package func factorSnapshot() -> FactorSnapshot? {
        guard scale > 0, var snapshot = statistic.factorSnapshot(of: matrix, scale: scale) else { return nil }
        snapshot.generation = generation
        return snapshot
    }

    /// Takes a factor computed from a snapshot of this matrix; it does not matter which columns have changed since.
    ///
    /// - Returns: Whether it was taken: V was not replaced as a whole since, the scale is the same (also where it
    ///   changed and changed back), and the factor is newer than the one at hand.
    @discardableResult
    package mutating func install(_ factor: RefreshedFactor) -> Bool {
        factor.generation == generation && statistic.install(factor, scale: scale)
    }
}
