internal import LinearAlgebra

/// The statistic of g + ridge * |W|^2 / 2: that of g, of the same V.
///
/// With c = 1 + s ridge, prox_{s/c g}(V / c) is prox_{s g}(V) / c for a norm and prox_{s/c g}(V) / c for a quadratic g.
struct AddedRidgeStatistic: ProximalStatistic {
    private var base: any ProximalStatistic
    private let growth: Growth
    private let ridge: Double

    init(base: any ProximalStatistic, growth: Growth, ridge: Double) {
        precondition(growth != .mixed, "a sum over elements takes a ridge into itself")
        self.base = base
        self.growth = growth
        self.ridge = ridge
    }

    var factorCount: Int { base.factorCount }

    mutating func columnChanged(_ task: Int, from old: [Double], to new: [Double], in matrix: Matrix) {
        base.columnChanged(task, from: old, to: new, in: matrix)
    }

    mutating func proximalColumn(
        _ task: Int, of column: [Double], in matrix: Matrix, scale: Double
    ) throws -> [Double] {
        let divisor = 1 + scale * ridge
        let own = growth == .norm ? scale : scale / divisor
        return Vector.scaled(
            try base.proximalColumn(task, of: column, in: matrix, scale: own), by: 1 / divisor)
    }
}
