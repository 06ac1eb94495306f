internal import LinearAlgebra

/// The statistic of the regularizers that have no other: the whole proximal operator, renewed when a column is asked
/// after a change.
///
/// An iteration starts where the last one ended. Where that was follows from the history of V and not from V alone, so
/// a restored matrix returns the same columns to the tolerance of the iteration, not to the bit.
struct WholeProximalStatistic: ProximalStatistic {
    private let function: any ConvexFunction
    private let regularizer: Regularizer
    private var start: Matrix?
    private var current: (scale: Double, proximal: Matrix)?

    init(function: any ConvexFunction, regularizer: Regularizer) {
        self.function = function
        self.regularizer = regularizer
    }

    mutating func columnChanged(_ task: Int, from old: [Double], to new: [Double], in matrix: Matrix) {
        current = nil
    }

    mutating func proximalColumn(
        _ task: Int, of column: [Double], in matrix: Matrix, scale: Double
    ) throws -> [Double] {
        if let current, current.scale == scale { return current.proximal.column(task) }
        let penalized = regularizer.penalizedPart(of: matrix)
        guard penalized.isFinite else {
            throw MultiTaskLearningError(
                code: .nonFinite, message: "a column of the auxiliary matrix holds a NaN or an infinity")
        }
        let proximal = try function.proximal(of: penalized, scale: scale, start: &start)
        current = (scale, proximal)
        return proximal.column(task)
    }
}
