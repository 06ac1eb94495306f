internal import COpenBLAS

/// The Cholesky factor of a symmetric positive definite matrix, A = L L'.
package struct CholeskyFactor: Sendable {
    /// L in the lower triangle; the strict upper triangle is whatever the matrix had there.
    private let factor: Matrix

    /// Factors a symmetric positive definite matrix (`dpotrf`), of which the lower triangle is read.
    ///
    /// - Throws: ``LinearAlgebraError`` `.nonFinite` or `.notPositiveDefinite`.
    /// - Complexity: O(n^3).
    package init(_ a: Matrix) throws {
        let n = a.rowCount
        precondition(n == a.columnCount, "a symmetric matrix is square, got \(n) x \(a.columnCount)")
        guard a.isFinite else {
            throw LinearAlgebraError(
                code: .nonFinite, message: "the \(n) x \(n) matrix to factor holds a NaN or an infinity")
        }
        var factor = a
        var size = OpenBLAS.size(n)
        var leadingDimension = OpenBLAS.leadingDimension(n)
        var info: Int32 = 0
        factor.withMutableElements { elements in
            unsafe dpotrf_("L", &size, &elements, &leadingDimension, &info, 1)
        }
        OpenBLAS.checkArguments(info, of: "dpotrf")
        guard info == 0 else {
            throw LinearAlgebraError(
                code: .notPositiveDefinite,
                message:
                    "the leading \(info) x \(info) block of a \(n) x \(n) matrix is not positive definite")
        }
        self.factor = factor
    }

    /// The number of rows, and of columns, of the matrix that was factored.
    package var dimension: Int { factor.rowCount }

    /// Returns x with A x = b.
    ///
    /// - Complexity: O(n^2).
    package func solve(_ b: [Double]) -> [Double] {
        solve(Matrix(rowCount: b.count, columnCount: 1, elements: b)).elements
    }

    /// Returns X with A X = B.
    ///
    /// - Complexity: O(n^2) for each column.
    package func solve(_ b: Matrix) -> Matrix {
        precondition(b.rowCount == dimension, "\(dimension) equations and \(b.rowCount) right-hand sides")
        var solution = b
        guard dimension > 0, b.columnCount > 0 else { return solution }
        var size = OpenBLAS.size(dimension)
        var rightHandSideCount = OpenBLAS.size(b.columnCount)
        var leadingDimension = size
        var solutionLeadingDimension = size
        var info: Int32 = 0
        solution.withMutableElements { elements in
            unsafe dpotrs_(
                "L", &size, &rightHandSideCount, factor.elements, &leadingDimension, &elements,
                &solutionLeadingDimension, &info, 1)
        }
        OpenBLAS.checkArguments(info, of: "dpotrs")
        return solution
    }

    /// Returns B L'^-1 (`dtrsm`).
    ///
    /// Where A = B'B the columns of the result are orthonormal, to about the rounding unit times A's condition number.
    ///
    /// - Complexity: O(n^2) for each row.
    package func orthonormalized(_ b: Matrix) -> Matrix {
        precondition(b.columnCount == dimension, "a factor of \(dimension) rows and \(b.columnCount) columns")
        var result = b
        guard dimension > 0, b.rowCount > 0 else { return result }
        let rows = OpenBLAS.size(b.rowCount)
        let size = OpenBLAS.size(dimension)
        result.withMutableElements { elements in
            unsafe cblas_dtrsm(
                CblasColMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, rows, size, 1,
                factor.elements, size,
                &elements, rows)
        }
        return result
    }
}
