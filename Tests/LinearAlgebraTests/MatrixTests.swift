internal import LinearAlgebra
internal import Testing

@Suite struct MatrixTests {
    let a = Matrix(rowCount: 2, columnCount: 3, elements: [1, 2, 3, 4, 5, 6])

    @Test("elements lie column after column")
    func columnMajor() {
        #expect(a[0, 0] == 1)
        #expect(a[1, 0] == 2)
        #expect(a[0, 1] == 3)
        #expect(a[1, 2] == 6)
        #expect(Matrix(columns: [[1, 2], [3, 4], [5, 6]]) == a)
        #expect(a.column(1) == [3, 4])
        #expect(a.row(1) == [2, 4, 6])
        #expect(a.columns(1..<3) == Matrix(columns: [[3, 4], [5, 6]]))
        #expect(a.transposed == Matrix(columns: [[1, 3, 5], [2, 4, 6]]))
    }

    @Test("a set element, row and column change nothing else")
    func setters() {
        var b = a
        b[0, 2] = 7
        #expect(b.elements == [1, 2, 3, 4, 7, 6])
        b.setColumn(0, to: [8, 9])
        #expect(b.elements == [8, 9, 3, 4, 7, 6])
        b.setRow(1, to: [0, 1, 2])
        #expect(b.elements == [8, 0, 3, 1, 7, 2])
    }

    @Test("a column is lent with its own bounds")
    func lentColumn() {
        #expect(a.withColumn(2) { $0.count } == 2)
        #expect(a.withColumn(2) { $0[0] } == 5)
        var b = a
        let old = b.withMutableColumn(1) { column in
            let old = column[1]
            column[1] = 40
            return old
        }
        #expect(old == 4)
        #expect(b.elements == [1, 2, 3, 40, 5, 6])
    }

    @Test("an error thrown by a borrower passes through")
    func lentColumnThrows() {
        struct Refused: Error {}
        #expect(throws: Refused.self) { try a.withColumn(0) { _ in throw Refused() } }
    }

    @Test("an index that is in the array but not in the matrix stops the program")
    func indexOutOfBounds() async {
        await #expect(processExitsWith: .failure) {
            _ = Matrix(rowCount: 2, columnCount: 3)[2, 0]
        }
        await #expect(processExitsWith: .failure) {
            _ = Matrix(rowCount: 2, columnCount: 3).column(3)
        }
    }

    @Test("a wrong number of elements stops the program")
    func wrongCount() async {
        await #expect(processExitsWith: .failure) {
            _ = Matrix(rowCount: 2, columnCount: 3, elements: [1, 2, 3, 4, 5])
        }
        await #expect(processExitsWith: .failure) {
            _ = Matrix(rowCount: 2, columnCount: 3).multiplied(by: Matrix(rowCount: 2, columnCount: 3))
        }
    }

    @Test("a NaN or an infinity is found", arguments: [Double.nan, .infinity, -.infinity])
    func finiteness(_ bad: Double) {
        var b = a
        #expect(b.isFinite)
        b[1, 2] = bad
        #expect(!b.isFinite)
    }
}
