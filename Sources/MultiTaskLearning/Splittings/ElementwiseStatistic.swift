internal import LinearAlgebra

/// The statistic of the regularizers that are sums over elements: none, a column stands for itself.
struct ElementwiseStatistic: ProximalStatistic {
    let function: any ElementwiseFunction

    func columnChanged(_ task: Int, from old: [Double], to new: [Double], in matrix: Matrix) {}

    func proximalColumn(_ task: Int, of column: [Double], in matrix: Matrix, scale: Double) -> [Double] {
        function.proximal(of: column, scale: scale)
    }
}
