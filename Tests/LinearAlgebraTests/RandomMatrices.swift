internal import LinearAlgebra
internal import SeededRandom

/// Returns a matrix of independent standard normal numbers.
func randomMatrix(_ rowCount: Int, _ columnCount: Int, _ generator: inout SeededGenerator) -> Matrix {
    let elements = (0..<rowCount * columnCount).map { _ in generator.normal() }
    return Matrix(rowCount: rowCount, columnCount: columnCount, elements: elements)
}

/// Returns |a - b| / max(1, |b|) in the Frobenius norm.
func distance(_ a: Matrix, _ b: Matrix) -> Double {
    a.adding(b, scaledBy: -1).frobeniusNorm / max(1, b.frobeniusNorm)
}

/// Returns |a - b| / max(1, |b|) in the Euclidean norm.
func distance(_ a: [Double], _ b: [Double]) -> Double {
    Vector.norm(Vector.subtracting(b, from: a)) / max(1, Vector.norm(b))
}
