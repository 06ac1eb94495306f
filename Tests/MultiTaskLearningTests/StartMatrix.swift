internal import LinearAlgebra
internal import SeededRandom

/// How V looks when changes of its columns start.
enum StartMatrix: CaseIterable {
    case zero, random, lowRankPlusNoise, rankDeficient, clusteredAtScale

    /// Returns such a d x T matrix.
    ///
    /// - Parameter scale: Where the singular values of `clusteredAtScale` lie.
    func matrix(_ d: Int, _ t: Int, scale: Double, _ generator: inout SeededGenerator) throws -> Matrix {
        let rank = min(3, d, t)
        let product = randomMatrix(d, rank, &generator)
            .multiplied(by: randomMatrix(rank, t, &generator))
        switch self {
        case .zero: return Matrix(rowCount: d, columnCount: t)
        case .random: return randomMatrix(d, t, &generator)
        case .lowRankPlusNoise: return product.adding(randomMatrix(d, t, &generator), scaledBy: 0.2)
        case .rankDeficient: return product
        case .clusteredAtScale:
            let decomposition = try SingularValueDecomposition(randomMatrix(d, t, &generator))
            let offsets = [0, 1e-12, -1e-12, 1e-7, -1e-7, 1e-3, -1e-3, 1]
            var left = decomposition.u
            for index in 0..<min(d, t) {
                let value = scale * (1 + offsets[index % offsets.count])
                left.setColumn(index, to: Vector.scaled(left.column(index), by: value))
            }
            return left.multiplied(by: decomposition.vTransposed)
        }
    }
}
