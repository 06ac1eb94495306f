package import LinearAlgebra

/// The covariance of the tasks that a model stands for.
package enum TaskRelationship {
    /// Returns (W'W)^{1/2} over its trace, T x T, the minimiser of tr(W Omega^-1 W') over covariances of trace 1; equal
    /// shares of independent tasks where W is 0.
    ///
    /// - Throws: `LinearAlgebraError` when the singular value decomposition does not converge or W is not finite.
    /// - Complexity: O(d T min(d, T) + T^2 min(d, T)).
    /// - SeeAlso: Zhang and Yeung (UAI 2010), equation 12.
    package static func covariance(of w: Matrix) throws -> Matrix {
        let decomposition = try SingularValueDecomposition(w)
        let trace = decomposition.values.reduce(0, +)
        let scaled = decomposition.vTransposed.transposed
            .scalingColumns(by: decomposition.values.map { trace > 0 ? $0 / trace : 0 })
        var covariance = scaled.multiplied(by: decomposition.vTransposed)
        if trace == 0 {
            for task in 0..<w.columnCount { covariance[task, task] = 1 / Double(w.columnCount) }
        }
        return covariance
    }
}
