internal import LinearAlgebra

/// The statistic of the regularizers that are sums over elements: none, a column stands for itself.
struct ElementwiseStatistic: ProximalStatistic {
    let regularizer: Regularizer

    func columnChanged(_ task: Int, from old: [Double], to new: [Double], in matrix: Matrix) {}

    func proximalColumn(_ task: Int, of column: [Double], in matrix: Matrix, scale: Double) -> [Double] {
        regularizer.elementwiseProximal(of: column, scale: scale)
    }
}
