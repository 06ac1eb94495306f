internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom
internal import Testing

/// The lazily followed factor of the nuclear norm against a full singular value decomposition.
@Suite struct ProximalToleranceTests {
    private static let shapes = [
        (1, 4), (4, 1), (5, 9), (9, 5), (7, 7), (28, 60), (60, 28), (80, 120), (120, 80),
    ]

    /// Returns |columns - prox(V)| / |V|, in Frobenius norms, where it may not exceed the tolerance.
    private func error(_ auxiliary: inout AuxiliaryMatrix) throws -> Double {
        let expected = try auxiliary.proximal()
        return relativeDistance(
            try proximalColumns(&auxiliary).elements, expected.elements, to: auxiliary.matrix.elements)
    }

    @Test(
        "the error stays within the tolerance while changes of any size come", arguments: shapes,
        StartMatrix.allCases)
    func sequences(shape: (d: Int, t: Int), start: StartMatrix) throws {
        for seed in [1, 2] as [UInt64] {
            var generator = SeededGenerator(seed: seed)
            let scale = 3.0
            var auxiliary = try AuxiliaryMatrix(
                restoring: start.matrix(shape.d, shape.t, scale: scale, &generator),
                regularizer: Regularizer(.nuclear), scale: scale)
            var stepSize = 1.0
            for change in 0..<80 {
                let task = generator.integer(below: shape.t)
                let v = auxiliary.matrix.column(task)
                // Steps of a run that converges, now and then a jump, a repeated column or an empty one.
                stepSize *= 0.9
                let moved =
                    switch change % 29 {
                    case 7: randomVector(shape.d, &generator)
                    case 15: auxiliary.matrix.column(generator.integer(below: shape.t))
                    case 23: [Double](repeating: 0, count: shape.d)
                    default: Vector.adding(randomVector(shape.d, &generator), scaledBy: stepSize, to: v)
                    }
                auxiliary.setColumn(task, to: moved)
                if change % 3 == 0 { _ = try auxiliary.proximalColumn(task) }
                if change % 8 == 0 {
                    #expect(
                        try error(&auxiliary) <= FactorPolicy.defaultTolerance,
                        "seed \(seed), change \(change), step \(stepSize)")
                }
            }
        }
    }

    @Test(
        "refinement does most of the work where a run converges",
        arguments: [(28, 139), (139, 28), (90, 200)])
    func fewDecompositions(shape: (d: Int, t: Int)) throws {
        var generator = SeededGenerator(seed: 3)
        var auxiliary = try AuxiliaryMatrix(
            restoring: StartMatrix.lowRankPlusNoise.matrix(shape.d, shape.t, scale: 8, &generator),
            regularizer: Regularizer(.nuclear), scale: 8)
        var worst = 0.0
        for change in 0..<400 {
            let task = generator.integer(below: shape.t)
            let step = Vector.scaled(randomVector(shape.d, &generator), by: 1e-3)
            auxiliary.setColumn(task, to: Vector.adding(step, to: auxiliary.matrix.column(task)))
            if change % 20 == 0 { worst = max(worst, try error(&auxiliary)) }
            _ = try auxiliary.proximalColumn(task)
        }
        #expect(worst <= FactorPolicy.defaultTolerance)
        #expect(auxiliary.factorCount >= 400)
        #expect(auxiliary.decompositionCount < 40)
    }

    @Test(
        "changes as large as the gaps are followed too, for a while after a decomposition",
        arguments: [(96, 150), (150, 96)])
    func largeChanges(shape: (d: Int, t: Int)) throws {
        var generator = SeededGenerator(seed: 4)
        var auxiliary = try AuxiliaryMatrix(
            restoring: StartMatrix.lowRankPlusNoise.matrix(shape.d, shape.t, scale: 30, &generator),
            regularizer: Regularizer(.nuclear), scale: 30)
        for change in 0..<120 {
            let task = generator.integer(below: shape.t)
            let step = randomVector(shape.d, &generator)
            auxiliary.setColumn(
                task, to: Vector.adding(step, scaledBy: 2, to: auxiliary.matrix.column(task)))
            let error = try error(&auxiliary)
            #expect(error <= FactorPolicy.defaultTolerance, "change \(change)")
        }
        #expect(auxiliary.factorCount >= 120)
        // The diagonal alone leads to 108 and 119.
        #expect(auxiliary.decompositionCount < 60)
    }

    // Nothing couples it to the directions that are followed: only the bound on what is left out can tell.
    @Test("what grows outside of the directions followed is noticed", arguments: [(40, 60), (60, 40)])
    func growthOutside(shape: (d: Int, t: Int)) throws {
        var v = Matrix(rowCount: shape.d, columnCount: shape.t)
        for index in 0..<36 { v[index, index] = index < 4 ? 5 + Double(index) : 0.3 }
        var auxiliary = try AuxiliaryMatrix(
            restoring: v, regularizer: Regularizer(.nuclear), scale: 1)
        _ = try auxiliary.proximalColumn(0)
        for step in 1...40 {
            var column = [Double](repeating: 0, count: shape.d)
            column[20] = 0.3 + 0.05 * Double(step)
            auxiliary.setColumn(20, to: column)
            #expect(try error(&auxiliary) <= FactorPolicy.defaultTolerance, "step \(step)")
        }
    }

    @Test("a looser or tighter tolerance is kept", arguments: [1e-2, 1e-4, 1e-8, 1e-10, 1e-13, 0])
    func tolerances(tolerance: Double) throws {
        var generator = SeededGenerator(seed: 4)
        var auxiliary = try AuxiliaryMatrix(
            restoring: StartMatrix.lowRankPlusNoise.matrix(20, 30, scale: 5, &generator),
            regularizer: Regularizer(.nuclear), scale: 5,
            policy: FactorPolicy(tolerance: tolerance, maximumAge: 0, taskCount: 30))
        for change in 0..<200 {
            let task = generator.integer(below: 30)
            let step = Vector.scaled(randomVector(20, &generator), by: 0.05)
            auxiliary.setColumn(task, to: Vector.adding(step, to: auxiliary.matrix.column(task)))
            // The decomposition that is compared with errs by a few units itself.
            #expect(try error(&auxiliary) <= tolerance + 1e-14, "change \(change)")
        }
    }

    @Test(
        "scales from far below V to far above, and magnitudes to the ends of the doubles",
        arguments: [1e-12, 1e-7, 1e-5, 1e-3, 0.3, 10, 1e6], [1, 1e-160, 1e-90, 1e90, 1e150])
    func extremes(scale: Double, magnitude: Double) throws {
        for shape in [(12, 20), (20, 12)] {
            var generator = SeededGenerator(seed: 5)
            let start = try StartMatrix.lowRankPlusNoise.matrix(shape.0, shape.1, scale: scale, &generator)
            var auxiliary = try AuxiliaryMatrix(
                restoring: start.scaled(by: magnitude), regularizer: Regularizer(.nuclear),
                scale: scale * magnitude)
            for change in 0..<40 {
                let task = generator.integer(below: shape.1)
                let step = randomVector(shape.0, &generator)
                auxiliary.setColumn(
                    task,
                    to: Vector.adding(step, scaledBy: 1e-3 * magnitude, to: auxiliary.matrix.column(task)))
                #expect(
                    try error(&auxiliary) <= FactorPolicy.defaultTolerance, "\(shape), change \(change)")
            }
        }
    }

    @Test("a huge column that goes leaves no trace", arguments: [(4, 9), (9, 4)], [1e5, 1e8, 1e200])
    func hugeColumn(shape: (d: Int, t: Int), size: Double) throws {
        var generator = SeededGenerator(seed: 6)
        var auxiliary = try AuxiliaryMatrix(
            restoring: randomMatrix(shape.d, shape.t, &generator), regularizer: Regularizer(.nuclear),
            scale: 0.5)
        for _ in 0..<3 {
            auxiliary.setColumn(2, to: Vector.scaled(randomVector(shape.d, &generator), by: size))
            #expect(try error(&auxiliary) <= FactorPolicy.defaultTolerance)
            auxiliary.setColumn(2, to: randomVector(shape.d, &generator))
            #expect(try error(&auxiliary) <= FactorPolicy.defaultTolerance)
        }
    }

    @Test(
        "a column that is not finite makes every column throw until it is replaced",
        arguments: [(4, 9), (9, 4)],
        [Double.nan, .infinity])
    func nonFinite(shape: (d: Int, t: Int), bad: Double) throws {
        var generator = SeededGenerator(seed: 7)
        var auxiliary = try AuxiliaryMatrix(
            restoring: randomMatrix(shape.d, shape.t, &generator), regularizer: Regularizer(.nuclear),
            scale: 0.5)
        _ = try auxiliary.proximalColumn(0)
        var column = randomVector(shape.d, &generator)
        column[1] = bad
        auxiliary.setColumn(3, to: column)
        for task in [0, 3] {
            #expect(throws: LinearAlgebraError(code: .nonFinite, message: "")) {
                try auxiliary.proximalColumn(task)
            }
        }
        auxiliary.setColumn(3, to: randomVector(shape.d, &generator))
        #expect(try error(&auxiliary) <= FactorPolicy.defaultTolerance)
        auxiliary.setColumn(0, to: randomVector(shape.d, &generator))
        #expect(try error(&auxiliary) <= FactorPolicy.defaultTolerance)
    }

    @Test("an unpenalized row stays what it is, and out of the factor", arguments: [(6, 9), (9, 6)])
    func unpenalizedRow(shape: (d: Int, t: Int)) throws {
        var generator = SeededGenerator(seed: 8)
        var auxiliary = try AuxiliaryMatrix(
            restoring: randomMatrix(shape.d, shape.t, &generator),
            regularizer: Regularizer(.nuclear, unpenalizedRows: [2]), scale: 0.5)
        for _ in 0..<60 {
            let task = generator.integer(below: shape.t)
            let step = Vector.scaled(randomVector(shape.d, &generator), by: 1e-2)
            auxiliary.setColumn(task, to: Vector.adding(step, to: auxiliary.matrix.column(task)))
            #expect(try error(&auxiliary) <= FactorPolicy.defaultTolerance)
            #expect(try proximalColumns(&auxiliary).row(2) == auxiliary.matrix.row(2))
        }
    }
}
