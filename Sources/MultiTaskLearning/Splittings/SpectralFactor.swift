internal import LinearAlgebra

/// The symmetric matrix M = Q diag(1 - scale / s) Q' over the singular vectors with s > scale, in factored form.
///
/// Few singular values exceed the scale near a solution of low rank, so products with M are cheap.
struct SpectralFactor: Sendable {
    /// The scale it was computed for.
    let scale: Double
    /// Q, one column for each singular value kept.
    private let vectors: Matrix
    /// 1 - scale / s.
    private let shrinkages: [Double]

    /// Creates the factor from the eigendecomposition of a Gram matrix.
    init(_ eigen: SymmetricEigendecomposition, scale: Double) {
        self.scale = scale
        let singularValues = eigen.values.map { max($0, 0).squareRoot() }
        let first = singularValues.firstIndex { $0 > scale } ?? singularValues.count
        vectors = eigen.vectors.columns(first..<singularValues.count)
        shrinkages = singularValues[first...].map { Regularizer.groupShrinkage(norm: $0, scale: scale) }
    }

    /// Creates the factor from a singular value decomposition, of its left or its right vectors.
    init(_ decomposition: SingularValueDecomposition, left: Bool, scale: Double) {
        self.scale = scale
        let kept = decomposition.values.prefix { $0 > scale }
        vectors = (left ? decomposition.u : decomposition.vTransposed.transposed).columns(0..<kept.count)
        shrinkages = kept.map { Regularizer.groupShrinkage(norm: $0, scale: scale) }
    }

    /// Returns M x.
    ///
    /// - Complexity: O(m r) with m rows and r singular values kept.
    func applied(to x: [Double]) -> [Double] {
        expanded(vectors.multiplied(by: x, transposed: true))
    }

    /// Returns a column of M.
    ///
    /// - Complexity: O(m r) with m rows and r singular values kept.
    func column(_ index: Int) -> [Double] {
        expanded(vectors.row(index))
    }

    private func expanded(_ coordinates: [Double]) -> [Double] {
        vectors.multiplied(by: coordinates.indices.map { shrinkages[$0] * coordinates[$0] })
    }
}
