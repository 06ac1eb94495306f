internal import LinearAlgebra

/// A diagonal matrix to which symmetric products of vectors were added: A = D + sum_i (a_i b_i' + b_i a_i').
struct UpdatedDiagonal: Sendable {
    private let diagonal: [Double]
    private var first: [[Double]] = []
    private var second: [[Double]] = []

    /// Creates D.
    init(_ diagonal: [Double]) {
        self.diagonal = diagonal
    }

    /// How many products were added.
    var updateCount: Int { first.count }

    /// Adds a b' + b a'.
    mutating func add(symmetricProductOf a: [Double], and b: [Double]) {
        first.append(a)
        second.append(b)
    }

    /// Returns (A - s_j I)^-1 x_j for each column, scaled to norm 1; nil where one is not to be had.
    ///
    /// With W = [a_1 .. a_c b_1 .. b_c], A - s I = E^-1 + W S W' for a diagonal E, and S exchanges the halves and is its own
    /// inverse: (A - s I)^-1 = E - E W (S + W' E W)^-1 W' E (Woodbury), however large the products are; close to an
    /// eigenvalue the result is long in the direction of its eigenvector. Where s is next to an element of D that the
    /// products touch, digits cancel: a caller must look at the residual of what comes out.
    ///
    /// - Complexity: O(m c^2 + c^3) for each column of m rows, after c products.
    func inverseIteration(_ x: Matrix, shifts: [Double]) -> Matrix? {
        let (size, width) = (diagonal.count, 2 * updateCount)
        let w = Matrix(columns: first + second)
        var result = x
        for (column, shift) in shifts.enumerated() {
            // A shift on the diagonal itself is moved by its last bit.
            let weights = diagonal.map { 1 / ($0 == shift ? shift.ulp : $0 - shift) }
            var weighted = w.elements
            for index in 0..<width {
                for row in 0..<size { weighted[row + index * size] *= weights[row] }
            }
            let scaled = Matrix(rowCount: size, columnCount: width, elements: weighted)
            var inner = w.multiplied(by: scaled, transposeSelf: true)
            for index in 0..<width { inner[index, (index + updateCount) % width] += 1 }
            let start = x.column(column)
            guard let factor = LUFactor(inner) else { return nil }
            let coefficients = factor.solve(scaled.multiplied(by: start, transposed: true))
            var solution = scaled.multiplied(by: coefficients)
            for row in 0..<size { solution[row] = weights[row] * start[row] - solution[row] }
            let norm = Vector.norm(solution)
            guard norm > 0, norm.isFinite else { return nil }
            result.setColumn(column, to: Vector.scaled(solution, by: 1 / norm))
        }
        return result
    }
}
