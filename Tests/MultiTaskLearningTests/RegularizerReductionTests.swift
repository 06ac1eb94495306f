internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom
internal import Testing

/// Regularizers that are another one where their parameters say so.
@Suite struct RegularizerReductionTests {
    private static let shapes = [(5, 8), (8, 5), (4, 4), (1, 6), (6, 1)]
    private static let seeds: [UInt64] = [1, 2]

    /// Compares values and proximal operators, also column by column.
    private func expectEqual(
        _ left: Regularizer, _ right: Regularizer, factor: Double = 1, shape: (d: Int, t: Int),
        tolerance: Double = 1e-12
    ) throws {
        for seed in Self.seeds {
            var generator = SeededGenerator(seed: seed)
            let v = randomMatrix(shape.d, shape.t, &generator)
            let expected = try factor * right.value(v)
            #expect(
                (try left.value(v) - expected).magnitude <= tolerance * max(1, expected),
                "\(left.kind), seed \(seed)")
            for scale in [0.05, 0.6, 4] {
                let p = try left.proximal(of: v, scale: scale)
                let q = try right.proximal(of: v, scale: factor * scale)
                #expect(
                    relativeDistance(p.elements, q.elements, to: v.elements) <= tolerance,
                    "\(left.kind), scale \(scale), seed \(seed)")
                var auxiliary = try AuxiliaryMatrix(
                    restoring: v, regularizer: left, scale: scale, policy: .exact)
                let columns = try proximalColumns(&auxiliary)
                #expect(
                    relativeDistance(columns.elements, q.elements, to: v.elements) <= tolerance,
                    "\(left.kind), scale \(scale), seed \(seed)")
            }
        }
    }

    @Test("sparse-group with one weight 0 is l1 or l2,1", arguments: shapes)
    func sparseGroup(shape: (d: Int, t: Int)) throws {
        try expectEqual(
            Regularizer(.sparseGroup, [.rowWeight: 0, .elementWeight: 0.7]), Regularizer(.l1), factor: 0.7,
            shape: shape)
        try expectEqual(
            Regularizer(.sparseGroup, [.rowWeight: 1.3, .elementWeight: 0]), Regularizer(.l21), factor: 1.3,
            shape: shape)
    }

    @Test("a dirty model with one part too dear is the other part", arguments: shapes)
    func dirty(shape: (d: Int, t: Int)) throws {
        let count = Double(shape.t)
        for ratio in [1, 1e12] {
            try expectEqual(
                Regularizer(.dirty, [.rowWeight: 0.6 * count * ratio, .elementWeight: 0.6]), Regularizer(.l1),
                factor: 0.6, shape: shape)
            try expectEqual(
                Regularizer(.dirty, [.rowWeight: 0.6, .elementWeight: 0.6 * ratio]), Regularizer(.l1inf),
                factor: 0.6, shape: shape)
            try expectEqual(
                Regularizer(.dirtyL21, [.rowWeight: 0.6 * count * ratio, .elementWeight: 0.6]),
                Regularizer(.l1), factor: 0.6, shape: shape)
            try expectEqual(
                Regularizer(.dirtyL21, [.rowWeight: 0.6, .elementWeight: 0.6 * ratio]), Regularizer(.l21),
                factor: 0.6, shape: shape)
        }
    }

    @Test("robust with one part too dear is the other part", arguments: shapes)
    func robust(shape: (d: Int, t: Int)) throws {
        // A nuclear norm is at most the sum of the columns' norms, and at least that over the root of T.
        try expectEqual(
            Regularizer(.robust, [.lowRankWeight: 0.6, .outlierWeight: 0.7]), Regularizer(.nuclear),
            factor: 0.6, shape: shape, tolerance: 1e-9)
        let v = Matrix(columns: [[3, 4], [0, 2], [6, 8]])
        let outliers = try Regularizer(.robust, [.lowRankWeight: 0.6 * 2, .outlierWeight: 0.6])
        #expect((try outliers.value(v) - 0.6 * 17).magnitude < 1e-9)
        let p = try outliers.proximal(of: v, scale: 1)
        let expected = Matrix(
            columns: [0.88, 0.7, 0.94].enumerated().map { Vector.scaled(v.column($0), by: $1) })
        #expect(relativeDistance(p.elements, expected.elements, to: v.elements) < 1e-9)
    }

    @Test("a split with one part too dear is the other part", arguments: shapes)
    func splitIntoOne(shape: (d: Int, t: Int)) throws {
        // A nuclear norm is at most the sum of magnitudes, and at least that over the root of d T.
        let root = (Double(shape.d) * Double(shape.t)).squareRoot()
        for ratio in [1, 1e12] {
            try expectEqual(
                Regularizer(
                    .split, [.firstWeight: 0.6, .secondWeight: 0.6 * ratio], parts: SplitParts(.nuclear, .l1)),
                Regularizer(.nuclear), factor: 0.6, shape: shape, tolerance: 1e-9)
            try expectEqual(
                Regularizer(
                    .split, [.firstWeight: 0.6 * ratio, .secondWeight: 0.6], parts: SplitParts(.l1, .nuclear)),
                Regularizer(.nuclear), factor: 0.6, shape: shape, tolerance: 1e-9)
            try expectEqual(
                Regularizer(
                    .split, [.firstWeight: 0.6 * root * ratio, .secondWeight: 0.6],
                    parts: SplitParts(.nuclear, .l1)),
                Regularizer(.l1), factor: 0.6, shape: shape, tolerance: 1e-9)
        }
    }

    @Test("splits that have a name of their own are those, whichever part is first", arguments: shapes)
    func namedSplits(shape: (d: Int, t: Int)) throws {
        let named: [(parts: SplitParts, kind: RegularizerKind)] = try [
            (SplitParts(.nuclear, .columns), .robust), (SplitParts(.l21, .l1), .dirtyL21),
            (SplitParts(.l1inf, .l1), .dirty),
        ]
        for (parts, kind) in named {
            let expected =
                kind == .robust
                ? try Regularizer(kind, [.lowRankWeight: 1.1, .outlierWeight: 0.7])
                : try Regularizer(kind, [.rowWeight: 1.1, .elementWeight: 0.7])
            // Dirty models are the same closed form.
            let tolerance = kind == .robust ? 1e-9 : 1e-15
            try expectEqual(
                Regularizer(.split, [.firstWeight: 1.1, .secondWeight: 0.7], parts: parts), expected,
                shape: shape, tolerance: tolerance)
            try expectEqual(
                Regularizer(
                    .split, [.firstWeight: 0.7, .secondWeight: 1.1],
                    parts: SplitParts(parts.second, parts.first)),
                expected, shape: shape, tolerance: tolerance)
        }
    }

    @Test("the Laplacian of the complete graph is T times the mean regularizer", arguments: shapes)
    func completeGraph(shape: (d: Int, t: Int)) throws {
        let pairs = (0..<shape.t).flatMap { first in (first + 1..<shape.t + 1).map { (first, $0) } }
        let edges = pairs.filter { $0.1 < shape.t }.map { TaskGraph.Edge($0.0, $0.1) }
        let graph = try TaskGraph(taskCount: shape.t, edges: edges)
        try expectEqual(
            Regularizer(.graph, structure: .graph(graph)), Regularizer(.mean), factor: Double(shape.t),
            shape: shape)
    }

    @Test("a chain is temporal smoothness; two equal edges are one of twice the weight", arguments: shapes)
    func chain(shape: (d: Int, t: Int)) throws {
        let edges = (1..<max(1, shape.t)).flatMap { task in
            [TaskGraph.Edge(task - 1, task, weight: 0.25), TaskGraph.Edge(task, task - 1, weight: 0.75)]
        }
        let graph = try TaskGraph(taskCount: shape.t, edges: edges)
        try expectEqual(
            Regularizer(.graph, structure: .graph(graph)), Regularizer(.temporal), shape: shape)
    }

    @Test("a graph without edges is nothing", arguments: shapes)
    func noEdges(shape: (d: Int, t: Int)) throws {
        var generator = SeededGenerator(seed: 3)
        let v = randomMatrix(shape.d, shape.t, &generator)
        let nothing = try Regularizer(.graph, structure: .graph(TaskGraph(taskCount: shape.t, edges: [])))
        #expect(try nothing.value(v) == 0)
        let p = try nothing.proximal(of: v, scale: 3)
        #expect(relativeDistance(p.elements, v.elements, to: v.elements) < 1e-14)
    }

    @Test("the identity covariance is twice ridge, and a multiple divides it", arguments: shapes)
    func identityCovariance(shape: (d: Int, t: Int)) throws {
        for multiple in [1.0, 4] {
            var covariance = Matrix(rowCount: shape.t, columnCount: shape.t)
            for task in 0..<shape.t { covariance[task, task] = multiple }
            try expectEqual(
                Regularizer(.covariance, structure: .covariance(covariance)), Regularizer(.ridge),
                factor: 2 / multiple, shape: shape)
        }
    }

    @Test("Evgeniou's cluster with weight 1 is ridge times 2 / T", arguments: shapes)
    func evgeniou(shape: (d: Int, t: Int)) throws {
        try expectEqual(
            Regularizer(.evgeniou, [.deviationWeight: 1]), Regularizer(.ridge), factor: 2 / Double(shape.t),
            shape: shape)
    }

    @Test("as many clusters as tasks make ridge times 2 eta", arguments: shapes)
    func cmtl(shape: (d: Int, t: Int)) throws {
        try expectEqual(
            Regularizer(.cmtl, [.clusters: Double(shape.t), .clusterEta: 0.3]), Regularizer(.ridge),
            factor: 0.6, shape: shape)
    }

    @Test("equal prices within, between and for the mean make ridge", arguments: shapes)
    func jacob(shape: (d: Int, t: Int)) throws {
        try expectEqual(
            Regularizer(
                .jacob, [.clusters: 1, .meanWeight: 0.8, .betweenWeight: 0.8, .withinWeight: 0.8]),
            Regularizer(.ridge), factor: 1.6, shape: shape)
    }

    @Test("pairwise norms of two tasks are shrunk in closed form, and equal tasks stay")
    func pairwise() throws {
        let pairwise = try Regularizer(.pairwise)
        let v = Matrix(columns: [[1, 5], [4, 1]])
        #expect(try pairwise.value(v) == 5)
        // Each moves by the scale along the line between them, until they meet in the middle.
        let near = try pairwise.proximal(of: v, scale: 1)
        #expect(relativeDistance(near.elements, [1.6, 4.2, 3.4, 1.8], to: v.elements) < 1e-9)
        let met = try pairwise.proximal(of: v, scale: 2.5)
        #expect(relativeDistance(met.elements, [2.5, 3, 2.5, 3], to: v.elements) < 1e-9)
        let equal = Matrix(columns: [[1, -2], [1, -2], [1, -2]])
        #expect(try pairwise.value(equal) == 0)
        #expect(try pairwise.proximal(of: equal, scale: 3) == equal)
    }

    @Test("half the squared nuclear norm is the fixed covariance that it learns", arguments: shapes)
    func learnedCovariance(shape: (d: Int, t: Int)) throws {
        var generator = SeededGenerator(seed: 5)
        let w = randomMatrix(shape.d, shape.t, &generator)
        let nuclear = try Regularizer(.nuclear).value(w)
        let learned = try Regularizer(.learnedCovariance)
        #expect((try learned.value(w) - nuclear * nuclear / 2).magnitude < 1e-10 * nuclear * nuclear)
        // The covariance must be regular: shapes with more features than tasks.
        guard shape.d >= shape.t else { return }
        let covariance = try TaskRelationship.covariance(of: w)
        let fixed = try Regularizer(.covariance, structure: .covariance(covariance))
        #expect((try fixed.value(w) / 2 - nuclear * nuclear / 2).magnitude < 1e-9 * nuclear * nuclear)
        var trace = 0.0
        for task in 0..<shape.t { trace += covariance[task, task] }
        #expect((trace - 1).magnitude < 1e-14)
        // Any other covariance of trace 1 costs more.
        var other = covariance.scaled(by: 0.9)
        for task in 0..<shape.t { other[task, task] += 0.1 / Double(shape.t) }
        let dearer = try Regularizer(.covariance, structure: .covariance(other)).value(w) / 2
        #expect(dearer >= nuclear * nuclear / 2 * (1 - 1e-9))
    }

    @Test("an added ridge is added, for every kind", arguments: RegularizerKind.allCases, [(5, 4), (4, 6)])
    func addedRidge(kind: RegularizerKind, shape: (d: Int, t: Int)) throws {
        var generator = SeededGenerator(seed: 6)
        let v = randomMatrix(shape.d, shape.t, &generator)
        let plain = try kind.example(taskCount: shape.t, unpenalizedRows: [1])
        let ridged = try kind.example(taskCount: shape.t, addedRidge: 0.7, unpenalizedRows: [1])
        let ridge = try Regularizer(.ridge, unpenalizedRows: [1])
        let expected = try plain.value(v) + 0.7 * ridge.value(v)
        #expect((try ridged.value(v) - expected).magnitude < 1e-9 * expected)
        let divisor = 1 + 0.4 * 0.7
        let p = try ridged.proximal(of: v, scale: 0.4)
        var q = try plain.proximal(of: v.scaled(by: 1 / divisor), scale: 0.4 / divisor)
        q.setRow(1, to: v.row(1))
        #expect(relativeDistance(p.elements, q.elements, to: v.elements) < kind.proximalTolerance)
        var auxiliary = try AuxiliaryMatrix(
            restoring: v, regularizer: ridged, scale: 0.4, policy: .exact)
        #expect(
            relativeDistance(try proximalColumns(&auxiliary).elements, q.elements, to: v.elements)
                < kind.proximalTolerance)
    }
}
