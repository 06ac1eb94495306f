internal import LinearAlgebra

/// g + ridge * |W|^2 / 2, for any g: strongly convex, which makes solutions unique and convergence linear.
///
/// Its proximal operator is that of g: prox_{s (g + ridge/2 |.|^2)}(V) = prox_{s/c g}(V / c) with c = 1 + s ridge.
struct AddedRidge: ConvexFunction {
    /// A norm or a quadratic function.
    let base: any ConvexFunction
    /// Positive.
    let ridge: Double

    var growth: Growth { .mixed }

    func value(_ w: Matrix) throws -> Double {
        try base.value(w) + ridge * Vector.dot(w.elements, w.elements) / 2
    }

    func proximal(of v: Matrix, scale: Double, start: inout Matrix?) throws -> Matrix {
        let divisor = 1 + scale * ridge
        return try base.proximal(of: v.scaled(by: 1 / divisor), scale: scale / divisor, start: &start)
    }

    /// Splits U: the conjugate is the least of (scale g)*(A) + |U - A|^2 / (2 scale ridge), and any A bounds it; the
    /// best leaves U - A = scale ridge prox_{g / ridge}(U / (scale ridge)).
    func conjugate(of u: Matrix, scale: Double) throws -> Double {
        let total = scale * ridge
        var start: Matrix?
        let w = try base.proximal(of: u.scaled(by: 1 / total), scale: 1 / ridge, start: &start)
        var part = u.adding(w, scaledBy: -total)
        var sum = 0.0
        if base.growth == .norm {
            let dualNorm = try base.dualNorm(of: part, target: scale, start: start?.scaled(by: total))
            if dualNorm > scale { part = part.scaled(by: scale / dualNorm) }
        } else {
            sum = try base.conjugate(of: part, scale: scale)
        }
        let rest = u.adding(part, scaledBy: -1)
        return sum + Vector.dot(rest.elements, rest.elements) / (2 * total)
    }

    func checkTasks(count: Int) throws { try base.checkTasks(count: count) }

    func statistic(
        of penalized: Matrix, regularizer: Regularizer, policy: FactorPolicy
    ) -> any ProximalStatistic {
        AddedRidgeStatistic(
            base: base.statistic(of: penalized, regularizer: regularizer, policy: policy),
            growth: base.growth, ridge: ridge)
    }
}
