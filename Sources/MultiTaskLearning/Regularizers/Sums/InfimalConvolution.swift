internal import LinearAlgebra

/// min over P + Q = W of firstWeight * first(P) + secondWeight * second(Q), for two norms: each part of the model has
/// a regularizer of its own.
///
/// Only W is exchanged, so a site does not know of the parts. The dual ball is the intersection of those of the parts;
/// the proximal operator finds P and Q by an accelerated gradient over Q.
///
/// - SeeAlso: Chen, Zhou, Ye, Integrating low-rank and group-sparse structures for robust multi-task learning (KDD 2011),
///   for the nuclear norm and outlier tasks.
struct InfimalConvolution: ConvexFunction {
    let first: any ConvexFunction
    /// Both weights are positive.
    let firstWeight: Double
    let second: any ConvexFunction
    let secondWeight: Double

    private static let valueTolerance = 1e-12
    private static let largestStart = 2.0

    var growth: Growth { .norm }

    /// Returns the value of the best split found, an upper bound: by 1e-12 of it too large where the steps suffice, and
    /// by up to 1e-5 of |W| where they do not (random matrices of up to 9 x 7; no bound is proven).
    ///
    /// The method of multipliers: U moves towards the subgradient at W by proximal steps, until the split is as cheap as
    /// the dual bound <U, W>, or no longer gets better.
    func value(_ w: Matrix) throws -> Double {
        let norm = w.frobeniusNorm
        guard norm > 0 else { return 0 }
        // Any scale is exact in the end; this one makes shrinkage and W of one size.
        let dual = try dualNorm(of: w, target: 0)
        let scale = dual / 4
        var u = Matrix(rowCount: w.rowCount, columnCount: w.columnCount)
        var start: Matrix?
        var best = min(
            firstWeight * (try first.value(w)), secondWeight * (try second.value(w)))
        for _ in 0..<SolverLimits.innerMultiplierSteps {
            let v = w.adding(u, scaledBy: scale)
            let p = try proximal(of: v, scale: scale, start: &start)
            u = v.adding(p, scaledBy: -1).scaled(by: 1 / scale)
            let q = start ?? w
            // What the split lacks goes to the first part.
            let value =
                try firstWeight * first.value(w.adding(q, scaledBy: -1)) + secondWeight * second.value(q)
            best = min(best, value)
            let bound = Vector.dot(u.elements, w.elements) / max(1, try dualNorm(of: u, target: 1))
            if best - bound <= Self.valueTolerance * best { break }
        }
        return best
    }

    /// - Parameter start: Q.
    func proximal(of v: Matrix, scale: Double, start: inout Matrix?) throws -> Matrix {
        let zero = Matrix(rowCount: v.rowCount, columnCount: v.columnCount)
        // Parts far larger than V, of a column that has gone, would shrink by no more than the scale a step.
        let isUsable =
            start?.rowCount == v.rowCount && start?.columnCount == v.columnCount
            && (start?.frobeniusNorm ?? 0) <= Self.largestStart * v.frobeniusNorm
        var (p, startOfFirst, startOfSecond) = (zero, Matrix?.none, Matrix?.none)
        func firstPart(_ q: Matrix) throws -> Matrix {
            try first.proximal(
                of: v.adding(q, scaledBy: -1), scale: scale * firstWeight, start: &startOfFirst)
        }
        let gradient = AcceleratedGradient(
            tolerance: v.frobeniusNorm, limit: SolverLimits.innerIterations, subject: "the split W = P + Q")
        let q = try gradient.minimizer(from: isUsable ? start ?? zero : zero) { q in
            p = try firstPart(q)
            return try second.proximal(
                of: v.adding(p, scaledBy: -1), scale: scale * secondWeight, start: &startOfSecond)
        }.requireConvergence()
        start = q
        return try firstPart(q).adding(q)
    }

    func dualNorm(of u: Matrix, target: Double, start: Matrix?) throws -> Double {
        max(
            try first.dualNorm(of: u, target: target * firstWeight) / firstWeight,
            try second.dualNorm(of: u, target: target * secondWeight) / secondWeight)
    }
}
