internal import LinearAlgebra

/// Half the sum over edges of weight * |w_i - w_j|^2, tr(W L W') / 2 with the Laplacian L: neighbours are alike.
///
/// A common shift of the tasks of one component costs nothing.
///
/// - SeeAlso: Evgeniou, Micchelli, Pontil (JMLR 6, 2005), section 3.1; Zhou, Chen, Ye, MALSAR (2012), SRMTL.
struct GraphLaplacian: TaskQuadratic {
    static let subject = "the task graph"
    let directions: Matrix
    let curvatures: [Double]
    private let graph: TaskGraph
    private let components: [[Int]]

    /// Creates the function.
    ///
    /// - Throws: `LinearAlgebraError` when the eigenproblem does not converge.
    /// - Complexity: O(T^3).
    init(_ graph: TaskGraph) throws {
        self.graph = graph
        var laplacian = Matrix(rowCount: graph.taskCount, columnCount: graph.taskCount)
        for edge in graph.edges {
            laplacian[edge.first, edge.first] += edge.weight
            laplacian[edge.second, edge.second] += edge.weight
            laplacian[edge.first, edge.second] -= edge.weight
            laplacian[edge.second, edge.first] -= edge.weight
        }
        let eigen = try SymmetricEigendecomposition(laplacian)
        components = graph.components
        directions = eigen.vectors
        // As many zeros as components; what rounding makes of them is not a curvature.
        let kernelCount = components.count
        curvatures = eigen.values.enumerated().map { $0 < kernelCount ? 0 : max(0, $1) }
    }

    func value(_ w: Matrix) -> Double {
        graph.edges.reduce(0) { sum, edge in
            let difference = Vector.subtracting(w.column(edge.second), from: w.column(edge.first))
            return sum + edge.weight * Vector.dot(difference, difference) / 2
        }
    }

    func freeGroups(taskCount: Int) -> [[Int]] { components }
}
