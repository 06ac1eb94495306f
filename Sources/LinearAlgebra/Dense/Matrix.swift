/// A dense matrix of doubles, stored by columns: `elements[row + column * rowCount]`.
///
/// A matrix may have no rows or no columns.
package struct Matrix: Sendable, Equatable {
    /// The number of rows.
    package let rowCount: Int
    /// The number of columns.
    package let columnCount: Int
    /// All elements, column after column.
    package private(set) var elements: [Double]

    /// Creates a matrix of zeros.
    package init(rowCount: Int, columnCount: Int) {
        precondition(rowCount >= 0 && columnCount >= 0, "negative shape \(rowCount) x \(columnCount)")
        self.rowCount = rowCount
        self.columnCount = columnCount
        elements = [Double](repeating: 0, count: rowCount * columnCount)
    }

    /// Creates a matrix from its elements in column-major order.
    ///
    /// - Parameter elements: `rowCount * columnCount` numbers.
    package init(rowCount: Int, columnCount: Int, elements: [Double]) {
        precondition(rowCount >= 0 && columnCount >= 0, "negative shape \(rowCount) x \(columnCount)")
        precondition(
            elements.count == rowCount * columnCount,
            "a \(rowCount) x \(columnCount) matrix has \(rowCount * columnCount) elements, got \(elements.count)"
        )
        self.rowCount = rowCount
        self.columnCount = columnCount
        self.elements = elements
    }

    /// Creates a matrix from columns of equal length.
    package init(columns: [[Double]]) {
        let rowCount = columns.first?.count ?? 0
        for (index, column) in columns.enumerated() {
            precondition(
                column.count == rowCount, "column \(index) has \(column.count) rows, column 0 has \(rowCount)"
            )
        }
        self.init(rowCount: rowCount, columnCount: columns.count, elements: Array(columns.joined()))
    }

    /// The element at a row and a column.
    package subscript(row: Int, column: Int) -> Double {
        get { elements[offset(row, column)] }
        set { elements[offset(row, column)] = newValue }
    }

    /// Whether no element is a NaN or an infinity.
    ///
    /// - Complexity: O(`rowCount * columnCount`).
    package var isFinite: Bool {
        elements.allSatisfy(\.isFinite)
    }

    /// Returns the index into `elements`, both bounds checked (the array alone would only check their sum).
    private func offset(_ row: Int, _ column: Int) -> Int {
        precondition(row >= 0 && row < rowCount, "row \(row) of \(rowCount)")
        precondition(column >= 0 && column < columnCount, "column \(column) of \(columnCount)")
        return row + column * rowCount
    }

    private func range(ofColumn index: Int) -> Range<Int> {
        precondition(index >= 0 && index < columnCount, "column \(index) of \(columnCount)")
        return index * rowCount..<(index + 1) * rowCount
    }
}

extension Matrix {
    /// Returns a copy of a column.
    package func column(_ index: Int) -> [Double] {
        Array(elements[range(ofColumn: index)])
    }

    /// Replaces a column.
    ///
    /// - Parameter values: `rowCount` numbers.
    package mutating func setColumn(_ index: Int, to values: [Double]) {
        precondition(values.count == rowCount, "a column has \(rowCount) rows, got \(values.count)")
        elements.replaceSubrange(range(ofColumn: index), with: values)
    }

    /// Returns what `body` makes of a column, lent without a copy.
    package func withColumn<R, E: Error>(
        _ index: Int, _ body: (Span<Double>) throws(E) -> R
    ) throws(E) -> R {
        let range = range(ofColumn: index)
        return try body(elements.span.extracting(range))
    }

    /// Returns what `body` makes of a column, lent without a copy, to be changed in place.
    package mutating func withMutableColumn<R, E: Error>(
        _ index: Int, _ body: (inout MutableSpan<Double>) throws(E) -> R
    ) throws(E) -> R {
        let range = range(ofColumn: index)
        return try unsafe elements.withUnsafeMutableBufferPointer { (all) throws(E) -> R in
            var column = unsafe all.extracting(range).mutableSpan
            return try body(&column)
        }
    }

    /// Returns a copy of a row, gathered by stride.
    package func row(_ index: Int) -> [Double] {
        precondition(index >= 0 && index < rowCount, "row \(index) of \(rowCount)")
        return (0..<columnCount).map { elements[index + $0 * rowCount] }
    }

    /// Replaces a row.
    ///
    /// - Parameter values: `columnCount` numbers.
    package mutating func setRow(_ index: Int, to values: [Double]) {
        precondition(index >= 0 && index < rowCount, "row \(index) of \(rowCount)")
        precondition(values.count == columnCount, "a row has \(columnCount) columns, got \(values.count)")
        for column in 0..<columnCount { elements[index + column * rowCount] = values[column] }
    }

    /// Returns a matrix of the columns in `range`.
    package func columns(_ range: Range<Int>) -> Matrix {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= columnCount, "columns \(range) of \(columnCount)")
        return Matrix(
            rowCount: rowCount, columnCount: range.count,
            elements: Array(elements[range.lowerBound * rowCount..<range.upperBound * rowCount]))
    }

    /// The transpose.
    package var transposed: Matrix {
        var result = Matrix(rowCount: columnCount, columnCount: rowCount)
        for column in 0..<columnCount {
            for row in 0..<rowCount {
                result.elements[column + row * columnCount] = elements[row + column * rowCount]
            }
        }
        return result
    }

    /// Lends the elements to another file of this module to be changed in place.
    mutating func withMutableElements<R>(_ body: (inout [Double]) -> R) -> R {
        body(&elements)
    }
}
