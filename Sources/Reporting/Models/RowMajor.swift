internal import LinearAlgebra

/// Matrices as other programs store them: row by row.
enum RowMajor {
    /// Returns the elements row by row.
    static func elements(of matrix: Matrix) -> [Double] {
        let source = matrix.elements
        var elements: [Double] = []
        elements.reserveCapacity(source.count)
        for row in 0..<matrix.rowCount {
            for column in 0..<matrix.columnCount { elements.append(source[row + column * matrix.rowCount]) }
        }
        return elements
    }

    /// Returns the matrix whose elements these are, row by row.
    static func matrix(rowCount: Int, columnCount: Int, elements: [Double]) -> Matrix {
        var result: [Double] = []
        result.reserveCapacity(elements.count)
        for column in 0..<columnCount {
            for row in 0..<rowCount { result.append(elements[row * columnCount + column]) }
        }
        return Matrix(rowCount: rowCount, columnCount: columnCount, elements: result)
    }
}
