internal import LinearAlgebra

/// The statistic of the mean regularizer: the sum of all columns.
struct MeanStatistic: ProximalStatistic {
    private var sum: RunningColumnSum

    /// Creates the statistic of the penalized part of V.
    init(_ penalized: Matrix) {
        sum = RunningColumnSum(dimension: penalized.rowCount, count: penalized.columnCount) {
            penalized.column($0)
        }
    }

    mutating func columnChanged(_ task: Int, from old: [Double], to new: [Double], in matrix: Matrix) {
        // The sums of unpenalized rows are not used.
        sum.replace(task, from: old, to: new) { matrix.column($0) }
    }

    func proximalColumn(_ task: Int, of column: [Double], in matrix: Matrix, scale: Double) -> [Double] {
        let sumFactor = scale / Double(matrix.columnCount)
        return Vector.adding(sum.value, scaledBy: sumFactor, to: column, timesScale: 1 / (1 + scale))
    }
}
