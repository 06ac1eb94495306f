internal import LinearAlgebra

/// A norm that is a sum over rows of a norm of the row: it selects features for all tasks at once.
///
/// The dual norm is the largest over rows.
protocol RowFunction: ConvexFunction {
    /// Returns the norm of a row.
    func value(ofRow row: [Double]) -> Double

    /// Returns the proximal operator of `scale` times the norm of a row.
    func proximal(ofRow row: [Double], scale: Double) -> [Double]

    /// Returns the dual norm of a row.
    func dualNorm(ofRow row: [Double]) -> Double
}

extension RowFunction {
    var growth: Growth { .norm }

    func value(_ w: Matrix) -> Double {
        (0..<w.rowCount).reduce(0) { $0 + value(ofRow: w.row($1)) }
    }

    func proximal(of v: Matrix, scale: Double, start: inout Matrix?) -> Matrix {
        var result = v
        for row in 0..<v.rowCount { result.setRow(row, to: proximal(ofRow: v.row(row), scale: scale)) }
        return result
    }

    func dualNorm(of u: Matrix, target: Double, start: Matrix?) -> Double {
        (0..<u.rowCount).reduce(0) { max($0, dualNorm(ofRow: u.row($1))) }
    }
}
