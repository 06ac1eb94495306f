internal import LinearAlgebra
internal import SeededRandom
internal import Testing

@testable internal import MultiTaskLearning

/// Sums of two norms on split parts, for every pair of norms in both orders.
@Suite struct RegularizerSplitTests {
    private static let pairs: [SplitParts] = SplitParts.Norm.allCases.flatMap { first in
        SplitParts.Norm.allCases.compactMap { second in try? SplitParts(first, second) }
    }
    private static let shapes = [(5, 7), (9, 4), (1, 5), (6, 1)]
    private static let firstWeight = 1.1
    private static let secondWeight = 0.6

    private func regularizer(_ parts: SplitParts) throws -> Regularizer {
        try Regularizer(
            .split, [.firstWeight: Self.firstWeight, .secondWeight: Self.secondWeight], parts: parts)
    }

    /// The dual norm, from those of the parts.
    private func dualNorm(_ parts: SplitParts, of u: Matrix) throws -> Double {
        max(
            try parts.first.function.dualNorm(of: u, target: 1) / Self.firstWeight,
            try parts.second.function.dualNorm(of: u, target: 1) / Self.secondWeight)
    }

    @Test(
        "what a proximal step takes away is in both dual balls, and is a subgradient: value and step are optimal",
        arguments: pairs, shapes)
    func optimality(parts: SplitParts, shape: (d: Int, t: Int)) throws {
        let regularizer = try regularizer(parts)
        for seed in UInt64(1)...3 {
            var generator = SeededGenerator(seed: seed)
            let v = randomMatrix(shape.d, shape.t, &generator)
            for scale in [0.05, 0.3, 2] {
                let w = try regularizer.proximal(of: v, scale: scale)
                let u = v.adding(w, scaledBy: -1).scaled(by: 1 / scale)
                let context: Comment = "\(parts.names), scale \(scale), seed \(seed)"
                #expect(try dualNorm(parts, of: u) <= 1 + 1e-9, context)
                // Fenchel's equality: the value is <U, W>, and what is found is never below it.
                let excess = try regularizer.value(w) - Vector.dot(u.elements, w.elements)
                #expect(excess.magnitude <= 1e-9 * w.frobeniusNorm, context)
            }
        }
    }

    @Test("the value is between a dual bound and each part alone, and a norm", arguments: pairs, shapes)
    func value(parts: SplitParts, shape: (d: Int, t: Int)) throws {
        let regularizer = try regularizer(parts)
        var generator = SeededGenerator(seed: 4)
        let w = randomMatrix(shape.d, shape.t, &generator)
        let other = randomMatrix(shape.d, shape.t, &generator)
        let value = try regularizer.value(w)
        #expect(try value <= Self.firstWeight * parts.first.function.value(w) * (1 + 1e-14))
        #expect(try value <= Self.secondWeight * parts.second.function.value(w) * (1 + 1e-14))
        for u in [w, other, w.adding(other)] {
            let bound = try Vector.dot(u.elements, w.elements) / dualNorm(parts, of: u)
            #expect(bound <= value * (1 + 1e-12))
        }
        #expect((try regularizer.value(w.scaled(by: -3)) - 3 * value).magnitude <= 1e-7 * value)
        let sum = try value + regularizer.value(other)
        #expect(try regularizer.value(w.adding(other)) <= sum * (1 + 1e-7))
        #expect(try regularizer.value(Matrix(rowCount: shape.d, columnCount: shape.t)) == 0)
    }

    @Test("the dual norm is the larger of the parts', each over its weight", arguments: pairs)
    func dualNorm(parts: SplitParts) throws {
        var generator = SeededGenerator(seed: 5)
        let u = randomMatrix(6, 5, &generator)
        let found = try #require(try regularizer(parts).dualNorm(of: u, target: 1))
        #expect((found - (try dualNorm(parts, of: u))).magnitude <= 1e-14 * found)
    }

    @Test("low rank and single elements are told apart")
    func recovery() throws {
        var generator = SeededGenerator(seed: 6)
        let (left, right) = (randomMatrix(12, 1, &generator), randomMatrix(10, 1, &generator))
        let low = left.multiplied(by: right, transposeOther: true)
        var w = low
        for (row, column) in [(1, 2), (4, 7), (9, 0)] { w[row, column] += 20 }
        // The weight of elements is that of principal component pursuit, 1 over the root of the larger side.
        let weight = 1 / Double(12).squareRoot()
        let split = try Regularizer(.split, [.firstWeight: 1, .secondWeight: weight])
        let expected = try Regularizer(.nuclear).value(low) + weight * 60
        #expect((try split.value(w) - expected).magnitude <= 1e-6 * expected)
    }

    @Test("the central solver's certificate closes for every pair", arguments: pairs)
    func certificate(parts: SplitParts) throws {
        let regularizer = try regularizer(parts)
        for (losses, lambda) in [(SolverRandomProblem.Losses.squared, 2.0), (.mixed, 0.5)] {
            var generator = SeededGenerator(seed: 7)
            let tasks = try SolverRandomProblem.tasks(losses, scale: .sum, using: &generator)
            let solution = try CentralSolver(regularizer: regularizer, lambda: lambda).solve(tasks)
            #expect(solution.isConverged, "\(losses.rawValue)")
            #expect(try #require(solution.relativeGap) <= 1e-8, "\(losses.rawValue)")
        }
    }

    @Test("an aggregator's columns follow V, from where the iteration last ended", arguments: pairs)
    func columns(parts: SplitParts) throws {
        let regularizer = try regularizer(parts)
        var generator = SeededGenerator(seed: 8)
        var auxiliary = AuxiliaryMatrix(
            dimension: 6, taskCount: 5, regularizer: regularizer, scale: 0.4, policy: .exact)
        for change in 0..<60 {
            auxiliary.setColumn(generator.integer(below: 5), to: randomVector(6, &generator))
            guard change % 7 == 0 else { continue }
            let expected = try regularizer.proximal(of: auxiliary.matrix, scale: 0.4)
            let columns = try proximalColumns(&auxiliary)
            #expect(
                relativeDistance(columns.elements, expected.elements, to: auxiliary.matrix.elements) < 1e-9,
                "change \(change)")
        }
    }

    @Test("the same norm twice, and parts of what has none, are refused")
    func refusals() throws {
        let expected = MultiTaskLearningError(code: .invalidParameter, message: "")
        for norm in SplitParts.Norm.allCases {
            let twice = #expect(throws: expected) { try SplitParts(norm, norm) }
            #expect(twice?.message.contains("are \(norm.rawValue); they must be two different ones") == true)
        }
        let foreign = #expect(throws: expected) { try Regularizer(.nuclear, parts: .standard) }
        #expect(foreign?.message.contains("nuclear takes no parts, got nuclear and l1") == true)
        #expect(Self.pairs.count == 20)
    }

    @Test("parts are part of the regularizer: silent is nuclear and l1, and their order counts")
    func equality() throws {
        #expect(try Regularizer(.split) == Regularizer(.split, parts: SplitParts(.nuclear, .l1)))
        #expect(try Regularizer(.split) != Regularizer(.split, parts: SplitParts(.l1, .nuclear)))
        #expect(try Regularizer(.split) != Regularizer(.split, parts: SplitParts(.l21, .columns)))
        #expect(try Regularizer(.nuclear).parts == nil)
    }
}
