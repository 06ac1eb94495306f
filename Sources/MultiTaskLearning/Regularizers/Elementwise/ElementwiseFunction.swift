internal import LinearAlgebra

/// A function that is a sum over elements, and so over tasks: l1Weight |w| + ridgeWeight w^2 / 2.
protocol ElementwiseFunction: ConvexFunction {
    var l1Weight: Double { get }
    var ridgeWeight: Double { get }
}

extension ElementwiseFunction {
    var growth: Growth {
        if ridgeWeight == 0 { return .norm }
        return l1Weight == 0 ? .quadratic : .mixed
    }

    func value(_ w: Matrix) -> Double {
        // Without its part, not with 0 times it: a square beyond the range of doubles would make that a NaN.
        let sizes = l1Weight == 0 ? 0 : l1Weight * w.elements.reduce(0) { $0 + $1.magnitude }
        return ridgeWeight == 0 ? sizes : sizes + ridgeWeight * Vector.dot(w.elements, w.elements) / 2
    }

    /// Returns the proximal operator of some elements.
    func proximal(of v: [Double], scale: Double) -> [Double] {
        let threshold = scale * l1Weight
        let divisor = 1 + scale * ridgeWeight
        return v.map { value in
            if value > threshold { return (value - threshold) / divisor }
            if value < -threshold { return (value + threshold) / divisor }
            return 0
        }
    }

    func proximal(of v: Matrix, scale: Double, start: inout Matrix?) -> Matrix {
        Matrix(
            rowCount: v.rowCount, columnCount: v.columnCount,
            elements: proximal(of: v.elements, scale: scale))
    }

    func dualNorm(of u: Matrix, target: Double, start: Matrix?) -> Double {
        Vector.largestMagnitude(u.elements) / l1Weight
    }

    func conjugate(of u: Matrix, scale: Double) -> Double {
        var sum = CompensatedSum()
        for value in u.elements {
            let excess = max(0, value.magnitude - scale * l1Weight)
            sum.add(excess * excess / (2 * scale * ridgeWeight))
        }
        return sum.value
    }

    func statistic(
        of penalized: Matrix, regularizer: Regularizer, policy: FactorPolicy
    ) -> any ProximalStatistic {
        ElementwiseStatistic(function: self)
    }
}
