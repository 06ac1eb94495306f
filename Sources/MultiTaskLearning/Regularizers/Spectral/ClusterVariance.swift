internal import LinearAlgebra

/// meanWeight * |W 11'/T|^2 + min over S of tr(W Pi S^-1 Pi W'), Pi = I - 11'/T, with the eigenvalues of S from
/// 1 / withinWeight to 1 / betweenWeight and trace (T - r + 1) / withinWeight + (r - 1) / betweenWeight: r clusters
/// with prices for the global mean, for the variance between clusters and for that within them.
///
/// Mean and deviations are orthogonal: the proximal operator acts on each alone.
///
/// - SeeAlso: Jacob, Bach, Vert, Clustered multi-task learning: a convex formulation (NIPS 2008).
struct ClusterVariance: ConvexFunction {
    let clusterCount: Int
    let meanWeight: Double
    /// At most `withinWeight`.
    let betweenWeight: Double
    let withinWeight: Double

    var growth: Growth { .quadratic }

    func value(_ w: Matrix) throws -> Double {
        let (means, deviations) = Self.split(w)
        let values = try SingularValueDecomposition.values(of: deviations)
        return meanWeight * Vector.dot(means.elements, means.elements)
            + budget(taskCount: w.columnCount).value(values)
    }

    func proximal(of v: Matrix, scale: Double, start: inout Matrix?) throws -> Matrix {
        let (means, deviations) = Self.split(v)
        let budget = budget(taskCount: v.columnCount)
        let shrunk = try SingularValueDecomposition(deviations).recomposed {
            budget.proximal(of: $0, scale: scale)
        }
        return shrunk.adding(means, scaledBy: 1 / (1 + 2 * scale * meanWeight))
    }

    func conjugate(of u: Matrix, scale: Double) throws -> Double {
        let (means, deviations) = Self.split(u)
        let values = try SingularValueDecomposition.values(of: deviations)
        let ofMeans = Vector.dot(means.elements, means.elements) / (4 * scale * meanWeight)
        return ofMeans + budget(taskCount: u.columnCount).conjugate(of: values) / scale
    }

    func checkTasks(count: Int) throws {
        try ClusteredTasks.check(clusterCount: clusterCount, taskCount: count)
    }

    private func budget(taskCount: Int) -> SpectralBudget {
        let between = Double(clusterCount - 1)
        return SpectralBudget(
            coefficient: 1, lower: 1 / withinWeight, upper: 1 / betweenWeight,
            total: (Double(taskCount) - between) / withinWeight + between / betweenWeight, count: taskCount)
    }

    private static func split(_ w: Matrix) -> (means: Matrix, deviations: Matrix) {
        var means = w
        for row in 0..<w.rowCount {
            let values = w.row(row)
            let mean = values.reduce(0) { $0 + $1 / Double(values.count) }
            means.setRow(row, to: [Double](repeating: mean, count: values.count))
        }
        return (means, w.adding(means, scaledBy: -1))
    }
}
