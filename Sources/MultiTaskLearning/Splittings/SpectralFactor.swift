internal import LinearAlgebra

/// The symmetric matrix M = c I + Q diag(f - c) Q', in factored form: what multiplies the singular values of V by f along the
/// singular vectors Q and by c along all others.
///
/// For the nuclear norm c is 0 and f is 1 - scale / s, for the singular values s above the scale. Few are near a solution of
/// low rank, so products with M are cheap.
struct SpectralFactor: Sendable {
    /// The scale it was computed for.
    let scale: Double
    /// An orthogonal matrix in whose coordinates `vectors` stand; nil for the unit matrix.
    private let basis: Matrix?
    /// Q, orthonormal columns; f may be c for some.
    private let vectors: Matrix
    /// c.
    private let complement: Double
    /// f - c, for each column.
    private let weights: [Double]

    /// Creates the factor of the nuclear norm from singular values and vectors.
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
        complement = 0
        weights = singularValues.map { Regularizer.groupShrinkage(norm: $0, scale: scale) }
    }

    /// Creates the factor of other shares of the singular values.
    ///
    /// - Parameters:
    ///   - vectors: Orthonormal columns.
    ///   - shares: f, for each column.
    ///   - complement: c.
    init(vectors: Matrix, shares: [Double], complement: Double, scale: Double) {
        precondition(vectors.columnCount == shares.count, "one share for each vector")
        self.scale = scale
        basis = nil
        self.vectors = vectors
        self.complement = complement
        weights = shares.map { $0 - complement }
    }

    /// Creates the factor of the nuclear norm from a singular value decomposition, of its left or its right vectors.
    init(_ decomposition: SingularValueDecomposition, left: Bool, scale: Double) {
        let kept = decomposition.values.prefix { $0 > scale }
        let vectors = left ? decomposition.u : decomposition.vTransposed.transposed
        self.init(
            basis: nil, vectors: vectors.columns(0..<kept.count), singularValues: Array(kept), scale: scale)
    }

    /// Creates the factor of the nuclear norm of a matrix whose singular values are all at most the scale.
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

    /// Returns M X, or X M.
    ///
    /// - Parameter fromLeft: Whether M multiplies from the left.
    /// - Complexity: O(d T r) for a d x T matrix X and r vectors, and O(m^2 r) where they stand in another basis.
    func applied(to matrix: Matrix, fromLeft: Bool) -> Matrix {
        let directions = basis?.multiplied(by: vectors) ?? vectors
        let weighted = directions.scalingColumns(by: weights)
        let result =
            fromLeft
            ? directions.multiplied(by: weighted.multiplied(by: matrix, transposeSelf: true))
            : matrix.multiplied(by: weighted).multiplied(by: directions, transposeOther: true)
        return complement == 0 ? result : result.adding(matrix, scaledBy: complement)
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
        for index in components.indices { components[index] *= weights[index] }
        var result = vectors.multiplied(by: components)
        if complement != 0 { result = Vector.adding(coordinates, scaledBy: complement, to: result) }
        return basis.map { $0.multiplied(by: result) } ?? result
    }
}
