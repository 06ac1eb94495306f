internal import COpenBLAS

/// The LU factorisation of a square matrix with row interchanges.
package struct LUFactor: Sendable {
    /// L below the diagonal, whose own is of ones, and U.
    private let factor: Matrix
    /// The row that each row was interchanged with, from 1.
    private let pivots: [Int32]

    /// Factors a square matrix (`dgetrf`).
    ///
    /// - Returns: nil where the matrix is singular to the last bit, or holds a NaN or an infinity.
    /// - Complexity: O(n^3).
    package init?(_ a: Matrix) {
        let n = a.rowCount
        precondition(n == a.columnCount, "a matrix to factor is square, got \(n) x \(a.columnCount)")
        guard a.isFinite else { return nil }
        var factor = a
        var pivots = [Int32](repeating: 0, count: n)
        var size = OpenBLAS.size(n)
        var leadingDimension = OpenBLAS.leadingDimension(n)
        var info: Int32 = 0
        factor.withMutableElements { elements in
            unsafe dgetrf_(&size, &size, &elements, &leadingDimension, &pivots, &info)
        }
        OpenBLAS.checkArguments(info, of: "dgetrf")
        guard info == 0 else { return nil }
        self.factor = factor
        self.pivots = pivots
    }

    /// Returns x with A x = b (`dgetrs`).
    ///
    /// - Complexity: O(n^2).
    package func solve(_ b: [Double]) -> [Double] {
        let size = factor.rowCount
        precondition(b.count == size, "\(size) equations and \(b.count) right-hand sides")
        var solution = b
        guard !b.isEmpty else { return solution }
        var order = OpenBLAS.size(size)
        var one = OpenBLAS.size(1)
        var info: Int32 = 0
        unsafe dgetrs_("N", &order, &one, factor.elements, &order, pivots, &solution, &order, &info, 1)
        OpenBLAS.checkArguments(info, of: "dgetrs")
        return solution
    }
}
