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
    var decompositionCount: Int { base.decompositionCount }
    var factorAge: Int { base.factorAge }

    func hasFactor(scale: Double) -> Bool { base.hasFactor(scale: baseScale(for: scale)) }

    mutating func columnChanged(_ task: Int, from old: [Double], to new: [Double], in matrix: Matrix) {
        base.columnChanged(task, from: old, to: new, in: matrix)
    }

    mutating func proximalColumn(
        _ task: Int, of column: [Double], in matrix: Matrix, scale: Double
    ) throws -> [Double] {
        let proximal = try base.proximalColumn(task, of: column, in: matrix, scale: baseScale(for: scale))
        return Vector.scaled(proximal, by: 1 / divisor(for: scale))
    }

    func factorSnapshot(of matrix: Matrix, scale: Double) -> FactorSnapshot? {
        base.factorSnapshot(of: matrix, scale: baseScale(for: scale))
    }

    mutating func install(_ refreshed: RefreshedFactor, scale: Double) -> Bool {
        base.install(refreshed, scale: baseScale(for: scale))
    }

    private func divisor(for scale: Double) -> Double { 1 + scale * ridge }

    /// Returns the scale at which g is met.
    private func baseScale(for scale: Double) -> Double {
        growth == .norm ? scale : scale / divisor(for: scale)
    }
}
