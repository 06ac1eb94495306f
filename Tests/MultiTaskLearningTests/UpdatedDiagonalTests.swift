internal import LinearAlgebra
internal import SeededRandom
internal import Testing

@testable internal import MultiTaskLearning

/// Inverse iteration with a diagonal matrix and a few symmetric products, against the matrix written out.
@Suite struct UpdatedDiagonalTests {
    /// A, in both ways, after `count` products of the size of the diagonal.
    private func matrices(
        _ size: Int, _ count: Int, _ generator: inout SeededGenerator
    ) -> (updated: UpdatedDiagonal, written: Matrix) {
        let diagonal = (0..<size).map { _ in generator.normal() }
        var updated = UpdatedDiagonal(diagonal)
        var written = Matrix(rowCount: size, columnCount: size)
        for index in 0..<size { written[index, index] = diagonal[index] }
        for _ in 0..<count {
            let (a, b) = (randomVector(size, &generator), randomVector(size, &generator))
            updated.add(symmetricProductOf: a, and: b)
            written.add(outerProductOf: a, and: b)
            written.add(outerProductOf: b, and: a)
        }
        return (updated, written)
    }

    @Test(
        "each column solves its shifted system, up to its length",
        arguments: [(1, 1), (9, 1), (9, 4), (60, 3), (256, 16)])
    func systems(size: Int, count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(100 * size + count))
        let (updated, written) = matrices(size, count, &generator)
        #expect(updated.updateCount == count)
        let x = randomMatrix(size, 4, &generator)
        let shifts = (0..<4).map { _ in generator.normal() }
        let solved = try #require(updated.inverseIteration(x, shifts: shifts))
        for (column, shift) in shifts.enumerated() {
            let y = solved.column(column)
            #expect((Vector.norm(y) - 1).magnitude < 1e-12)
            let product = Vector.adding(y, scaledBy: -shift, to: written.multiplied(by: y))
            let scale = Vector.dot(product, x.column(column)) / Vector.dot(x.column(column), x.column(column))
            let rest = Vector.adding(x.column(column), scaledBy: -scale, to: product)
            #expect(Vector.norm(rest) < 1e-10 * Vector.norm(product), "column \(column)")
        }
    }

    @Test("a shift on the diagonal gives the direction of the limit")
    func shiftOnDiagonal() throws {
        var generator = SeededGenerator(seed: 4)
        var updated = UpdatedDiagonal([2, 1, 3])
        updated.add(symmetricProductOf: [0, 1, 0], and: [0, 0, 1])
        // The first coordinate is an eigenvector of its own.
        let x = Matrix(rowCount: 3, columnCount: 1, elements: randomVector(3, &generator))
        let y = try #require(updated.inverseIteration(x, shifts: [2])).column(0)
        #expect(y[0].magnitude > 1 - 1e-12)
    }

    @Test(
        "a shift on an element that the products touch cancels digits, and what comes out is still of norm 1")
    func shiftOnTouchedElement() throws {
        var updated = UpdatedDiagonal([2, 1, 3])
        updated.add(symmetricProductOf: [0.5, 0.3, -0.2], and: [0.4, -0.1, 0.7])
        let y = try #require(updated.inverseIteration(Matrix(columns: [[0.3, -0.5, 0.8]]), shifts: [2]))
        #expect((Vector.norm(y.column(0)) - 1).magnitude < 1e-12)
    }

    @Test("from Ritz pairs it converges to eigenpairs in a few steps")
    func convergence() throws {
        var generator = SeededGenerator(seed: 5)
        let (updated, written) = matrices(40, 2, &generator)
        let eigen = try SymmetricEigendecomposition(written)
        let x = eigen.vectors.columns(38..<40).adding(randomMatrix(40, 2, &generator), scaledBy: 0.02)
        var pairs = x
        for _ in 0..<3 {
            let shifts = (0..<2).map { column in
                let u = pairs.column(column)
                return Vector.dot(u, written.multiplied(by: u)) / Vector.dot(u, u)
            }
            pairs = try #require(updated.inverseIteration(pairs, shifts: shifts))
        }
        for column in 0..<2 {
            let cosine = Vector.dot(pairs.column(column), eigen.vectors.column(38 + column))
            #expect((cosine.magnitude - 1).magnitude < 1e-12, "column \(column)")
        }
    }

    @Test("nothing, and what is not finite, has no direction")
    func refusal() {
        var updated = UpdatedDiagonal([2, 1])
        updated.add(symmetricProductOf: [1, 0], and: [0, 1])
        let zero = Matrix(rowCount: 2, columnCount: 1)
        #expect(updated.inverseIteration(zero, shifts: [0.5]) == nil)
        updated.add(symmetricProductOf: [.nan, 0], and: [0, 1])
        #expect(updated.inverseIteration(Matrix(columns: [[1, 0]]), shifts: [0.5]) == nil)
    }
}
