internal import LinearAlgebra
internal import SeededRandom

extension Matrix {
    /// Returns a matrix of standard normal elements, drawn column by column.
    static func normal(_ rowCount: Int, _ columnCount: Int, _ generator: inout SeededGenerator) -> Matrix {
        Matrix(
            rowCount: rowCount, columnCount: columnCount,
            elements: (0..<rowCount * columnCount).map { _ in generator.normal() })
    }

    /// Returns models of rank 8 with noise of this standard deviation, d x T.
    static func relatedModels(
        _ d: Int, _ t: Int, noise: Double, _ generator: inout SeededGenerator
    ) -> Matrix {
        let basis = normal(d, 8, &generator)
        let models = basis.multiplied(by: normal(8, t, &generator))
        return models.adding(normal(d, t, &generator), scaledBy: noise)
    }
}
