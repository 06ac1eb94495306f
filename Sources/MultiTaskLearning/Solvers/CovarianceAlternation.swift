internal import LinearAlgebra

/// Task-relationship learning as published: the model for a fixed covariance of the tasks and the covariance of the
/// model, in turns, until a certified duality gap.
///
/// It minimises what ``CentralSolver`` minimises with ``RegularizerKind/learnedCovariance``, and the certificate is that
/// problem's. A floor under the covariance's eigenvalues, lowered each round, keeps it regular where the model loses rank;
/// directions that vanish do so geometrically at best, so that it needs many rounds where the other needs none.
///
/// - SeeAlso: Zhang and Yeung, A convex formulation for learning task relationships in multi-task learning (UAI 2010),
///   algorithm 1.
package struct CovarianceAlternation: Sendable {
    private let regularizer: Regularizer
    private let lambda: Double
    private let tolerance: Double
    private let roundLimit: Int

    /// The share of the floor in the first covariance, what it is multiplied by in each round, and its least.
    private static let floor = (first: 1.0, factor: 0.5, least: 1e-10)
    /// The models of a round are solved to this part of the gap that is asked for.
    private static let innerPart = 0.1

    /// Creates a solver.
    ///
    /// - Parameters:
    ///   - regularizer: Of the kind `learnedCovariance`.
    ///   - lambda: Finite, above 0.
    ///   - relativeGap: Where to stop, above 0: (objective - lower bound) / |objective|.
    ///   - roundLimit: At least 1.
    /// - Throws: ``MultiTaskLearningError`` `.invalidParameter`.
    package init(regularizer: Regularizer, lambda: Double, relativeGap: Double, roundLimit: Int) throws {
        guard regularizer.kind == .learnedCovariance else {
            throw Regularizer.invalid(
                "alternation learns a covariance; the regularizer \(regularizer.kind.rawValue) has none to learn"
            )
        }
        guard lambda.isFinite, lambda > 0 else {
            throw Regularizer.invalid(
                "lambda must be finite and above 0 to learn a covariance, got \(lambda)")
        }
        guard relativeGap.isFinite, relativeGap > 0 else {
            throw Regularizer.invalid("the relative gap must be finite and above 0, got \(relativeGap)")
        }
        guard roundLimit >= 1 else {
            throw Regularizer.invalid("the limit of rounds must be at least 1, got \(roundLimit)")
        }
        self.regularizer = regularizer
        self.lambda = lambda
        tolerance = relativeGap
        self.roundLimit = roundLimit
    }

    /// Returns the best model, its objective and a lower bound on every objective; `iterations` are rounds.
    ///
    /// - Throws: As ``CentralSolver/solve(_:progress:)`` does, and what `progress` throws.
    package func solve(
        _ tasks: [TaskObjective], progress: ((SolverProgress) throws -> Void)? = nil
    ) throws -> CentralSolution {
        var solution: CentralSolution?
        var search: CertifiedSearch?
        var share = Self.floor.first
        for round in 1...roundLimit {
            let learned = try solution.map { try TaskRelationship.covariance(of: penalized($0)) }
            let model = try solver(learned, floor: share, taskCount: tasks.count).solve(tasks)
            var state = try search ?? newSearch(tasks, dimension: model.w.rowCount)
            try state.examine(primal: model.w, local: model.w, after: round)
            try progress?(state.progress)
            search = state
            solution = model
            if state.isFinished { break }
            share = max(share * Self.floor.factor, Self.floor.least)
        }
        guard let search else { preconditionFailure("there is at least one round") }
        return try CentralSolution(search, regularizer: regularizer)
    }

    private func newSearch(_ tasks: [TaskObjective], dimension: Int) throws -> CertifiedSearch {
        try CertifiedSearch(
            certificate: DualityCertificate(tasks: tasks, regularizer: regularizer, lambda: lambda),
            start: Matrix(rowCount: dimension, columnCount: tasks.count), tolerance: tolerance)
    }

    private func penalized(_ solution: CentralSolution) -> Matrix {
        regularizer.penalizedRows(of: solution.w)
    }

    /// Returns the solver for (1 - floor) * learned + floor * I / T, whose function has the factor 1 and not 1 / 2.
    private func solver(_ learned: Matrix?, floor: Double, taskCount: Int) throws -> CentralSolver {
        var covariance =
            learned?.scaled(by: 1 - floor) ?? Matrix(rowCount: taskCount, columnCount: taskCount)
        for task in 0..<taskCount { covariance[task, task] += floor / Double(taskCount) }
        let ridge = regularizer.parameters[.addedRidge] ?? 0
        return try CentralSolver(
            regularizer: Regularizer(
                .covariance, [.addedRidge: 2 * ridge], structure: .covariance(covariance),
                unpenalizedRows: regularizer.unpenalizedRows),
            lambda: lambda / 2, relativeGap: Self.innerPart * tolerance)
    }
}
