internal import LinearAlgebra

/// The statistic of the regularizers that know the mean of all columns: their sum.
struct MeanStatistic: ProximalStatistic {
    private let function: any MeanFunction
    private var sum: RunningColumnSum

    /// Creates the statistic of the penalized part of V.
    init(_ penalized: Matrix, function: any MeanFunction) {
        self.function = function
        sum = RunningColumnSum(dimension: penalized.rowCount, count: penalized.columnCount) {
            penalized.column($0)
        }
    }

    mutating func columnChanged(_ task: Int, from old: [Double], to new: [Double], in matrix: Matrix) {
        // The sums of unpenalized rows are not used.
        sum.replace(task, from: old, to: new) { matrix.column($0) }
    }

    func proximalColumn(_ task: Int, of column: [Double], in matrix: Matrix, scale: Double) -> [Double] {
        function.shrunk(column, sum: sum.value, scale: scale, taskCount: matrix.columnCount)
    }
}
