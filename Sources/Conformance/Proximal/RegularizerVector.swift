internal import MultiTaskLearning

/// A regularizer as the vectors name it: `op` or `penalty`, with `params`.
enum RegularizerVector {
    /// Returns the regularizer for T tasks.
    ///
    /// - Throws: ``MalformedVector`` for a name that this build does not know or parameters that do not fit it.
    static func regularizer(named name: String, _ parameters: JSONValue, taskCount: Int) throws -> Regularizer
    {
        func number(_ key: String) throws -> Double { try parameters.required(key, \.number) }
        switch name {
        case "nuclear": return try Regularizer(.nuclear)
        case "l21_rows": return try Regularizer(.l21)
        case "l1": return try Regularizer(.l1)
        case "half_squared_l2": return try Regularizer(.ridge)
        case "mean_regularised": return try Regularizer(.mean)
        case "evgeniou_cluster":
            return try Regularizer(.evgeniou, [.deviationWeight: number("lambda")])
        case "graph_laplacian":
            let edges = try parameters.required("edges_i_j_w", \.rows).map { edge in
                guard edge.count == 3, let first = Int(exactly: edge[0]), let second = Int(exactly: edge[1])
                else { throw MalformedVector("an edge is not i, j, weight") }
                return TaskGraph.Edge(first, second, weight: edge[2])
            }
            let graph = try TaskGraph(taskCount: taskCount, edges: edges)
            return try Regularizer(.graph, structure: .graph(graph))
        case "omega_fixed":
            return try Regularizer(
                .covariance, structure: .covariance(parameters.required("Omega", \.matrix)))
        case "l1inf_rows": return try Regularizer(.l1inf)
        case "sparse_group_l21_plus_l1":
            return try Regularizer(
                .sparseGroup, [.rowWeight: number("a_l21"), .elementWeight: number("b_l1")])
        case "dirty_infconv_l1inf", "dirty_l1inf_l1":
            return try Regularizer(
                .dirty, [.rowWeight: number("a_block"), .elementWeight: number("b_l1")])
        case "dirty_infconv_l21":
            return try Regularizer(
                .dirtyL21, [.rowWeight: number("a_block"), .elementWeight: number("b_l1")])
        case "cmtl":
            return try Regularizer(.cmtl, [.clusters: number("k"), .clusterEta: number("eta")])
        case "jacob_cluster": return try clusterVariance(parameters, taskCount: taskCount)
        case "pairwise_sum_of_norms": return try Regularizer(.pairwise)
        default: throw MalformedVector("no regularizer of this build is called \(name)")
        }
    }

    /// The file has alpha, beta and gamma beside the prices and clusters that they follow from.
    private static func clusterVariance(_ parameters: JSONValue, taskCount: Int) throws -> Regularizer {
        func number(_ key: String) throws -> Double { try parameters.required(key, \.number) }
        let (within, between, clusters) = try (number("eps_W"), number("eps_B"), number("r"))
        let budget = (Double(taskCount) - clusters + 1) / within + (clusters - 1) / between
        for (key, derived) in [("alpha", 1 / within), ("beta", 1 / between), ("gamma", budget)] {
            let value = try number(key)
            guard (value - derived).magnitude <= 1e-12 * derived else {
                throw MalformedVector("\(key) is \(value); the other parameters make it \(derived)")
            }
        }
        return try Regularizer(
            .jacob,
            [
                .clusters: clusters, .meanWeight: number("eps_M"), .betweenWeight: between,
                .withinWeight: within,
            ])
    }
}
