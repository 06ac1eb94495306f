internal import LinearAlgebra

/// Minimises `sum_t weight_t loss_t(w_t) + lambda g(W)` with all data in one place, to a certified duality gap.
///
/// Every loss and regularizer is covered, mixed losses and unpenalized rows included, and every result carries a
/// lower bound (``DualityCertificate`` says how far rounding is accounted for). Ridge, and lambda = 0, are
/// smooth problems of single tasks, solved directly; everything else is solved by Douglas-Rachford splitting with
/// exact local solves (``DouglasRachfordIteration``), which does not feel the conditioning of the data as gradient
/// methods do. Where g is a sum over tasks (l1, elastic net, ridge) the tasks are solved one by one.
///
/// One task with ridge is the local-only model.
///
/// A problem whose infimum is not attained (labels separated along a direction that g does not see) ends at the
/// iteration limit with an honest gap, and so may a lambda so small that the rounding of X' alpha hides it:
/// below about 1e-11 of the lambda from which on W = 0 is optimal.
package struct CentralSolver: Sendable {
    private let regularizer: Regularizer
    private let lambda: Double
    private let tolerance: Double
    private let iterationLimit: Int

    /// Creates a solver.
    ///
    /// - Parameters:
    ///   - lambda: Finite, at least 0.
    ///   - relativeGap: Where to stop, above 0: (objective - lower bound) / |objective|. Double precision reaches
    ///     about 1e-11 on ordinary problems.
    ///   - iterationLimit: Evaluations of the splitting operator at most (for each task where they are solved one
    ///     by one), at least 1.
    /// - Throws: ``MultiTaskLearningError`` `.invalidParameter`.
    package init(
        regularizer: Regularizer, lambda: Double, relativeGap: Double = 1e-8,
        iterationLimit: Int = SolverLimits.splittingEvaluations
    ) throws {
        guard lambda.isFinite, lambda >= 0 else {
            throw Self.invalid("lambda must be finite and at least 0, got \(lambda)")
        }
        guard relativeGap.isFinite, relativeGap > 0 else {
            throw Self.invalid("the relative gap must be finite and above 0, got \(relativeGap)")
        }
        guard iterationLimit >= 1 else {
            throw Self.invalid("the iteration limit must be at least 1, got \(iterationLimit)")
        }
        self.regularizer = regularizer
        self.lambda = lambda
        tolerance = relativeGap
        self.iterationLimit = iterationLimit
    }

    /// Returns the minimiser, its objective and a lower bound on every objective.
    ///
    /// - Parameters:
    ///   - tasks: At least one, all of one dimension.
    ///   - progress: Called at each certificate, or after each task where they are solved one by one. What it
    ///     throws ends the search and is thrown on: the way to cancel.
    /// - Returns: The best found within the iteration limit; `isConverged` says whether that is within the gap.
    /// - Throws: ``MultiTaskLearningError`` `.shapeMismatch` for tasks that do not fit together; `.nonFinite` or
    ///   `LinearAlgebraError` when a number overflows.
    package func solve(
        _ tasks: [TaskObjective], progress: ((SolverProgress) throws -> Void)? = nil
    ) throws -> CentralSolution {
        try validate(tasks)
        if isSeparable { return try solveOneByOne(tasks, progress: progress) }
        let search = try solveTogether(tasks, progress: progress)
        return try CentralSolution(search, regularizer: regularizer)
    }

    /// Whether lambda g is a sum over tasks, so that each task has a splitting, with a scale, of its own.
    private var isSeparable: Bool {
        lambda == 0 || regularizer.isSumOverTasks
    }

    /// The ridge of the smooth problem of one task, or nil where the problem is not smooth or couples tasks.
    private var smoothRidge: Double? {
        lambda == 0 ? 0 : regularizer.ridgeOnly.map { lambda * $0 }
    }

    private func solveOneByOne(
        _ tasks: [TaskObjective], progress: ((SolverProgress) throws -> Void)?
    ) throws -> CentralSolution {
        let zero = Matrix(rowCount: tasks[0].dimension, columnCount: 1)
        var w = Matrix(rowCount: tasks[0].dimension, columnCount: tasks.count)
        // What the tasks not yet solved add: their objectives at the start. A loss is never below 0, so they leave
        // the bound as it is.
        var startObjectives: [Double] = [0]
        for task in tasks.reversed() {
            startObjectives.append((startObjectives.last ?? 0) + task.value(at: zero.elements))
        }
        var objective = CompensatedSum()
        var lowerBound: CompensatedSum? = CompensatedSum()
        var state = SolverProgress(
            iterations: 0, objective: startObjectives.last ?? 0, lowerBound: 0)
        for (index, task) in tasks.enumerated() {
            let search = try smoothRidge.map { try solveSmooth(task, ridge: $0) } ?? solveTogether([task])
            w.setColumn(index, to: search.w.elements)
            objective.add(search.progress.objective)
            if let bound = search.progress.lowerBound { lowerBound?.add(bound) } else { lowerBound = nil }
            state.iterations = max(state.iterations, search.progress.iterations)
            state.objective = objective.value + startObjectives[tasks.count - 1 - index]
            state.lowerBound = lowerBound?.value
            try progress?(state)
        }
        // One task's gap may be above the tolerance where its objective is small beside the others'.
        return try CentralSolution(
            w, state, isConverged: state.relativeGap.map { $0 <= tolerance } ?? false,
            regularizer: regularizer)
    }

    private func solveSmooth(_ task: TaskObjective, ridge: Double) throws -> CertifiedSearch {
        var search = try search(for: [task])
        let problem = RidgeProblem(task: task, ridge: ridge, unpenalizedRows: regularizer.unpenalizedRows)
        let (minimizer, steps) = try problem.minimized()
        let w = Matrix(columns: [minimizer])
        try search.examine(primal: w, local: w, after: steps)
        return search
    }

    private func solveTogether(
        _ tasks: [TaskObjective], progress: ((SolverProgress) throws -> Void)? = nil
    ) throws -> CertifiedSearch {
        var search = try search(for: tasks)
        var iteration = try DouglasRachfordIteration(tasks: tasks, regularizer: regularizer, lambda: lambda)
        var nextCertificate = min(SolverLimits.evaluationsPerCertificate, iterationLimit)
        while true {
            let count = iteration.evaluationCount
            if count >= nextCertificate {
                try search.examine(
                    primal: iteration.primal, local: iteration.local, start: iteration.dualStart, after: count
                )
                try progress?(search.progress)
                if search.isFinished || count >= iterationLimit { return search }
                nextCertificate = min(count + SolverLimits.evaluationsPerCertificate, iterationLimit)
            }
            try iteration.advance(evaluationLimit: iterationLimit)
        }
    }

    private func search(for tasks: [TaskObjective]) throws -> CertifiedSearch {
        try CertifiedSearch(
            certificate: DualityCertificate(tasks: tasks, regularizer: regularizer, lambda: lambda),
            start: Matrix(rowCount: tasks[0].dimension, columnCount: tasks.count), tolerance: tolerance)
    }

    private func validate(_ tasks: [TaskObjective]) throws {
        guard let dimension = tasks.first?.dimension else {
            throw MultiTaskLearningError(
                code: .shapeMismatch, message: "a problem needs at least 1 task, got none")
        }
        for (index, task) in tasks.enumerated() where task.dimension != dimension {
            throw MultiTaskLearningError(
                code: .shapeMismatch,
                message:
                    "task \(index) has \(task.dimension) features and task 0 has \(dimension); all tasks "
                    + "share one set of features")
        }
        try regularizer.checkRows(dimension: dimension)
        try regularizer.checkTasks(count: tasks.count)
    }

    private static func invalid(_ message: String) -> MultiTaskLearningError {
        MultiTaskLearningError(code: .invalidParameter, message: message)
    }
}
