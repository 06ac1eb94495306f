internal import LinearAlgebra

/// The way to the spectral factor of a ``SpectralFunction``: a decomposition of the Gram matrix of V's smaller side, or of V
/// itself where the Gram matrix has too few digits.
///
/// *Error.* Let G be the Gram matrix, E its rounding and that of its eigenvalues, t the threshold that the computed singular
/// values have: M is f(G + E) with f(z^2) = c for z <= t, 1 - (1 - c) t / z above, and never more than the largest share.
/// Applied to V it differs from f(G) V by at most (1 - c) |E|_F / (2 t), since s |f(s^2) - f(z^2)| / |s^2 - z^2| is at most
/// (1 - c) / (2 t) for all s and z (the largest share only flattens f). And t itself is that of V but for what E moves: the proximal
/// operator is 1-Lipschitz, z f(z^2) too, and singular values that differ by at most |E|_F / t in all that is above t spend
/// the same, which is 2 |E|_F / t more at most. Where the threshold is too small for that, 2 sqrt(sqrt(m) |E|_F) holds all the same:
/// the roots of G and G + E differ by at most the root of the trace norm of E (Powers and Stormer, Comm. Math. Phys. 16, 1970),
/// and both the operator and M are 1-Lipschitz. If no share is above the least one, M is a multiple of I without an error.
struct BudgetFactorComputation: FactorComputation {
    let function: any SpectralFunction
    let regularizer: Regularizer
    /// The scale of the proximal operator.
    let scale: Double
    let tolerance: Double
    /// V.
    let matrix: Matrix
    let ofRows: Bool

    func compute() throws -> ComputedFactor {
        let penalized = function.deviations(of: regularizer.penalizedPart(of: matrix))
        let factor =
            try tolerance > 0
            ? factorOfGramian(penalized) ?? factorOfValues(penalized) : factorOfValues(penalized)
        return ComputedFactor(factor: factor, isDecomposed: true)
    }

    /// The share of the tolerance that rounding may take.
    private static let roundingShare = 0.5

    /// Returns the factor from the Gram matrix; nil where that has too few digits.
    private func factorOfGramian(_ penalized: Matrix) throws -> SpectralFactor? {
        let norm = penalized.frobeniusNorm
        let trace = norm * norm
        guard SpectralTracker.squareRange.contains(trace) else { return nil }
        let eigen = try SymmetricEigendecomposition(penalized.gramian(ofRows: ofRows))
        let count = eigen.values.count
        let shares = shares(of: eigen.values.reversed().map { max(0, $0).squareRoot() })
        let rounding =
            SpectralTracker.rounding(
                ofTrace: trace, inner: ofRows ? penalized.columnCount : penalized.rowCount)
            + SpectralTracker.rounding(ofTrace: trace, inner: count)
        let allowed = Self.roundingShare * tolerance * norm
        guard
            shares.above.isEmpty || 3 * rounding <= allowed * shares.threshold
                || 2 * (Double(count).squareRoot() * rounding).squareRoot() <= allowed
        else { return nil }
        return SpectralFactor(
            vectors: eigen.vectors.columns(count - shares.above.count..<count),
            shares: shares.above.reversed(),
            complement: shares.least, scale: scale)
    }

    private func factorOfValues(_ penalized: Matrix) throws -> SpectralFactor {
        let decomposition = try SingularValueDecomposition(penalized)
        let shares = shares(of: decomposition.values)
        let vectors = ofRows ? decomposition.u : decomposition.vTransposed.transposed
        return SpectralFactor(
            vectors: vectors.columns(0..<shares.above.count), shares: shares.above,
            complement: shares.least, scale: scale)
    }

    /// - Parameter values: Descending.
    private func shares(of values: [Double]) -> SpectralShares {
        function.budget(taskCount: matrix.columnCount).proximalShares(of: values, scale: scale)
    }
}
