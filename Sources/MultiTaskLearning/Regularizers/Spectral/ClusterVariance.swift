internal import LinearAlgebra

/// meanWeight * |W 11'/T|^2 + min over S of tr(W Pi S^-1 Pi W'), Pi = I - 11'/T, with the eigenvalues of S from
/// 1 / withinWeight to 1 / betweenWeight and trace (T - r + 1) / withinWeight + (r - 1) / betweenWeight: r clusters
/// with prices for the global mean, for the variance between clusters and for that within them.
///
/// Mean and deviations are orthogonal: the proximal operator acts on each alone.
///
/// - SeeAlso: Jacob, Bach, Vert, Clustered multi-task learning: a convex formulation (NIPS 2008).
struct ClusterVariance: SpectralFunction {
    let clusterCount: Int
    let meanWeight: Double
    /// At most `withinWeight`.
    let betweenWeight: Double
    let withinWeight: Double

    var priceOfMean: Double? { meanWeight }

    func value(_ w: Matrix) throws -> Double {
        let mean = w.columnMean
        let values = try SingularValueDecomposition.values(of: deviations(of: w))
        return meanWeight * Double(w.columnCount) * Vector.dot(mean, mean)
            + budget(taskCount: w.columnCount).value(values)
    }

    func proximal(of v: Matrix, scale: Double, start: inout Matrix?) throws -> Matrix {
        let budget = budget(taskCount: v.columnCount)
        let shrunk = try SingularValueDecomposition(deviations(of: v)).recomposed {
            budget.proximal(of: $0, scale: scale)
        }
        return shrunk.addingToColumns(v.columnMean, scaledBy: 1 / (1 + 2 * scale * meanWeight))
    }

    func conjugate(of u: Matrix, scale: Double) throws -> Double {
        let mean = u.columnMean
        let values = try SingularValueDecomposition.values(of: deviations(of: u))
        let ofMean = Double(u.columnCount) * Vector.dot(mean, mean) / (4 * scale * meanWeight)
        return ofMean + budget(taskCount: u.columnCount).conjugate(of: values) / scale
    }

    func checkTasks(count: Int) throws {
        try ClusteredTasks.check(clusterCount: clusterCount, taskCount: count)
    }

    func budget(taskCount: Int) -> SpectralBudget {
        let between = Double(clusterCount - 1)
        return SpectralBudget(
            coefficient: 1, lower: 1 / withinWeight, upper: 1 / betweenWeight,
            total: (Double(taskCount) - between) / withinWeight + between / betweenWeight, count: taskCount)
    }
}
