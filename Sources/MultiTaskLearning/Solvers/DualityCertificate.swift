internal import LinearAlgebra

/// Lower bounds on `sum_t weight_t loss_t(w_t) + lambda g(W)` by Fenchel duality.
///
/// With f_t the loss of task t as a function of its margins, every choice of alpha gives
/// `-sum_t f_t*(alpha_t) - (lambda g)*(-U)`, U = [X_1' alpha_1, ..., X_T' alpha_T]. Built from margins, U lies in
/// the row spaces of the X_t whatever their ranks. For a norm g the dual norm of U must not exceed lambda: alpha
/// is scaled down until it does not (and, where all losses are squared, by the best factor below that).
///
/// Rounding: sums are compensated and the bound is lowered by 1e-14 of the sum of the absolute values of
/// its terms; the dual norm is kept below lambda by 1e-13 relative. The rounding of U itself, of the order of
/// 1e-16 |X_t|' |alpha_t|, is not bounded. A part of U in the kernel of g, which would void the bound, is of the
/// order of rounding after ``KernelMinimization``; it is charged so that the bound holds for all W whose
/// part in the kernel has at most ten times the norm of the present W.
struct DualityCertificate {
    private let tasks: [TaskObjective]
    private let losses: [MarginLoss]
    private let regularizer: Regularizer
    private let lambda: Double
    /// nil for lambda = 0, where the regularizer says nothing.
    private let kernel: KernelMinimization?

    private static let sumRounding = 1e-14
    private static let feasibilityMargin = 1e-13
    private static let kernelRadius = 10.0

    init(tasks: [TaskObjective], regularizer: Regularizer, lambda: Double) {
        self.tasks = tasks
        self.regularizer = regularizer
        self.lambda = lambda
        losses = tasks.map { MarginLoss($0) }
        kernel = lambda > 0 ? KernelMinimization(tasks: tasks, regularizer: regularizer) : nil
    }

    /// Returns a matrix at least as good as `w`, and its objective.
    func primal(at w: Matrix) throws -> (w: Matrix, objective: Double) {
        let improved = try kernel?.minimized(from: w) ?? w
        var sum = CompensatedSum()
        for task in tasks.indices {
            sum.add(losses[task].value(at: tasks[task].features.multiplied(by: improved.column(task))))
        }
        if lambda > 0 { sum.add(lambda * (try regularizer.value(improved))) }
        return (improved, sum.value)
    }

    /// Returns the lower bound that the loss gradients at `w` give, or nil where they give none.
    ///
    /// - Parameter start: Where the regularizer's own iteration at a dual point near these gradients ended, for the kinds
    ///   that have one.
    func lowerBound(at w: Matrix, start: Matrix? = nil) throws -> Double? {
        let w = try kernel?.minimized(from: w) ?? w
        var u = Matrix(rowCount: w.rowCount, columnCount: w.columnCount)
        var slopes: [[Double]] = []
        for task in tasks.indices {
            let features = tasks[task].features
            slopes.append(losses[task].slopes(at: features.multiplied(by: w.column(task))))
            u.setColumn(task, to: features.multiplied(by: slopes[task], transposed: true))
        }

        // -s^2 quadratic - s linear is the squared losses' part of the dual value.
        var quadratic = 0.0
        var linear = Self.kernelRadius * w.frobeniusNorm * regularizer.kernelNorm(of: u, lambda: lambda)
        var magnitude = linear
        for task in tasks.indices where losses[task].kind == .squared {
            let part = losses[task].squaredConjugate(of: slopes[task])
            quadratic += part.quadratic
            linear += part.linear
            magnitude += part.magnitude
        }

        var scale = 1.0
        var penalty = 0.0
        if lambda > 0 {
            if let dualNorm = try regularizer.dualNorm(of: u, target: lambda, start: start) {
                let isQuadratic = losses.allSatisfy { $0.kind == .squared }
                let best = isQuadratic && quadratic > 0 ? max(0, -linear / (2 * quadratic)) : 1
                scale = dualNorm > 0 ? min(best, lambda / dualNorm * (1 - Self.feasibilityMargin)) : best
            } else {
                penalty = try regularizer.conjugateValue(of: u, lambda: lambda)
            }
        }

        var bound = CompensatedSum()
        bound.add(-scale * scale * quadratic)
        bound.add(-scale * linear)
        bound.add(-penalty)
        for task in tasks.indices where losses[task].kind == .logistic {
            let part = losses[task].logisticConjugate(of: slopes[task], scaledBy: scale)
            bound.add(-part.value)
            magnitude += part.magnitude
        }
        let value = bound.value - Self.sumRounding * (magnitude + penalty)
        return value.isFinite ? value : nil
    }
}
