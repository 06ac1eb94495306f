internal import LinearAlgebra

/// Synchronous Douglas-Rachford splitting of all tasks at once, with adaptive gamma and safeguarded Anderson
/// acceleration.
///
/// P = prox_{gamma lambda g}(V), Y = prox_{gamma loss}(2 P - V) column by column, V += relaxation (Y - P)
/// (Eckstein and Bertsekas 1992). An accelerated point is taken only if it shrinks |Y - P| by a fixed factor, so
/// either the residual falls geometrically or, from some evaluation on, only plain steps are taken.
struct DouglasRachfordIteration {
    private let regularizer: Regularizer
    private let lambda: Double
    private var proximals: [TaskProximal]
    private var gamma: Double
    /// Where the regularizer's own iteration ended, for the kinds that have one.
    private var proximalStart: Matrix?
    private var rule = SplittingScaleRule()
    private var acceleration = AndersonAcceleration(memory: SolverLimits.accelerationMemory)
    private var current: Evaluation
    /// How many times the operator was evaluated: one prox of g and one of each task's loss each.
    private(set) var evaluationCount = 0

    private struct Evaluation {
        var auxiliary: Matrix
        var primal: Matrix
        var local: Matrix
        var residual: Matrix
        var residualNorm: Double

        init(auxiliary: Matrix, primal: Matrix, local: Matrix) {
            self.auxiliary = auxiliary
            self.primal = primal
            self.local = local
            residual = local.adding(primal, scaledBy: -1)
            residualNorm = residual.frobeniusNorm
        }
    }

    private static let relaxation = 1.6
    /// gamma * lambda at the start: from far above, since from far below a problem whose solution is near zero
    /// would be left too late.
    private static let initialThreshold = 1e4
    /// gamma * curvature at the start is at most this, so that the rounding of an eigenvalue stays small.
    private static let largestStiffness = 1e10
    private static let largestScale = 1e100
    private static let requiredDecrease = 0.99

    /// The matrix with the regularizer's structure: low rank, zero rows, zeros.
    var primal: Matrix { current.primal }
    /// The answers of the tasks, whose residuals make the dual point.
    var local: Matrix { current.local }

    /// Where the regularizer's own iteration ended, for the dual point of the losses: their gradients are minus what the
    /// proximal step takes away, over gamma.
    var dualStart: Matrix? { proximalStart?.scaled(by: -1 / gamma) }

    /// Evaluates the operator once, at zero.
    init(tasks: [TaskObjective], regularizer: Regularizer, lambda: Double) throws {
        self.regularizer = regularizer
        self.lambda = lambda
        proximals = try tasks.map { try TaskProximal($0) }
        let curvature = proximals.reduce(0) { max($0, $1.curvatureBound) }
        gamma = min(Self.initialThreshold / lambda, Self.largestScale)
        if curvature > 0 { gamma = min(gamma, Self.largestStiffness / curvature) }
        let zero = Matrix(rowCount: tasks[0].dimension, columnCount: tasks.count)
        current = Evaluation(auxiliary: zero, primal: zero, local: zero)
        current = try evaluate(at: zero)
    }

    /// Takes one step, accelerated where that is better, and adapts gamma: up to three evaluations.
    ///
    /// - Parameter evaluationLimit: Above `evaluationCount`; no evaluation is made beyond it.
    mutating func advance(evaluationLimit: Int) throws {
        if try adaptScale(), evaluationCount >= evaluationLimit { return }
        let step = current.residual.scaled(by: Self.relaxation)
        let v = current.auxiliary
        if let proposal = acceleration.proposal(after: v.elements, residual: step.elements) {
            let candidate = try evaluate(
                at: Matrix(rowCount: v.rowCount, columnCount: v.columnCount, elements: proposal))
            if candidate.residualNorm <= Self.requiredDecrease * current.residualNorm {
                current = candidate
                return
            }
            if evaluationCount >= evaluationLimit { return }
        }
        current = try evaluate(at: v.adding(step))
    }

    private mutating func evaluate(at v: Matrix) throws -> Evaluation {
        try evaluate(
            at: v, primal: try regularizer.proximal(of: v, scale: gamma * lambda, start: &proximalStart))
    }

    private mutating func evaluate(at v: Matrix, primal: Matrix) throws -> Evaluation {
        evaluationCount += 1
        let reflected = primal.scaled(by: 2).adding(v, scaledBy: -1)
        var local = Matrix(rowCount: v.rowCount, columnCount: v.columnCount)
        for task in proximals.indices {
            local.setColumn(task, to: try proximals[task].point(of: reflected.column(task), gamma: gamma))
        }
        return Evaluation(auxiliary: v, primal: primal, local: local)
    }

    /// Returns whether gamma was changed, for which the operator was evaluated.
    private mutating func adaptScale() throws -> Bool {
        let (p, v) = (current.primal, current.auxiliary)
        let regularizer = regularizer
        let lambda = lambda
        let changed = try rule.scale(
            after: evaluationCount, current: gamma, primal: p, auxiliary: v,
            vanishingScale: { try regularizer.dualNorm(of: v, target: 0).map { $0 / lambda } })
        guard let changed else { return false }
        let ratio = changed / gamma
        gamma = changed
        acceleration.reset()
        // P and U = (V - P) / gamma are the solution's estimate and do not depend on gamma; only V does. A zero P
        // says nothing but that gamma was too large: V is kept.
        if p.frobeniusNorm > 0 {
            current = try evaluate(at: p.adding(v.adding(p, scaledBy: -1), scaledBy: ratio), primal: p)
        } else {
            current = try evaluate(at: v)
        }
        return true
    }
}
