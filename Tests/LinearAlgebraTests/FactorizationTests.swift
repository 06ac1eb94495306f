internal import LinearAlgebra
internal import SeededRandom
internal import Testing

@Suite struct FactorizationTests {
    @Test("an eigendecomposition multiplies back, is orthonormal and ascends", arguments: [1, 2, 7, 28, 60])
    func eigendecomposition(size: Int) throws {
        var generator = SeededGenerator(seed: UInt64(size))
        let b = randomMatrix(size, size, &generator)
        let a = b.adding(b.transposed)
        let decomposition = try SymmetricEigendecomposition(a)
        let q = decomposition.vectors
        #expect(distance(q.multiplied(by: q, transposeSelf: true), identity(size)) < 1e-13)
        #expect(
            distance(
                q.multiplied(by: diagonal(decomposition.values)).multiplied(by: q, transposeOther: true), a)
                < 1e-13)
        #expect(zip(decomposition.values, decomposition.values.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(distance(try SymmetricEigendecomposition.values(of: a), decomposition.values) < 1e-13)
    }

    @Test("a symmetric eigendecomposition reads the lower triangle alone")
    func lowerTriangle() throws {
        let whole = Matrix(rowCount: 2, columnCount: 2, elements: [2, 1, 1, 2])
        let lower = Matrix(rowCount: 2, columnCount: 2, elements: [2, 1, 99, 2])
        #expect(try SymmetricEigendecomposition(lower).values == SymmetricEigendecomposition(whole).values)
        #expect(distance(try SymmetricEigendecomposition(whole).values, [1, 3]) < 1e-15)
    }

    @Test(
        "a singular value decomposition multiplies back, is orthonormal and descends",
        arguments: [(1, 1), (5, 3), (3, 5), (28, 139), (200, 7)])
    func singularValues(shape: (m: Int, n: Int)) throws {
        var generator = SeededGenerator(seed: UInt64(shape.m))
        let a = randomMatrix(shape.m, shape.n, &generator)
        let decomposition = try SingularValueDecomposition(a)
        let (u, v) = (decomposition.u, decomposition.vTransposed)
        let rank = min(shape.m, shape.n)
        #expect(u.rowCount == shape.m && u.columnCount == rank)
        #expect(v.rowCount == rank && v.columnCount == shape.n)
        #expect(distance(u.gramian(ofRows: false), identity(rank)) < 1e-13)
        #expect(distance(v.gramian(ofRows: true), identity(rank)) < 1e-13)
        #expect(distance(u.multiplied(by: diagonal(decomposition.values)).multiplied(by: v), a) < 1e-13)
        #expect(zip(decomposition.values, decomposition.values.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(distance(try SingularValueDecomposition.values(of: a), decomposition.values) < 1e-13)
    }

    @Test("known singular values: an outer product has one, the product of the norms")
    func rankOne() throws {
        let a = Matrix(columns: [[3, 4]]).multiplied(by: Matrix(columns: [[5, 12]]), transposeOther: true)
        #expect(distance(try SingularValueDecomposition.values(of: a), [65, 0]) < 1e-14)
    }

    @Test("a Cholesky factor solves", arguments: [1, 2, 28])
    func cholesky(size: Int) throws {
        var generator = SeededGenerator(seed: UInt64(size))
        let a = randomMatrix(size, 2 * size, &generator).gramian(ofRows: true)
        let x = randomMatrix(size, 3, &generator)
        let factor = try CholeskyFactor(a)
        #expect(factor.dimension == size)
        #expect(distance(factor.solve(a.multiplied(by: x)), x) < 1e-9)
        #expect(distance(factor.solve(a.multiplied(by: x.column(1))), x.column(1)) < 1e-9)
    }

    @Test(
        "columns are orthonormal after the factor of their Gram matrix",
        arguments: [(1, 1), (5, 3), (60, 20)])
    func orthonormalization(shape: (m: Int, n: Int)) throws {
        var generator = SeededGenerator(seed: UInt64(shape.m))
        let a = randomMatrix(shape.m, shape.n, &generator)
        let q = try CholeskyFactor(a.gramian(ofRows: false)).orthonormalized(a)
        #expect(distance(q.gramian(ofRows: false), identity(shape.n)) < 1e-12)
        // The span is the same: projected on it, nothing of A is lost.
        #expect(distance(q.multiplied(by: q.multiplied(by: a, transposeSelf: true)), a) < 1e-12)
    }

    @Test("an LU factor solves, where rows must be interchanged too", arguments: [1, 2, 28])
    func lu(size: Int) throws {
        var generator = SeededGenerator(seed: UInt64(size))
        var a = randomMatrix(size, size, &generator)
        if size > 1 { a[0, 0] = 0 }
        let x = randomMatrix(size, 1, &generator).column(0)
        let factor = try #require(LUFactor(a))
        #expect(distance(factor.solve(a.multiplied(by: x)), x) < 1e-9)
    }

    @Test("a singular matrix, and one that is not finite, have no LU factor")
    func singular() {
        for elements in [[0, 0, 0, 0], [1, 2, 2, 4], [1, 0, 0, .nan], [.infinity, 0, 0, 1]] {
            #expect(LUFactor(Matrix(rowCount: 2, columnCount: 2, elements: elements)) == nil, "\(elements)")
        }
    }

    @Test("an indefinite matrix has no Cholesky factor, and the message names the block")
    func indefinite() {
        let error = #expect(throws: LinearAlgebraError.self) {
            try CholeskyFactor(Matrix(rowCount: 2, columnCount: 2, elements: [1, 2, 2, 1]))
        }
        #expect(error?.code == .notPositiveDefinite)
        #expect(error?.message.contains("leading 2 x 2 block") == true)
    }

    @Test("a NaN or an infinity is refused, not decomposed", arguments: [Double.nan, .infinity])
    func nonFinite(_ bad: Double) {
        let a = Matrix(rowCount: 2, columnCount: 2, elements: [1, 0, 0, bad])
        let expected = LinearAlgebraError(code: .nonFinite, message: "")
        #expect(throws: expected) { try SymmetricEigendecomposition(a) }
        #expect(throws: expected) { try SingularValueDecomposition(a) }
        #expect(throws: expected) { try SingularValueDecomposition.values(of: a) }
        #expect(throws: expected) { try CholeskyFactor(a) }
    }

    @Test("empty matrices have empty factors")
    func empty() throws {
        let empty = Matrix(rowCount: 0, columnCount: 0)
        #expect(try SymmetricEigendecomposition(empty).values.isEmpty)
        let flat = try SingularValueDecomposition(Matrix(rowCount: 3, columnCount: 0))
        #expect(flat.values.isEmpty && flat.u.rowCount == 3 && flat.u.columnCount == 0)
        #expect(try CholeskyFactor(empty).solve([Double]()).isEmpty)
        #expect(try #require(LUFactor(empty)).solve([]).isEmpty)
    }

    private func identity(_ size: Int) -> Matrix {
        diagonal([Double](repeating: 1, count: size))
    }

    private func diagonal(_ values: [Double]) -> Matrix {
        var result = Matrix(rowCount: values.count, columnCount: values.count)
        for (index, value) in values.enumerated() { result[index, index] = value }
        return result
    }
}
