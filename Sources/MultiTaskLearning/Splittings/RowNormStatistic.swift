internal import LinearAlgebra

/// The statistic of the l2,1 norm: the squared norm of every row.
struct RowNormStatistic: ProximalStatistic {
    private var squares: ColumnSumTree

    /// Creates the statistic of the penalized part of V.
    init(_ penalized: Matrix) {
        squares = ColumnSumTree(
            dimension: penalized.rowCount,
            columns: (0..<penalized.columnCount).map { Self.squared(penalized.column($0)) })
    }

    mutating func columnChanged(_ task: Int, from old: [Double], to new: [Double], in matrix: Matrix) {
        squares.setColumn(task, to: Self.squared(new))
    }

    func proximalColumn(_ task: Int, of column: [Double], in matrix: Matrix, scale: Double) -> [Double] {
        squares.withSum { sums in
            column.indices.map { row in
                column[row] * Regularizer.groupShrinkage(norm: sums[row].squareRoot(), scale: scale)
            }
        }
    }

    private static func squared(_ column: [Double]) -> [Double] {
        column.map { $0 * $0 }
    }
}
