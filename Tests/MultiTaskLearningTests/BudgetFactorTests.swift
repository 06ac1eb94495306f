internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom
internal import Testing

/// The factors of the functions of singular values other than the nuclear norm, against their whole proximal operator.
@Suite struct BudgetFactorTests {
    private static let kinds: [RegularizerKind] = [.learnedCovariance, .cmtl, .jacob]
    private static let shapes = [(1, 4), (4, 1), (5, 9), (9, 5), (7, 7), (28, 60), (60, 28)]

    /// Returns |columns - prox(V)| / |V|, in Frobenius norms, where it may not exceed the tolerance.
    private func error(_ auxiliary: inout AuxiliaryMatrix) throws -> Double {
        let expected = try auxiliary.proximal()
        return relativeDistance(
            try proximalColumns(&auxiliary).elements, expected.elements, to: auxiliary.matrix.elements)
    }

    private func move(
        _ auxiliary: inout AuxiliaryMatrix, by size: Double, _ generator: inout SeededGenerator
    ) {
        let task = generator.integer(below: auxiliary.taskCount)
        let step = randomVector(auxiliary.dimension, &generator)
        auxiliary.setColumn(
            task, to: Vector.adding(step, scaledBy: size, to: auxiliary.matrix.column(task)))
    }

    @Test("the error stays within the tolerance while changes come", arguments: kinds, shapes)
    func sequences(kind: RegularizerKind, shape: (d: Int, t: Int)) throws {
        for start in StartMatrix.allCases {
            for ridge in [0, 0.4] {
                var generator = SeededGenerator(seed: 21)
                let rows = shape.d > 5 ? [2] : []
                var auxiliary = try AuxiliaryMatrix(
                    restoring: start.matrix(shape.d, shape.t, scale: 3, &generator),
                    regularizer: kind.example(taskCount: shape.t, addedRidge: ridge, unpenalizedRows: rows),
                    scale: 0.7)
                for change in 0..<24 {
                    move(&auxiliary, by: change % 9 == 7 ? 3 : 0.1, &generator)
                    #expect(
                        try error(&auxiliary) <= FactorPolicy.defaultTolerance,
                        "\(start), ridge \(ridge), change \(change)")
                }
                #expect(auxiliary.factorCount == 24)
            }
        }
    }

    @Test("a looser or tighter tolerance is kept", arguments: kinds, [1e-2, 1e-6, 1e-10, 1e-13, 0])
    func tolerances(kind: RegularizerKind, tolerance: Double) throws {
        var generator = SeededGenerator(seed: 22)
        for (scale, magnitude) in [(1e-9, 1), (1e-3, 1e-160), (0.3, 1e-90), (10, 1e90), (1e6, 1e150)] {
            for shape in [(12, 20), (20, 12)] {
                var auxiliary = try AuxiliaryMatrix(
                    restoring: StartMatrix.lowRankPlusNoise.matrix(shape.0, shape.1, scale: 1, &generator)
                        .scaled(by: magnitude),
                    regularizer: kind.example(taskCount: shape.1), scale: scale,
                    policy: FactorPolicy(tolerance: tolerance, maximumAge: 0, taskCount: shape.1))
                for change in 0..<10 {
                    move(&auxiliary, by: 0.05 * magnitude, &generator)
                    // The decomposition that is compared with errs by a few units itself.
                    #expect(
                        try error(&auxiliary) <= tolerance + 2e-14, "scale \(scale), change \(change)")
                }
            }
        }
    }

    // Without the way from V itself, these err by 1e-11 to 6e-9.
    @Test("what rounding hides in the Gram matrix is taken from V itself", arguments: kinds)
    func badConditioning(kind: RegularizerKind) throws {
        let regularizer =
            kind == .learnedCovariance ? try Regularizer(kind) : try Regularizer(kind, [.clusters: 25])
        for shape in [(28, 40), (40, 28)] {
            var generator = SeededGenerator(seed: 23)
            for conditionNumber in [1e3, 1e6, 1e9, 1e12] {
                let v = try illConditionedMatrix(
                    shape.0, shape.1, conditionNumber: conditionNumber, &generator)
                for scale in [1e-12, 1e-9, 1e-6, 1e-2, 1] {
                    var auxiliary = try AuxiliaryMatrix(
                        restoring: v, regularizer: regularizer, scale: scale,
                        policy: FactorPolicy(tolerance: 1e-12, maximumAge: 0, taskCount: shape.1))
                    #expect(
                        try error(&auxiliary) <= 1e-12, "condition \(conditionNumber), scale \(scale)")
                }
            }
        }
    }

    @Test("the mean is without the unpenalized rows, also once it is formed anew", arguments: [1e8, .nan])
    func unpenalizedMean(passing: Double) throws {
        var generator = SeededGenerator(seed: 25)
        var v = randomMatrix(40, 8, &generator).multiplied(by: randomMatrix(8, 80, &generator))
        v.setRow(0, to: [Double](repeating: 5, count: 80))
        var auxiliary = try AuxiliaryMatrix(
            restoring: v, regularizer: Regularizer(.jacob, [.clusters: 10], unpenalizedRows: [0]), scale: 0.5)
        let column = v.column(3)
        auxiliary.setColumn(3, to: Vector.scaled(column, by: passing))
        auxiliary.setColumn(3, to: column)
        // And one that is of the size of the others, so that the sum is formed of what is there now.
        auxiliary.setColumn(4, to: v.column(4))
        #expect(try error(&auxiliary) <= FactorPolicy.defaultTolerance)
        #expect(try proximalColumns(&auxiliary).row(0) == v.row(0))
    }

    @Test(
        "a factor computed elsewhere is that of its own V, and answers columns that have moved since",
        arguments: kinds, [(6, 10), (12, 10)])
    func elsewhere(kind: RegularizerKind, shape: (d: Int, t: Int)) async throws {
        var generator = SeededGenerator(seed: 24)
        let policy = try FactorPolicy(maximumAge: 5, taskCount: 10)
        var auxiliary = try AuxiliaryMatrix(
            restoring: randomMatrix(shape.d, shape.t, &generator),
            regularizer: kind.example(taskCount: 10, addedRidge: 0.3, unpenalizedRows: [1]),
            scale: 0.5, policy: policy)
        #expect(!auxiliary.hasFactor)
        var largestError = 0.0
        for round in 1...20 {
            let before = auxiliary.matrix
            let snapshot = try #require(auxiliary.factorSnapshot())
            let refreshed = try await Task { try snapshot.refreshed() }.value
            for _ in 0..<4 { move(&auxiliary, by: 0.1, &generator) }
            let isInstalled = auxiliary.install(refreshed)
            #expect(isInstalled)
            #expect(auxiliary.hasFactor && auxiliary.factorAge == 4)
            let columns = try proximalColumns(&auxiliary)
            #expect(auxiliary.factorCount == round)
            // Both M and the proximal operator are nonexpansive.
            let moved = auxiliary.matrix.adding(before, scaledBy: -1).frobeniusNorm
            let exact = try auxiliary.proximal()
            let error = columns.adding(exact, scaledBy: -1).frobeniusNorm
            #expect(error <= 2 * moved)
            largestError = max(largestError, error / auxiliary.matrix.frobeniusNorm)
            guard kind == .jacob else { continue }
            // M takes nothing of the mean and adds nothing to it: it is that of the current columns.
            for row in 0..<shape.d {
                let (mean, exactMean) = (columns.row(row).reduce(0, +), exact.row(row).reduce(0, +))
                #expect((mean - exactMean).magnitude < 1e-12 * 10 * auxiliary.matrix.frobeniusNorm)
            }
        }
        #expect(largestError > FactorPolicy.defaultTolerance, "the factors are old")
        for _ in 0..<2 { move(&auxiliary, by: 1e-3, &generator) }
        // Six changes are more than five: computed with the column.
        #expect(try error(&auxiliary) <= FactorPolicy.defaultTolerance)
        #expect(auxiliary.factorAge == 0 && auxiliary.factorCount == 21)
    }
}
