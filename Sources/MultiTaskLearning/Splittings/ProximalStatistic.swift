internal import LinearAlgebra

/// What a regularizer's proximal operator needs to know of the whole matrix V to return one column.
///
/// A statistic sees the penalized part alone: columns whose unpenalized rows are 0.
protocol ProximalStatistic: Sendable {
    /// Takes note that column `task` of V was replaced.
    ///
    /// - Parameter matrix: V after the change, unpenalized rows included.
    mutating func columnChanged(_ task: Int, from old: [Double], to new: [Double], in matrix: Matrix)

    /// Returns the column `task` of prox_{scale g}(V), unpenalized rows undefined.
    ///
    /// - Parameter column: The penalized part of column `task` of V.
    /// - Parameter matrix: V, unpenalized rows included.
    /// - Parameter scale: Positive.
    mutating func proximalColumn(
        _ task: Int, of column: [Double], in matrix: Matrix, scale: Double
    ) throws
        -> [Double]

    /// How many spectral factors were computed so far.
    var factorCount: Int { get }

    /// How many of them took a full decomposition.
    var decompositionCount: Int { get }

    /// How many columns have changed since the V of the spectral factor at hand.
    var factorAge: Int { get }

    /// Whether there is a spectral factor of this scale at hand, of whatever age, or none is needed.
    func hasFactor(scale: Double) -> Bool

    /// Returns what a spectral factor is computed from; nil where the statistic has none.
    func factorSnapshot(of matrix: Matrix, scale: Double) -> FactorSnapshot?

    /// Returns prox_{scale g}(V) from V alone, unpenalized rows undefined; nil where the statistic has no way of its own.
    ///
    /// - Throws: `LinearAlgebraError` when V is not finite or a decomposition does not converge.
    func freshProximal(of matrix: Matrix, scale: Double) throws -> Matrix?

    /// Takes a spectral factor; returns whether it is newer than the one at hand, and of this scale.
    mutating func install(_ refreshed: RefreshedFactor, scale: Double) -> Bool
}

extension ProximalStatistic {
    var factorCount: Int { 0 }
    var decompositionCount: Int { 0 }
    var factorAge: Int { 0 }
    func hasFactor(scale: Double) -> Bool { true }
    func factorSnapshot(of matrix: Matrix, scale: Double) -> FactorSnapshot? { nil }
    func freshProximal(of matrix: Matrix, scale: Double) throws -> Matrix? { nil }
    mutating func install(_ refreshed: RefreshedFactor, scale: Double) -> Bool { false }
}
