internal import LinearAlgebra

/// The statistic of a task graph or a task covariance: none but V, of which a column of the result mixes the columns.
struct MixingStatistic: ProximalStatistic {
    let function: any TaskQuadratic

    func columnChanged(_ task: Int, from old: [Double], to new: [Double], in matrix: Matrix) {}

    /// - Complexity: O(T (d + T)).
    func proximalColumn(_ task: Int, of column: [Double], in matrix: Matrix, scale: Double) -> [Double] {
        // Unpenalized rows mix too; their elements are not used.
        matrix.multiplied(by: function.mixingWeights(of: task, scale: scale))
    }
}
