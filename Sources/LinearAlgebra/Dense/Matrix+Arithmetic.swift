internal import COpenBLAS

extension Matrix {
    /// The Euclidean norm of all elements.
    package var frobeniusNorm: Double {
        Vector.norm(elements)
    }

    /// Returns `self + factor * other`.
    package func adding(_ other: Matrix, scaledBy factor: Double = 1) -> Matrix {
        precondition(
            rowCount == other.rowCount && columnCount == other.columnCount,
            "shapes differ: \(rowCount) x \(columnCount) and \(other.rowCount) x \(other.columnCount)")
        return Matrix(
            rowCount: rowCount, columnCount: columnCount,
            elements: Vector.adding(other.elements, scaledBy: factor, to: elements))
    }

    /// Returns `factor * self`.
    package func scaled(by factor: Double) -> Matrix {
        Matrix(rowCount: rowCount, columnCount: columnCount, elements: elements.map { factor * $0 })
    }

    /// Returns the matrix with each column multiplied by a factor of its own.
    ///
    /// - Parameter factors: One for each column.
    package func scalingColumns(by factors: [Double]) -> Matrix {
        precondition(factors.count == columnCount, "\(columnCount) columns and \(factors.count) factors")
        var result = self
        for (index, factor) in factors.enumerated() {
            result.setColumn(index, to: Vector.scaled(column(index), by: factor))
        }
        return result
    }

    /// Returns `op(self) * op(other)` where `op` transposes when asked to (`dgemm`).
    ///
    /// - Complexity: O(rows * columns * inner dimension).
    package func multiplied(
        by other: Matrix, transposeSelf: Bool = false, transposeOther: Bool = false
    ) -> Matrix {
        let (rows, inner) = transposeSelf ? (columnCount, rowCount) : (rowCount, columnCount)
        let (otherInner, columns) =
            transposeOther ? (other.columnCount, other.rowCount) : (other.rowCount, other.columnCount)
        precondition(inner == otherInner, "inner dimensions differ: \(inner) and \(otherInner)")
        var result = Matrix(rowCount: rows, columnCount: columns)
        guard rows > 0, columns > 0, inner > 0 else { return result }
        result.withMutableElements { product in
            unsafe cblas_dgemm(
                CblasColMajor, transposeSelf ? CblasTrans : CblasNoTrans,
                transposeOther ? CblasTrans : CblasNoTrans, OpenBLAS.size(rows), OpenBLAS.size(columns),
                OpenBLAS.size(inner), 1, elements, OpenBLAS.leadingDimension(rowCount), other.elements,
                OpenBLAS.leadingDimension(other.rowCount), 0, &product, OpenBLAS.leadingDimension(rows))
        }
        return result
    }

    /// Returns `self * vector`, or `self' * vector` (`dgemv`).
    ///
    /// - Parameter vector: `columnCount` numbers, or `rowCount` when `transposed`.
    package func multiplied(by vector: [Double], transposed: Bool = false) -> [Double] {
        let (rows, inner) = transposed ? (columnCount, rowCount) : (rowCount, columnCount)
        precondition(inner == vector.count, "inner dimensions differ: \(inner) and \(vector.count)")
        var product = [Double](repeating: 0, count: rows)
        guard rows > 0, inner > 0 else { return product }
        unsafe cblas_dgemv(
            CblasColMajor, transposed ? CblasTrans : CblasNoTrans, OpenBLAS.size(rowCount),
            OpenBLAS.size(columnCount), 1, elements, OpenBLAS.leadingDimension(rowCount), vector, 1, 0,
            &product, 1)
        return product
    }

    /// Returns the Gram matrix of the rows, A A', or of the columns, A' A (`dsyrk`, both triangles filled).
    package func gramian(ofRows: Bool) -> Matrix {
        let (size, inner) = ofRows ? (rowCount, columnCount) : (columnCount, rowCount)
        var result = Matrix(rowCount: size, columnCount: size)
        guard size > 0, inner > 0 else { return result }
        result.withMutableElements { product in
            unsafe cblas_dsyrk(
                CblasColMajor, CblasLower, ofRows ? CblasNoTrans : CblasTrans, OpenBLAS.size(size),
                OpenBLAS.size(inner), 1, elements, OpenBLAS.leadingDimension(rowCount), 0, &product,
                OpenBLAS.size(size))
            for column in 1..<max(size, 1) {
                for row in 0..<column { product[row + column * size] = product[column + row * size] }
            }
        }
        return result
    }

    /// Returns `self * other` for a symmetric matrix of which the lower triangle is read (`dsymm`).
    ///
    /// - Precondition: The matrix is square.
    /// - Complexity: O(rows^2 * columns of `other`).
    package func symmetricallyMultiplied(by other: Matrix) -> Matrix {
        precondition(
            rowCount == columnCount, "a symmetric matrix is square, got \(rowCount) x \(columnCount)")
        precondition(rowCount == other.rowCount, "inner dimensions differ: \(rowCount) and \(other.rowCount)")
        var result = Matrix(rowCount: rowCount, columnCount: other.columnCount)
        guard rowCount > 0, other.columnCount > 0 else { return result }
        let size = OpenBLAS.size(rowCount)
        result.withMutableElements { product in
            unsafe cblas_dsymm(
                CblasColMajor, CblasLeft, CblasLower, size, OpenBLAS.size(other.columnCount), 1, elements,
                size,
                other.elements, size, 0, &product, size)
        }
        return result
    }

    /// Adds `x y' + y x'` to the lower triangle, diagonal included (`dsyr2`).
    ///
    /// The strict upper triangle keeps its old values; ``symmetricallyMultiplied(by:)``,
    /// ``SymmetricEigendecomposition`` and ``CholeskyFactor`` do not read it.
    ///
    /// - Precondition: The matrix is square with as many rows as `x` and `y` have numbers.
    package mutating func addToLowerTriangle(symmetricProductOf x: [Double], and y: [Double]) {
        let size = rowCount
        precondition(size == columnCount, "a symmetric matrix is square, got \(size) x \(columnCount)")
        precondition(size == x.count && size == y.count, "\(size) rows and vectors of \(x.count), \(y.count)")
        guard size > 0 else { return }
        withMutableElements { elements in
            unsafe cblas_dsyr2(
                CblasColMajor, CblasLower, OpenBLAS.size(size), 1, x, 1, y, 1, &elements, OpenBLAS.size(size))
        }
    }

    /// Adds `x y'` (`dger`).
    ///
    /// - Parameters:
    ///   - x: `rowCount` numbers.
    ///   - y: `columnCount` numbers.
    package mutating func add(outerProductOf x: [Double], and y: [Double]) {
        let (rows, columns) = (rowCount, columnCount)
        precondition(
            rows == x.count && columns == y.count,
            "a \(rows) x \(columns) matrix and vectors of \(x.count) and \(y.count)")
        guard rows > 0, columns > 0 else { return }
        withMutableElements { elements in
            unsafe cblas_dger(
                CblasColMajor, OpenBLAS.size(rows), OpenBLAS.size(columns), 1, x, 1, y, 1, &elements,
                OpenBLAS.size(rows))
        }
    }
}
