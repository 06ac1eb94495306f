internal import LinearAlgebra

/// min over P + Q = W of firstWeight * first(P) + secondWeight * second(Q), for two norms: each part of the model has
/// a regularizer of its own.
///
/// Only W is exchanged, so a site does not know of the parts. The dual ball is the intersection of those of the parts;
/// the proximal operator finds P and Q by an accelerated gradient over Q.
///
/// - SeeAlso: Chen, Zhou, Ye, Integrating low-rank and group-sparse structures for robust multi-task learning (KDD 2011),
///   for the nuclear norm and outlier tasks; Chen, Liu, Ye, Learning incoherent sparse and low-rank patterns from
///   multiple tasks (TKDD 5, 2012), for the nuclear norm and single elements; Gong, Ye, Zhang, Robust multi-task feature
///   learning (KDD 2012), for norms of rows and outlier tasks.
struct InfimalConvolution: ConvexFunction {
    /// Both norms have a proximal operator in closed form.
    let first: any ConvexFunction
    /// Both weights are positive.
    let firstWeight: Double
    let second: any ConvexFunction
    let secondWeight: Double

    private static let valueTolerance = 1e-12
    /// What a step of the method of multipliers must better, relative to the value, so as not to be idle.
    private static let leastDecrease = 1e-13
    private static let leastBoundIncrease = 1e-11
    /// Idle steps in a row that end it.
    private static let idleStepLimit = 3
    /// The smallest scale of its steps over the first one: below, rounding of V hides U.
    private static let smallestScaleRatio = 0x1p-20
    private static let largestStart = 2.0

    var growth: Growth { .norm }

    /// Returns the value of the best split found, an upper bound.
    ///
    /// RegularizerSplitTests holds it to 1e-9 of |W| where the value is known, at proximal points; no bound is proven.
    ///
    /// The method of multipliers: U moves towards the subgradient at W by proximal steps, each of half the scale of the
    /// one before, until the split is as cheap as the dual bound <U, W>, or neither gets better. A small scale is a
    /// long step of U; it also makes each split harder to find, so the first ones are found with a large scale and
    /// the others start from them.
    func value(_ w: Matrix) throws -> Double {
        guard w.frobeniusNorm > 0 else { return 0 }
        // At first shrinkage and W are of one size.
        let largestScale = try dualNorm(of: w, target: 0) / 4
        var scale = largestScale
        var u = Matrix(rowCount: w.rowCount, columnCount: w.columnCount)
        var q: Matrix?
        var best = min(
            firstWeight * (try first.value(w)), secondWeight * (try second.value(w)))
        var bound = 0.0
        var idleSteps = 0
        for _ in 0..<SolverLimits.innerMultiplierSteps {
            let v = w.adding(u, scaledBy: scale)
            // Any Q makes a split and any U a bound: no convergence is required.
            let next = try secondPart(of: v, scale: scale, start: q).point
            let p = try firstPart(of: v, beside: next, scale: scale)
            q = next
            u = v.adding(p, scaledBy: -1).adding(next, scaledBy: -1).scaled(by: 1 / scale)
            // What the split lacks goes to the first part.
            let rest = w.adding(next, scaledBy: -1)
            let value = try firstWeight * first.value(rest) + secondWeight * second.value(next)
            let product = Vector.dot(u.elements, w.elements) / max(1, try dualNorm(of: u, target: 1))
            let isIdle =
                value >= best * (1 - Self.leastDecrease) && product <= bound + Self.leastBoundIncrease * best
            best = min(best, value)
            bound = max(bound, product)
            idleSteps = isIdle ? idleSteps + 1 : 0
            if best - bound <= Self.valueTolerance * best || idleSteps == Self.idleStepLimit { break }
            scale = max(scale / 2, Self.smallestScaleRatio * largestScale)
        }
        return best
    }

    /// - Parameter start: Q.
    func proximal(of v: Matrix, scale: Double, start: inout Matrix?) throws -> Matrix {
        let q = try secondPart(of: v, scale: scale, start: start).requireConvergence()
        start = q
        return try firstPart(of: v, beside: q, scale: scale).adding(q)
    }

    func dualNorm(of u: Matrix, target: Double, start: Matrix?) throws -> Double {
        max(
            try first.dualNorm(of: u, target: target * firstWeight) / firstWeight,
            try second.dualNorm(of: u, target: target * secondWeight) / secondWeight)
    }

    /// Approaches the Q of the least |P + Q - V|^2 / 2 + scale * (firstWeight * first(P) + secondWeight * second(Q)).
    private func secondPart(
        of v: Matrix, scale: Double, start: Matrix?
    ) throws -> AcceleratedGradient.Outcome {
        let zero = Matrix(rowCount: v.rowCount, columnCount: v.columnCount)
        // Parts far larger than V, of a column that has gone, would shrink by no more than the scale a step.
        let isUsable =
            start?.rowCount == v.rowCount && start?.columnCount == v.columnCount
            && (start?.frobeniusNorm ?? 0) <= Self.largestStart * v.frobeniusNorm
        let gradient = AcceleratedGradient(
            tolerance: v.frobeniusNorm, limit: SolverLimits.innerIterations, subject: "the split W = P + Q")
        return try gradient.minimizer(from: isUsable ? start ?? zero : zero) { q in
            let p = try firstPart(of: v, beside: q, scale: scale)
            return try second.proximal(of: v.adding(p, scaledBy: -1), scale: scale * secondWeight)
        }
    }

    /// Returns the best P beside a Q.
    private func firstPart(of v: Matrix, beside q: Matrix, scale: Double) throws -> Matrix {
        try first.proximal(of: v.adding(q, scaledBy: -1), scale: scale * firstWeight)
    }
}
