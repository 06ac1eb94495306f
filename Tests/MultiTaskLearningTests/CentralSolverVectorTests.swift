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
        }
        var header: Header
        var mtl_problems: [Problem]
    }

    private static let kinds: [String: RegularizerKind] = [
        "nuclear": .nuclear, "l21_rows": .l21, "l1": .l1, "half_squared_l2": .ridge,
        "mean_regularised": .mean,
    ]

    @Test("objective and weights agree, and the bound is below the published objective")
    func agrees() throws {
        let path = try #require(SharedFiles.path("vectors/prox.json"))
        let vectors = try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: URL(filePath: path)))
        let tolerance = vectors.header.tolerance
        var count = 0
        for problem in vectors.mtl_problems {
            for published in problem.solutions {
                guard let kind = Self.kinds[published.penalty] else { continue }
                let loss: LossKind = published.loss == "logistic" ? .logistic : .squared
                let targets = loss == .logistic ? problem.labels : problem.y
                let tasks = try zip(problem.X, targets).map { rows, targets in
                    try TaskObjective(
                        features: Matrix(columns: rows).transposed, targets: targets, loss: loss, scale: .sum)
                }
                let solution = try CentralSolver(
                    regularizer: Regularizer(kind), lambda: published.lambda, relativeGap: 1e-10
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
        #expect(count == 16)
    }
}
