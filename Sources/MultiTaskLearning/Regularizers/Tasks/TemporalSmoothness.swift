internal import LinearAlgebra

/// Half the sum of |w_t+1 - w_t|^2: tasks in the order of the columns change slowly, as those of a disease's course.
///
/// It is the graph Laplacian of a chain; the tridiagonal system makes the proximal operator linear in T.
///
/// - SeeAlso: Zhou, Yuan, Liu, Ye, A multi-task learning formulation for predicting disease progression (KDD 2011).
struct TemporalSmoothness: ConvexFunction {
    var growth: Growth { .quadratic }

    func value(_ w: Matrix) -> Double {
        differences(of: w).elements.reduce(0) { $0 + $1 * $1 / 2 }
    }

    /// Solves W (I + scale L) = V by elimination along the chain (Thomas), all rows at once.
    func proximal(of v: Matrix, scale: Double, start: inout Matrix?) -> Matrix {
        let count = v.columnCount
        guard count > 1 else { return v }
        var pivots = [Double](repeating: 0, count: count)
        var result = v
        for task in 0..<count {
            let neighbours = task == 0 || task == count - 1 ? 1.0 : 2.0
            pivots[task] = 1 + scale * neighbours
            guard task > 0 else { continue }
            let ratio = scale / pivots[task - 1]
            pivots[task] -= scale * ratio
            let eliminated = Vector.adding(result.column(task - 1), scaledBy: ratio, to: result.column(task))
            result.setColumn(task, to: eliminated)
        }
        for task in (0..<count).reversed() {
            var column = result.column(task)
            if task < count - 1 { Vector.add(result.column(task + 1), scaledBy: scale, to: &column) }
            result.setColumn(task, to: Vector.scaled(column, by: 1 / pivots[task]))
        }
        return result
    }

    /// Half the squares of the sums up to each task of U less its mean: the differences that these are dual to.
    func conjugate(of u: Matrix, scale: Double) -> Double {
        let count = u.columnCount
        var mean = [Double](repeating: 0, count: u.rowCount)
        for task in 0..<count { Vector.add(u.column(task), scaledBy: 1 / Double(count), to: &mean) }
        var flow = [Double](repeating: 0, count: u.rowCount)
        var sum = CompensatedSum()
        for task in 0..<max(0, count - 1) {
            Vector.add(Vector.subtracting(mean, from: u.column(task)), to: &flow)
            for value in flow { sum.add(value * value / (2 * scale)) }
        }
        return sum.value
    }

    func freeGroups(taskCount: Int) -> [[Int]] { [Array(0..<taskCount)] }

    private func differences(of w: Matrix) -> Matrix {
        Matrix(
            columns: (1..<max(1, w.columnCount)).map {
                Vector.subtracting(w.column($0 - 1), from: w.column($0))
            })
    }
}
