internal import LinearAlgebra
internal import SeededRandom
internal import Testing

@Suite struct ProductTests {
    @Test("each column is scaled by its own factor")
    func scaledColumns() {
        let a = Matrix(columns: [[1, 2], [3, 4], [5, 6]])
        #expect(a.scalingColumns(by: [2, 0, -1]) == Matrix(columns: [[2, 4], [0, 0], [-5, -6]]))
        #expect(Matrix(rowCount: 3, columnCount: 0).scalingColumns(by: []).columnCount == 0)
    }

    @Test(
        "products equal the sums that define them", arguments: [(3, 4, 5), (1, 7, 1), (16, 2, 9)],
        [1, 2] as [UInt64])
    func products(shape: (m: Int, k: Int, n: Int), seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let a = randomMatrix(shape.m, shape.k, &generator)
        let b = randomMatrix(shape.k, shape.n, &generator)
        var expected = Matrix(rowCount: shape.m, columnCount: shape.n)
        for i in 0..<shape.m {
            for j in 0..<shape.n { expected[i, j] = Vector.dot(a.row(i), b.column(j)) }
        }
        #expect(distance(a.multiplied(by: b), expected) < 1e-13, "seed \(seed)")
        #expect(
            distance(a.transposed.multiplied(by: b, transposeSelf: true), expected) < 1e-13, "seed \(seed)")
        #expect(
            distance(a.multiplied(by: b.transposed, transposeOther: true), expected) < 1e-13, "seed \(seed)")
        #expect(
            distance(
                a.transposed.multiplied(by: b.transposed, transposeSelf: true, transposeOther: true), expected
            )
                < 1e-13, "seed \(seed)")
        let x = b.column(0)
        #expect(distance(a.multiplied(by: x), expected.column(0)) < 1e-13, "seed \(seed)")
        #expect(
            distance(a.transposed.multiplied(by: x, transposed: true), expected.column(0)) < 1e-13,
            "seed \(seed)")
    }

    @Test(
        "a Gram matrix is the product with the transpose and exactly symmetric",
        arguments: [(5, 3), (3, 5), (1, 4)])
    func gramians(shape: (m: Int, n: Int)) {
        var generator = SeededGenerator(seed: 3)
        let a = randomMatrix(shape.m, shape.n, &generator)
        let rows = a.gramian(ofRows: true)
        let columns = a.gramian(ofRows: false)
        #expect(distance(rows, a.multiplied(by: a, transposeOther: true)) < 1e-13)
        #expect(distance(columns, a.multiplied(by: a, transposeSelf: true)) < 1e-13)
        #expect(rows == rows.transposed)
        #expect(columns == columns.transposed)
    }

    @Test("a symmetric product changes the lower triangle alone")
    func symmetricProduct() {
        var a = Matrix(rowCount: 2, columnCount: 2)
        a.addToLowerTriangle(symmetricProductOf: [2, 3], and: [5, 7])
        #expect(a.elements == [20, 29, 0, 42])
    }

    @Test("an outer product is added to every element")
    func outerProduct() {
        var a = Matrix(rowCount: 2, columnCount: 3, elements: [1, 0, 0, 0, 0, 1])
        a.add(outerProductOf: [2, 3], and: [5, 7, 11])
        #expect(a.elements == [11, 15, 14, 21, 22, 34])
    }

    @Test("a symmetric factor is read from its lower triangle alone", arguments: [1, 5, 33])
    func symmetricFactor(size: Int) {
        var generator = SeededGenerator(seed: 4)
        let whole = randomMatrix(size, size + 2, &generator).gramian(ofRows: true)
        let other = randomMatrix(size, 3, &generator)
        var lower = whole
        for column in 1..<max(size, 1) {
            for row in 0..<column { lower[row, column] = .nan }
        }
        #expect(distance(lower.symmetricallyMultiplied(by: other), whole.multiplied(by: other)) < 1e-13)
    }

    @Test("matrices without rows or columns multiply to zeros")
    func emptyShapes() {
        let tall = Matrix(rowCount: 3, columnCount: 0)
        #expect(tall.multiplied(by: tall, transposeOther: true) == Matrix(rowCount: 3, columnCount: 3))
        #expect(tall.multiplied(by: [Double]()) == [0, 0, 0])
        #expect(tall.gramian(ofRows: true) == Matrix(rowCount: 3, columnCount: 3))
        #expect(tall.gramian(ofRows: false).rowCount == 0)
        #expect(tall.frobeniusNorm == 0)
        let none = Matrix(rowCount: 0, columnCount: 0)
        #expect(none.symmetricallyMultiplied(by: tall.transposed).columnCount == 3)
    }

    @Test("scaled sums")
    func sums() {
        let a = Matrix(rowCount: 1, columnCount: 2, elements: [1, 2])
        #expect(a.adding(a.scaled(by: 10), scaledBy: 2).elements == [21, 42])
        #expect(Matrix(rowCount: 2, columnCount: 1, elements: [3, 4]).frobeniusNorm == 5)
    }
}
