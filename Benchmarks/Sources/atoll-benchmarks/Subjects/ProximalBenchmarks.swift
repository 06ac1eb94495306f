internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom

/// One update of the aggregator's matrix: a column changes, a proximal column is asked.
enum ProximalBenchmarks {
    /// Features by tasks: those of School, more tasks than features, and few tasks with many features.
    static let shapes = [(28, 139), (50, 200), (500, 5)]

    static func all() throws -> [Benchmark] {
        try shapes.flatMap { rowCount, columnCount in
            try [
                benchmark(.nuclear, rowCount, columnCount, baseline: "full prox by dgesdd"),
                benchmark(.l21, rowCount, columnCount, baseline: "full prox"),
            ]
        }
    }

    private static func benchmark(
        _ kind: RegularizerKind, _ rowCount: Int, _ columnCount: Int, baseline: String
    ) throws -> Benchmark {
        var generator = SeededGenerator(seed: 1)
        let start = try decayingMatrix(rowCount, columnCount, &generator)
        let regularizer = try Regularizer(kind)
        let scale = 0.05
        // Two rounds of columns, so that each change is one.
        let columns = (0..<2 * columnCount).map { index in
            Vector.scaled(start.column(index % columnCount), by: 0.9 + 0.2 * generator.uniform())
        }
        var auxiliary = try AuxiliaryMatrix(restoring: start, regularizer: regularizer, scale: scale)
        var matrix = start
        var ours = 0
        var theirs = 0
        return Benchmark(
            "prox \(kind.rawValue)", "\(rowCount)x\(columnCount)", against: baseline
        ) {
            auxiliary.setColumn(ours % columnCount, to: columns[ours])
            ours = (ours + 1) % columns.count
            keep(try auxiliary.proximalColumn(ours % columnCount))
        } baseline: {
            matrix.setColumn(theirs % columnCount, to: columns[theirs])
            theirs = (theirs + 1) % columns.count
            keep(try regularizer.proximal(of: matrix, scale: scale).column(theirs % columnCount))
        }
    }

    /// Returns a matrix whose singular values are powers of 0.8, as those of related tasks fall off.
    static func decayingMatrix(
        _ rowCount: Int, _ columnCount: Int, _ generator: inout SeededGenerator
    ) throws -> Matrix {
        let decomposition = try SingularValueDecomposition(.normal(rowCount, columnCount, &generator))
        var left = decomposition.u
        var value = 1.0
        for index in decomposition.values.indices {
            left.setColumn(index, to: Vector.scaled(left.column(index), by: value))
            value *= 0.8
        }
        return left.multiplied(by: decomposition.vTransposed)
    }
}
