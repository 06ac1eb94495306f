package import LinearAlgebra

/// What ``CentralSolver`` found.
package struct CentralSolution: Sendable, Equatable {
    /// The weights: one row for each feature, one column for each task.
    package var w: Matrix
    /// The objective at `w`.
    package var objective: Double
    /// A number that no W can go below (``DualityCertificate`` states the rounding), or nil where there is none.
    package var lowerBound: Double?
    /// The numerical rank of the penalized rows of `w`: singular values above 1e-9 of the largest.
    package var rank: Int
    /// The number of penalized rows of `w` with an element that is not zero.
    package var nonZeroRowCount: Int
    /// Evaluations of the splitting operator; where tasks are solved one by one, the largest number of Newton
    /// steps of a task.
    package var iterations: Int
    /// Whether the relative gap is within the tolerance.
    package var isConverged: Bool

    /// (objective - lower bound) / |objective|, 0 when both are 0, nil without a lower bound.
    package var relativeGap: Double? {
        lowerBound.map { Self.relativeGap(objective: objective, lowerBound: $0) }
    }

    private static let rankTolerance = 1e-9

    /// Creates what a search has found.
    init(_ search: CertifiedSearch, regularizer: Regularizer) throws {
        try self.init(search.w, search.progress, isConverged: search.isConverged, regularizer: regularizer)
    }

    /// Creates the solution with its structure.
    init(
        _ w: Matrix, _ state: SolverProgress, isConverged: Bool, regularizer: Regularizer
    ) throws {
        let penalized = regularizer.penalizedRows(of: w)
        self.w = w
        objective = state.objective
        lowerBound = state.lowerBound
        rank = try Self.numericalRank(of: penalized)
        nonZeroRowCount = (0..<penalized.rowCount).count { penalized.row($0).contains { $0 != 0 } }
        iterations = state.iterations
        self.isConverged = isConverged
    }

    /// Returns the number of singular values above 1e-9 of the largest.
    static func numericalRank(of w: Matrix) throws -> Int {
        let values = try SingularValueDecomposition.values(of: w)
        let cutoff = rankTolerance * (values.first ?? 0)
        return values.count { $0 > cutoff }
    }

    static func relativeGap(objective: Double, lowerBound: Double) -> Double {
        let gap = max(0, objective - lowerBound)
        return gap == 0 ? 0 : gap / objective.magnitude
    }
}

/// The state of a solution in the making.
package struct SolverProgress: Sendable, Equatable {
    /// Evaluations of the splitting operator so far.
    package var iterations: Int
    /// The smallest objective so far.
    package var objective: Double
    /// The largest lower bound so far.
    package var lowerBound: Double?

    /// (objective - lower bound) / |objective|, nil without a lower bound.
    package var relativeGap: Double? {
        lowerBound.map { CentralSolution.relativeGap(objective: objective, lowerBound: $0) }
    }
}
