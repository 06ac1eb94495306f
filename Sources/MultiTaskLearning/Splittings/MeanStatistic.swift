internal import LinearAlgebra

/// The statistic of the mean regularizer: the sum of all columns.
struct MeanStatistic: ProximalStatistic {
    private var columns: ColumnSumTree

    /// Creates the statistic of the penalized part of V.
    init(_ penalized: Matrix) {
        columns = ColumnSumTree(
            dimension: penalized.rowCount,
            columns: (0..<penalized.columnCount).map { penalized.column($0) })
    }

    mutating func columnChanged(_ task: Int, from old: [Double], to new: [Double], in matrix: Matrix) {
        columns.setColumn(task, to: new)
    }

    func proximalColumn(_ task: Int, of column: [Double], in matrix: Matrix, scale: Double) -> [Double] {
        let taskCount = Double(matrix.columnCount)
        let mean = columns.withSum { sums in sums.indices.map { sums[$0] / taskCount } }
        return Regularizer.shrunk(column, towards: mean, scale: scale)
    }
}
