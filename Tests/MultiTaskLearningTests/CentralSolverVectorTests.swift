internal import FoundationEssentials
internal import LinearAlgebra
internal import MultiTaskLearning
internal import TestSupport
internal import Testing

/// Small whole problems solved elsewhere by an interior-point method.
@Suite(
    "Central solver against published solutions",
    .enabled(if: SharedFiles.path("vectors/prox.json") != nil, "skipped: no data"))
struct CentralSolverVectorTests {
    struct Vectors: Decodable {
        struct Header: Decodable { var tolerance: Tolerance }
        struct Tolerance: Decodable {
            // The keys are the file's.
            var mtl_problems_W: Double
            var mtl_problems_objective: Double
        }
        struct Problem: Decodable {
            var X: [[[Double]]]
            var y: [[Double]]
            var labels: [[Double]]
            var solutions: [Solution]
        }
        struct Solution: Decodable {
            var loss: String
            var penalty: String
            var lambda: Double
            var objective: Double
            var W: [[Double]]
            var params: [String: Parameter]
        }
        /// A number, or the edges of a graph.
        struct Parameter: Decodable {
            var number: Double?
            var rows: [[Double]]?

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                number = try? container.decode(Double.self)
                rows = try? container.decode([[Double]].self)
            }
        }
        var header: Header
        var mtl_problems: [Problem]
    }

    /// Returns the regularizer that a published solution names.
    private func regularizer(of solution: Vectors.Solution, taskCount: Int) throws -> Regularizer {
        func number(_ key: String) throws -> Double { try #require(solution.params[key]?.number) }
        switch solution.penalty {
        case "nuclear": return try Regularizer(.nuclear)
        case "l21_rows": return try Regularizer(.l21)
        case "l1": return try Regularizer(.l1)
        case "half_squared_l2": return try Regularizer(.ridge)
        case "mean_regularised": return try Regularizer(.mean)
        case "cmtl": return try Regularizer(.cmtl, [.clusters: number("k"), .clusterEta: number("eta")])
        case "dirty_l1inf_l1":
            return try Regularizer(.dirty, [.rowWeight: number("a_block"), .elementWeight: number("b_l1")])
        case "pairwise_sum_of_norms": return try Regularizer(.pairwise)
        default:
            #expect(solution.penalty == "graph_laplacian")
            let edges = try #require(solution.params["edges_i_j_w"]?.rows)
            let graph = try TaskGraph(
                taskCount: taskCount, edges: edges.map { .init(Int($0[0]), Int($0[1]), weight: $0[2]) })
            return try Regularizer(.graph, structure: .graph(graph))
        }
    }

    @Test("objective and weights agree, and the bound is below the published objective")
    func agrees() throws {
        let path = try #require(SharedFiles.path("vectors/prox.json"))
        let vectors = try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: URL(filePath: path)))
        let tolerance = vectors.header.tolerance
        var count = 0
        for problem in vectors.mtl_problems {
            for published in problem.solutions {
                let regularizer = try regularizer(of: published, taskCount: problem.X.count)
                let loss: LossKind = published.loss == "logistic" ? .logistic : .squared
                let targets = loss == .logistic ? problem.labels : problem.y
                let tasks = try zip(problem.X, targets).map { rows, targets in
                    try TaskObjective(
                        features: Matrix(columns: rows).transposed, targets: targets, loss: loss, scale: .sum)
                }
                let solution = try CentralSolver(
                    regularizer: regularizer, lambda: published.lambda, relativeGap: 1e-10
                ).solve(tasks)
                let name = "\(published.loss) \(published.penalty) \(published.lambda)"
                let allowed = tolerance.mtl_problems_objective * published.objective
                #expect(solution.isConverged, "\(name)")
                #expect(abs(solution.objective - published.objective) <= allowed, "\(name)")
                #expect(try #require(solution.lowerBound) <= published.objective + allowed, "\(name)")
                let w = Matrix(columns: published.W).transposed
                let error = solution.w.adding(w, scaledBy: -1).frobeniusNorm
                #expect(error <= tolerance.mtl_problems_W * w.frobeniusNorm, "\(name)")
                count += 1
            }
        }
        #expect(count == 24)
    }
}
