internal import LinearAlgebra

/// The statistic of the l2,1 norm: the squared norm of every row.
struct RowNormStatistic: ProximalStatistic {
    private var squares: RunningColumnSum

    /// Creates the statistic of the penalized part of V.
    init(_ penalized: Matrix) {
        squares = RunningColumnSum(dimension: penalized.rowCount, count: penalized.columnCount) {
            Self.squared(penalized.column($0))
        }
    }

    mutating func columnChanged(_ task: Int, from old: [Double], to new: [Double], in matrix: Matrix) {
        // The sums of unpenalized rows are not used.
        squares.replace(task, from: Self.squared(old), to: Self.squared(new)) {
            Self.squared(matrix.column($0))
        }
    }

    func proximalColumn(_ task: Int, of column: [Double], in matrix: Matrix, scale: Double) -> [Double] {
        zip(column, squares.value).map { element, square in
            // What rounding leaves of a row that is zero now may be below it, and a sum of squares beyond the range of
            // doubles is a NaN.
            let norm = square.isNaN ? Double.infinity : max(square, 0).squareRoot()
            return element * Regularizer.groupShrinkage(norm: norm, scale: scale)
        }
    }

    private static func squared(_ column: [Double]) -> [Double] {
        column.map { $0 * $0 }
    }
}
