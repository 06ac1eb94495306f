internal import COpenBLAS

/// The eigenvalues and eigenvectors of a symmetric matrix, A = Q diag(values) Q'.
package struct SymmetricEigendecomposition: Sendable {
    /// The eigenvalues, ascending.
    package let values: [Double]
    /// The orthonormal eigenvectors as columns, in the order of `values`.
    package let vectors: Matrix

    /// Decomposes a symmetric matrix (`dsyevd`), of which the lower triangle is read.
    ///
    /// - Throws: ``LinearAlgebraError`` `.nonFinite` or `.noConvergence`.
    /// - Complexity: O(n^3).
    package init(_ a: Matrix) throws {
        let (values, vectors) = try Self.decompose(a, wantVectors: true)
        self.values = values
        self.vectors = vectors
    }

    /// Returns the eigenvalues alone, ascending.
    ///
    /// - Throws: ``LinearAlgebraError`` `.nonFinite` or `.noConvergence`.
    package static func values(of a: Matrix) throws -> [Double] {
        try decompose(a, wantVectors: false).values
    }

    private static func decompose(
        _ a: Matrix, wantVectors: Bool
    ) throws -> (values: [Double], vectors: Matrix) {
        let n = a.rowCount
        precondition(n == a.columnCount, "a symmetric matrix is square, got \(n) x \(a.columnCount)")
        guard a.isFinite else {
            throw LinearAlgebraError(
                code: .nonFinite, message: "the \(n) x \(n) matrix to decompose holds a NaN or an infinity")
        }
        guard n > 0 else { return ([], a) }
        var size = OpenBLAS.size(n)
        var vectors = a
        var values = [Double](repeating: 0, count: n)
        // The smallest workspace that LAPACK documents for either job, at any n.
        var work = [Double](repeating: 0, count: 1 + 6 * n + 2 * n * n)
        var integerWork = [Int32](repeating: 0, count: 3 + 5 * n)
        var workCount = OpenBLAS.size(work.count)
        var integerWorkCount = OpenBLAS.size(integerWork.count)
        var leadingDimension = size
        var info: Int32 = 0
        vectors.withMutableElements { elements in
            unsafe dsyevd_(
                wantVectors ? "V" : "N", "L", &size, &elements, &leadingDimension, &values, &work, &workCount,
                &integerWork, &integerWorkCount, &info, 1, 1)
        }
        OpenBLAS.checkArguments(info, of: "dsyevd")
        guard info == 0 else {
            throw LinearAlgebraError(
                code: .noConvergence,
                message: "the eigendecomposition of a \(n) x \(n) matrix did not converge (dsyevd: \(info))")
        }
        return (values, vectors)
    }
}
