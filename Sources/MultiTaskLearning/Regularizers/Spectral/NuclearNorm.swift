internal import LinearAlgebra

/// The sum of the singular values: models in a common subspace of low dimension.
///
/// - SeeAlso: Ji and Ye, An accelerated gradient method for trace norm minimization (ICML 2009); Cai, Candes, Shen
///   (SIAM J. Optim. 20, 2010) for the proximal operator.
struct NuclearNorm: ConvexFunction {
    var growth: Growth { .norm }

    func value(_ w: Matrix) throws -> Double {
        try SingularValueDecomposition.values(of: w).reduce(0, +)
    }

    func proximal(of v: Matrix, scale: Double, start: inout Matrix?) throws -> Matrix {
        try SingularValueDecomposition(v).recomposed { values in
            values.prefix { $0 > scale }.map { $0 - scale }
        }
    }

    /// The largest singular value.
    func dualNorm(of u: Matrix, target: Double, start: Matrix?) throws -> Double {
        let gramian = u.gramian(ofRows: u.rowCount <= u.columnCount)
        return try SymmetricEigendecomposition.values(of: gramian).last.map { max(0, $0).squareRoot() } ?? 0
    }

    func statistic(
        of penalized: Matrix, regularizer: Regularizer, policy: FactorPolicy
    ) -> any ProximalStatistic {
        GramStatistic(penalized, regularizer: regularizer, policy: policy)
    }
}
