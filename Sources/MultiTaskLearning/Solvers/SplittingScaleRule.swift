internal import LinearAlgebra

/// The choice of gamma while a synchronous Douglas-Rachford iteration runs.
///
/// The error bound of the splitting is smallest where gamma is the ratio of the distance the primal matrix has
/// to travel to the distance the dual matrix has to travel. From zero that is |P| / |U| (Lorenz and Tran-Dinh,
/// Comput. Optim. Appl. 2019); later the distances travelled since the last change estimate it. Changes end
/// at ``SolverLimits/lastScaleChange``, after which the splitting is the fixed one.
struct SplittingScaleRule {
    private var snapshot: (primal: Matrix, dual: Matrix)?
    private var nextChange = firstTravel

    private static let bootstrap: Set<Int> = [1, 2, 3, 4, 6, 8, 10, 13, 16]
    private static let lastUncorrected = 6
    private static let firstTravel = 20
    /// What |P| / |U| is multiplied by once directions of small weight begin to matter.
    private static let bootstrapCorrection = 0.25
    private static let largestBootstrapRatio = 10.0
    private static let largestTravelRatio = 3.0
    private static let deadBand = 1.1

    /// Returns the new gamma, or nil where it stays.
    ///
    /// - Parameters:
    ///   - evaluation: How many times the splitting operator has been evaluated.
    ///   - vanishingScale: The gamma from which on the prox of V is zero, where that is known; asked for only
    ///     when the primal matrix is zero.
    mutating func scale(
        after evaluation: Int, current gamma: Double, primal: Matrix, auxiliary: Matrix,
        vanishingScale: () throws -> Double?
    ) rethrows -> Double? {
        let isTravel = evaluation >= nextChange && evaluation <= SolverLimits.lastScaleChange
        guard isTravel || Self.bootstrap.contains(evaluation) else { return nil }
        if isTravel { nextChange = 2 * evaluation }

        let primalNorm = primal.frobeniusNorm
        guard primalNorm > 0 else {
            snapshot = nil
            guard auxiliary.frobeniusNorm > 0 else { return nil }
            return try vanishingScale().map { $0 / 2 } ?? gamma / Self.largestBootstrapRatio
        }
        let dual = auxiliary.adding(primal, scaledBy: -1).scaled(by: 1 / gamma)
        let target: Double
        let largestRatio: Double
        if isTravel, let snapshot {
            target =
                primal.adding(snapshot.primal, scaledBy: -1).frobeniusNorm
                / dual.adding(snapshot.dual, scaledBy: -1).frobeniusNorm
            largestRatio = Self.largestTravelRatio
        } else {
            let correction = evaluation <= Self.lastUncorrected ? 1 : Self.bootstrapCorrection
            target = correction * primalNorm / dual.frobeniusNorm
            largestRatio = Self.largestBootstrapRatio
        }
        snapshot = (primal, dual)
        guard target > 0, target.isFinite else { return nil }
        let ratio = min(max(target / gamma, 1 / largestRatio), largestRatio)
        return ratio > Self.deadBand || ratio < 1 / Self.deadBand ? ratio * gamma : nil
    }
}
