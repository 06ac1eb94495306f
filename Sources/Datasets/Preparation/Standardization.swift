package import LinearAlgebra

/// Z-scores of features: means and standard deviations of one set of records, for it and for others.
package struct Standardization: Sendable, Equatable {
    /// The mean of each feature.
    package let means: [Double]
    /// The standard deviation of each feature with denominator n - 1; 0 where the feature is constant.
    package let deviations: [Double]

    /// Takes the statistics of `features`, shape [records, features].
    ///
    /// Two passes, each summed in the order of the records. A feature counts as constant when all its values
    /// are equal, not when its computed deviation is small: the mean of equal values may be off by a bit.
    package init(of features: Matrix) {
        let count = features.rowCount
        var means: [Double] = []
        var deviations: [Double] = []
        for index in 0..<features.columnCount {
            let column = features.column(index)
            guard let first = column.first, column.contains(where: { $0 != first }) else {
                means.append(column.first ?? 0)
                deviations.append(0)
                continue
            }
            let mean = column.reduce(0, +) / Double(count)
            let squares = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            means.append(mean)
            deviations.append((squares / Double(count - 1)).squareRoot())
        }
        self.means = means
        self.deviations = deviations
    }

    /// Returns `(x - mean) / deviation` for each value; 0 for a feature that was constant.
    ///
    /// - Parameter features: Shape [records, features], with the same features.
    package func applied(to features: Matrix) -> Matrix {
        precondition(features.columnCount == means.count, "the standardization is of \(means.count) features")
        var elements = features.elements
        for index in 0..<features.columnCount {
            let mean = means[index]
            let deviation = deviations[index]
            let start = index * features.rowCount
            for place in start..<(start + features.rowCount) {
                elements[place] = deviation == 0 ? 0 : (elements[place] - mean) / deviation
            }
        }
        return Matrix(
            rowCount: features.rowCount, columnCount: features.columnCount, elements: elements)
    }
}
