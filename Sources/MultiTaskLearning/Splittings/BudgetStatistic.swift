internal import LinearAlgebra

/// The statistic of the functions of singular values that a ``SpectralBudget`` defines: their spectral factor.
///
/// The proximal operator multiplies each singular value by a share that depends on all of them, so that it is M V
/// (d <= T) or V M (T < d) as for the nuclear norm (``GramStatistic``). The factor is decomposed whenever it is too old;
/// one column then costs two small products. Where the mean of all columns has a price of its own, M is that of the
/// deviations from it, and the mean is always the current one.
struct BudgetStatistic: FactoredStatistic {
    private let function: any SpectralFunction
    private let regularizer: Regularizer
    let policy: FactorPolicy
    let ofRows: Bool
    private(set) var held = HeldFactor()
    /// The sum of all columns; nil where the mean is not set apart.
    private var sum: RunningColumnSum?

    /// Creates the statistic of the penalized part of V.
    init(
        _ penalized: Matrix, function: any SpectralFunction, regularizer: Regularizer, policy: FactorPolicy
    ) {
        self.function = function
        self.regularizer = regularizer
        self.policy = policy
        ofRows = penalized.rowCount <= penalized.columnCount
        guard function.priceOfMean != nil else { return }
        sum = RunningColumnSum(dimension: penalized.rowCount, count: penalized.columnCount) {
            penalized.column($0)
        }
    }

    mutating func columnChanged(_ task: Int, from old: [Double], to new: [Double], in matrix: Matrix) {
        held.columnChanged()
        // M mixes the rows: those that are unpenalized must stay 0.
        let regularizer = regularizer
        sum?.replace(task, from: old, to: new) { regularizer.penalizedPart(of: matrix.column($0)) }
    }

    mutating func proximalColumn(
        _ task: Int, of column: [Double], in matrix: Matrix, scale: Double
    ) throws -> [Double] {
        let factor = try factor(of: matrix, scale: scale)
        guard let sum, let price = function.priceOfMean else {
            return ofRows ? factor.applied(to: column) : matrix.multiplied(by: factor.column(task))
        }
        let mean = Vector.scaled(sum.value, by: 1 / Double(matrix.columnCount))
        let kept = 1 / (1 + 2 * scale * price)
        if ofRows {
            let deviation = factor.applied(to: Vector.subtracting(mean, from: column))
            return Vector.adding(mean, scaledBy: kept, to: deviation)
        }
        let weights = factor.column(task)
        let total = weights.reduce(0, +)
        return Vector.adding(mean, scaledBy: kept - total, to: matrix.multiplied(by: weights))
    }

    func factorSnapshot(of matrix: Matrix, scale: Double) -> FactorSnapshot? {
        usedUpSnapshot(of: matrix, scale: scale)
    }

    func usedUpSnapshot(of matrix: Matrix, scale: Double) -> FactorSnapshot {
        FactorSnapshot(
            version: held.version,
            computation: BudgetFactorComputation(
                function: function, regularizer: regularizer, scale: scale, tolerance: policy.tolerance,
                matrix: matrix, ofRows: ofRows))
    }

    mutating func install(_ refreshed: RefreshedFactor, scale: Double) -> Bool {
        held.take(refreshed, scale: scale)
    }
}
