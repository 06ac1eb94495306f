internal import LinearAlgebra

/// The sum over tasks of |w_t|: whole columns are zero or not.
struct OutlierTasks: ConvexFunction {
    var growth: Growth { .norm }

    func value(_ w: Matrix) -> Double {
        (0..<w.columnCount).reduce(0) { $0 + Vector.norm(w.column($1)) }
    }

    func proximal(of v: Matrix, scale: Double, start: inout Matrix?) -> Matrix {
        var result = v
        for task in 0..<v.columnCount {
            let column = v.column(task)
            let shrinkage = Regularizer.groupShrinkage(norm: Vector.norm(column), scale: scale)
            result.setColumn(task, to: Vector.scaled(column, by: shrinkage))
        }
        return result
    }

    func dualNorm(of u: Matrix, target: Double, start: Matrix?) -> Double {
        (0..<u.columnCount).reduce(0) { max($0, Vector.norm(u.column($1))) }
    }
}
