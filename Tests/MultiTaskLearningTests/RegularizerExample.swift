internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom

extension RegularizerKind {
    /// Returns a regularizer of this kind for `taskCount` tasks, its parameters away from the borders of their ranges.
    func example(
        taskCount: Int, addedRidge: Double = 0, unpenalizedRows: [Int] = []
    ) throws -> Regularizer {
        let some: [RegularizerParameter: Double] = [
            .l1Ratio: 0.3, .deviationWeight: 2.5, .rowWeight: 1.2, .elementWeight: 0.7, .lowRankWeight: 1.1,
            .outlierWeight: 0.8, .firstWeight: 1.1, .secondWeight: 0.45,
            .clusters: Double(min(2, taskCount)), .clusterEta: 0.3, .meanWeight: 0.2, .betweenWeight: 0.5,
            .withinWeight: 1.5, .addedRidge: addedRidge,
        ]
        let structure: TaskStructure? =
            switch requiredStructure {
            case .graph: .graph(try Self.ring(taskCount))
            case .covariance: .covariance(Self.covariance(taskCount))
            case nil: nil
            }
        return try Regularizer(
            self, some.filter { parameters.contains($0.key) }, structure: structure,
            unpenalizedRows: unpenalizedRows)
    }

    /// Whether the proximal operator is found by an iteration and not by a formula.
    var isIterative: Bool { [.robust, .split, .pairwise].contains(self) }

    /// What a proximal operator may be off, relative to its argument.
    var proximalTolerance: Double { isIterative ? 1e-9 : 1e-12 }

    /// Whether the aggregator renews the whole proximal operator after a change.
    var isServedWhole: Bool {
        [.temporal, .l1inf, .dirty, .dirtyL21, .robust, .split, .pairwise].contains(self)
    }

    /// Those that the aggregator answers with a spectral factor.
    static let withFactor = allCases.filter { $0.factorRenewal != nil }

    private static func ring(_ taskCount: Int) throws -> TaskGraph {
        let edges = taskCount > 1 ? (0..<taskCount).map { ($0, ($0 + 1) % taskCount) } : []
        return try TaskGraph(
            taskCount: taskCount,
            edges: edges.enumerated().map { .init($1.0, $1.1, weight: 0.5 + Double($0)) })
    }

    private static func covariance(_ taskCount: Int) -> Matrix {
        var generator = SeededGenerator(seed: 99)
        var result = randomMatrix(taskCount, taskCount, &generator).gramian(ofRows: true)
        for task in 0..<taskCount { result[task, task] += 1 }
        return result.scaled(by: 1 / Double(taskCount))
    }
}
