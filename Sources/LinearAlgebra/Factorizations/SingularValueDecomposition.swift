internal import COpenBLAS

/// The thin singular value decomposition of an m x n matrix, A = U diag(values) V', with k = min(m, n).
package struct SingularValueDecomposition: Sendable {
    /// The left singular vectors as columns, m x k.
    package let u: Matrix
    /// The singular values, descending, k of them.
    package let values: [Double]
    /// The right singular vectors as rows, k x n.
    package let vTransposed: Matrix

    /// Decomposes a matrix (`dgesdd`).
    ///
    /// - Throws: ``LinearAlgebraError`` `.nonFinite` or `.noConvergence`.
    /// - Complexity: O(m n k).
    package init(_ a: Matrix) throws {
        (u, values, vTransposed) = try Self.decompose(a, wantVectors: true)
    }

    /// Returns the singular values alone, descending.
    ///
    /// - Throws: ``LinearAlgebraError`` `.nonFinite` or `.noConvergence`.
    package static func values(of a: Matrix) throws -> [Double] {
        try decompose(a, wantVectors: false).values
    }

    private static func decompose(
        _ a: Matrix, wantVectors: Bool
    ) throws -> (u: Matrix, values: [Double], vTransposed: Matrix) {
        let (m, n) = (a.rowCount, a.columnCount)
        guard a.isFinite else {
            throw LinearAlgebraError(
                code: .nonFinite, message: "the \(m) x \(n) matrix to decompose holds a NaN or an infinity")
        }
        let k = min(m, n)
        var u = Matrix(rowCount: wantVectors ? m : 0, columnCount: wantVectors ? k : 0)
        var vTransposed = Matrix(rowCount: wantVectors ? k : 0, columnCount: wantVectors ? n : 0)
        var values = [Double](repeating: 0, count: k)
        guard k > 0 else { return (u, values, vTransposed) }

        var (rows, columns) = (OpenBLAS.size(m), OpenBLAS.size(n))
        var leadingDimension = rows
        var uLeadingDimension = OpenBLAS.leadingDimension(u.rowCount)
        var vLeadingDimension = OpenBLAS.leadingDimension(vTransposed.rowCount)
        var elements = a.elements
        var integerWork = [Int32](repeating: 0, count: 8 * k)
        var info: Int32 = 0
        var work: [Double] = [0]
        // LAPACK answers a call with a workspace of -1 by the best size.
        var workCount: Int32 = -1
        for _ in 0..<2 {
            u.withMutableElements { u in
                vTransposed.withMutableElements { vTransposed in
                    unsafe dgesdd_(
                        wantVectors ? "S" : "N", &rows, &columns, &elements, &leadingDimension, &values, &u,
                        &uLeadingDimension, &vTransposed, &vLeadingDimension, &work, &workCount, &integerWork,
                        &info, 1)
                }
            }
            OpenBLAS.checkArguments(info, of: "dgesdd")
            if workCount == -1 {
                workCount = OpenBLAS.size(Int(work[0].rounded(.up)))
                work = [Double](repeating: 0, count: Int(workCount))
            }
        }
        guard info == 0 else {
            throw LinearAlgebraError(
                code: .noConvergence,
                message:
                    "the singular value decomposition of a \(m) x \(n) matrix did not converge (dgesdd: \(info))"
            )
        }
        return (u, values, vTransposed)
    }
}
