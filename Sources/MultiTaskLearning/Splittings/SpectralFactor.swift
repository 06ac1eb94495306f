internal import LinearAlgebra

/// The symmetric matrix M = Q diag(1 - scale / s) Q' over the singular vectors with s > scale, in factored form.
///
/// Few singular values exceed the scale near a solution of low rank, so products with M are cheap.
struct SpectralFactor: Sendable {
    /// The scale it was computed for.
    let scale: Double
    /// An orthogonal matrix in whose coordinates `vectors` stand; nil for the unit matrix.
    private let basis: Matrix?
    /// Orthonormal columns; some may belong to singular values below the scale.
    private let vectors: Matrix
    /// max(1 - scale / s, 0), for each column.
    private let shrinkages: [Double]

    /// Creates the factor from singular values and vectors.
    ///
    /// - Parameters:
    ///   - basis: An orthogonal matrix in whose coordinates the vectors stand; nil for the unit matrix.
    ///   - vectors: Orthonormal columns, in any order.
    ///   - singularValues: One for each column.
    init(basis: Matrix?, vectors: Matrix, singularValues: [Double], scale: Double) {
        precondition(vectors.columnCount == singularValues.count, "one singular value for each vector")
        self.scale = scale
        self.basis = basis
        self.vectors = vectors
        shrinkages = singularValues.map { Regularizer.groupShrinkage(norm: $0, scale: scale) }
    }

    /// Creates the factor from a singular value decomposition, of its left or its right vectors.
    init(_ decomposition: SingularValueDecomposition, left: Bool, scale: Double) {
        let kept = decomposition.values.prefix { $0 > scale }
        let vectors = left ? decomposition.u : decomposition.vTransposed.transposed
        self.init(
            basis: nil, vectors: vectors.columns(0..<kept.count), singularValues: Array(kept), scale: scale)
    }

    /// Creates the factor of a matrix whose singular values are all at most the scale.
    init(zeroOfSize size: Int, scale: Double) {
        self.init(
            basis: nil, vectors: Matrix(rowCount: size, columnCount: 0), singularValues: [], scale: scale)
    }

    /// Returns M x.
    ///
    /// - Complexity: O(m r) with m rows and r vectors, O(m^2) where they stand in another basis.
    func applied(to x: [Double]) -> [Double] {
        expanded(basis.map { $0.multiplied(by: x, transposed: true) } ?? x)
    }

    /// Returns a column of M.
    ///
    /// - Complexity: As that of ``applied(to:)``.
    func column(_ index: Int) -> [Double] {
        if let basis { return expanded(basis.row(index)) }
        var unit = [Double](repeating: 0, count: vectors.rowCount)
        unit[index] = 1
        return expanded(unit)
    }

    private func expanded(_ coordinates: [Double]) -> [Double] {
        var components = vectors.multiplied(by: coordinates, transposed: true)
        for index in components.indices { components[index] *= shrinkages[index] }
        let result = vectors.multiplied(by: components)
        return basis.map { $0.multiplied(by: result) } ?? result
    }
}
