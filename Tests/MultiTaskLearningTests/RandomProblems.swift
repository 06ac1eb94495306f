internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom

/// Returns independent standard normal numbers.
func randomVector(_ count: Int, _ generator: inout SeededGenerator) -> [Double] {
    (0..<count).map { _ in generator.normal() }
}

/// Returns a matrix of independent standard normal numbers.
func randomMatrix(_ rowCount: Int, _ columnCount: Int, _ generator: inout SeededGenerator) -> Matrix {
    Matrix(
        rowCount: rowCount, columnCount: columnCount,
        elements: randomVector(rowCount * columnCount, &generator))
}

/// Returns a matrix with random singular vectors and singular values from 1 down to 1 / `conditionNumber`.
func illConditionedMatrix(
    _ rowCount: Int, _ columnCount: Int, conditionNumber: Double, _ generator: inout SeededGenerator
) throws -> Matrix {
    let random = try SingularValueDecomposition(randomMatrix(rowCount, columnCount, &generator))
    var left = random.u
    var value = 1.0
    let ratio = nthRoot(conditionNumber, max(1, random.values.count - 1))
    for index in random.values.indices {
        left.setColumn(index, to: Vector.scaled(left.column(index), by: value))
        value /= ratio
    }
    return left.multiplied(by: random.vTransposed)
}

/// Returns the proximal columns, asked one by one.
func proximalColumns(_ auxiliary: inout AuxiliaryMatrix) throws -> Matrix {
    Matrix(columns: try (0..<auxiliary.taskCount).map { try auxiliary.proximalColumn($0) })
}

/// Returns |a - b| / |scale|, in Euclidean norms.
func relativeDistance(_ a: [Double], _ b: [Double], to scale: [Double]) -> Double {
    let norm = Vector.norm(scale)
    let distance = Vector.norm(Vector.subtracting(b, from: a))
    return norm == 0 ? distance : distance / norm
}

private func nthRoot(_ value: Double, _ degree: Int) -> Double {
    // Bisection: the only root here, and not worth a mathematics library.
    var (low, high) = (1.0, max(1, value))
    for _ in 0..<200 {
        let middle = (low + high) / 2
        var power = 1.0
        for _ in 0..<degree { power *= middle }
        if power > value { high = middle } else { low = middle }
    }
    return low
}

extension Matrix {
    /// Creates a matrix from rows of equal length.
    init(rows: [[Double]]) {
        self = Matrix(columns: rows).transposed
    }
}
