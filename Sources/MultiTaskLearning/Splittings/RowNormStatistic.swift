internal import LinearAlgebra

/// The statistic of the l2,1 and sparse-group norms: the squared norm of every row, of elements already shrunk.
struct RowNormStatistic: ProximalStatistic {
    private let function: SparseGroupNorm
    private let regularizer: Regularizer
    private var squares: RunningColumnSum?
    /// The scale that elements are shrunk for.
    private var scale = 0.0

    /// Creates the statistic; the sums are formed when a column is first asked, and again for another scale.
    init(function: SparseGroupNorm, regularizer: Regularizer) {
        self.function = function
        self.regularizer = regularizer
    }

    mutating func columnChanged(_ task: Int, from old: [Double], to new: [Double], in matrix: Matrix) {
        // The sums of unpenalized rows are not used.
        let (function, scale) = (function, scale)
        func squared(_ column: [Double]) -> [Double] { Self.squared(column, function, scale) }
        squares?.replace(task, from: squared(old), to: squared(new)) { squared(matrix.column($0)) }
    }

    mutating func proximalColumn(
        _ task: Int, of column: [Double], in matrix: Matrix, scale: Double
    ) -> [Double] {
        let squares = squares(of: matrix, scale: scale)
        return zip(function.thresholded(column, scale: scale), squares).map { element, square in
            // What rounding leaves of a row that is zero now may be below it, and a sum of squares beyond the range of
            // doubles is a NaN.
            let norm = square.isNaN ? Double.infinity : max(square, 0).squareRoot()
            return element * Regularizer.groupShrinkage(norm: norm, scale: scale * function.rowWeight)
        }
    }

    private mutating func squares(of matrix: Matrix, scale: Double) -> [Double] {
        if let squares, self.scale == scale || function.elementWeight == 0 { return squares.value }
        self.scale = scale
        let formed = RunningColumnSum(dimension: matrix.rowCount, count: matrix.columnCount) {
            Self.squared(matrix.column($0), function, scale)
        }
        squares = formed
        return formed.value
    }

    private static func squared(_ column: [Double], _ function: SparseGroupNorm, _ scale: Double) -> [Double]
    {
        function.thresholded(column, scale: scale).map { $0 * $0 }
    }
}
