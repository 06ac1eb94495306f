internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom
internal import Testing

@Suite struct AuxiliaryMatrixTests {
    /// Returns the largest distance of a column from the regularizer's, relative to the largest column of V.
    private func worstColumn(_ auxiliary: inout AuxiliaryMatrix) throws -> Double {
        let v = auxiliary.matrix
        let expected = try auxiliary.regularizer.proximal(of: v, scale: auxiliary.scale)
        var (worst, largest) = (0.0, 0.0)
        for task in 0..<v.columnCount {
            let column = try auxiliary.proximalColumn(task)
            worst = max(worst, Vector.norm(Vector.subtracting(expected.column(task), from: column)))
            largest = max(largest, Vector.norm(v.column(task)))
        }
        return largest == 0 ? worst : worst / largest
    }

    @Test(
        "after thousands of column changes the columns are still the regularizer's",
        arguments: RegularizerKind.allCases, [(4, 9), (9, 4), (7, 7), (28, 40), (1, 3), (3, 1)])
    func manyChanges(kind: RegularizerKind, shape: (d: Int, t: Int)) throws {
        var generator = SeededGenerator(seed: 11)
        let regularizer = try kind.example(taskCount: shape.t, unpenalizedRows: shape.d > 8 ? [1] : [])
        var auxiliary = AuxiliaryMatrix(
            dimension: shape.d, taskCount: shape.t, regularizer: regularizer, scale: 0.9, policy: .exact)
        for change in 0..<3000 {
            let task = generator.integer(below: shape.t)
            auxiliary.setColumn(task, to: randomVector(shape.d, &generator))
            if change % 101 == 0 {
                #expect(try worstColumn(&auxiliary) < kind.proximalTolerance, "change \(change)")
            }
        }
        #expect(try worstColumn(&auxiliary) < kind.proximalTolerance)
    }

    // Raw School's features have condition numbers up to 1e6; the scale of its proximal step, over the largest
    // singular value of V, is from 1e-1 (Douglas-Rachford) down to 1e-6 (backward-forward).
    @Test(
        "columns are right for badly conditioned V, whatever the scale",
        arguments: [(28, 139), (60, 12)], [0.3, 1e-1, 1e-2, 2e-3, 1e-3, 5e-4, 1e-4, 1e-6, 1e-9])
    func badConditioning(shape: (d: Int, t: Int), scale: Double) throws {
        var generator = SeededGenerator(seed: 12)
        let target = try illConditionedMatrix(shape.d, shape.t, conditionNumber: 1e6, &generator)
        var auxiliary = AuxiliaryMatrix(
            dimension: shape.d, taskCount: shape.t, regularizer: try Regularizer(.nuclear), scale: scale,
            policy: .exact)
        var worst = 0.0
        for change in 0..<2000 {
            let task = generator.integer(below: shape.t)
            let column = Vector.scaled(target.column(task), by: 1 + 0.1 * generator.normal())
            auxiliary.setColumn(task, to: column)
            if change % 199 == 0 { worst = max(worst, try worstColumn(&auxiliary)) }
        }
        worst = max(worst, try worstColumn(&auxiliary))
        #expect(worst < 1e-12)
    }

    @Test("a huge column that goes leaves no trace", arguments: RegularizerKind.allCases, [(4, 9), (9, 4)])
    func hugeColumn(kind: RegularizerKind, shape: (d: Int, t: Int)) throws {
        var generator = SeededGenerator(seed: 13)
        var auxiliary = try AuxiliaryMatrix(
            restoring: randomMatrix(shape.d, shape.t, &generator),
            regularizer: kind.example(taskCount: shape.t), scale: 0.5, policy: .exact)
        for size in [1e8, 1e200] {
            auxiliary.setColumn(2, to: Vector.scaled(randomVector(shape.d, &generator), by: size))
            #expect(try worstColumn(&auxiliary) < kind.proximalTolerance)
            auxiliary.setColumn(2, to: randomVector(shape.d, &generator))
            #expect(try worstColumn(&auxiliary) < kind.proximalTolerance)
        }
    }

    @Test(
        "a column that is not finite spoils nothing once it is replaced", arguments: RegularizerKind.allCases,
        [(4, 9), (9, 4)])
    func passingNaN(kind: RegularizerKind, shape: (d: Int, t: Int)) throws {
        var generator = SeededGenerator(seed: 14)
        var auxiliary = try AuxiliaryMatrix(
            restoring: randomMatrix(shape.d, shape.t, &generator),
            regularizer: kind.example(taskCount: shape.t), scale: 0.5, policy: .exact)
        var bad = randomVector(shape.d, &generator)
        bad[1] = .nan
        auxiliary.setColumn(3, to: bad)
        if RegularizerKind.withFactor.contains(kind) {
            #expect(throws: LinearAlgebraError(code: .nonFinite, message: "")) {
                try auxiliary.proximalColumn(0)
            }
        } else if kind.isServedWhole {
            #expect(throws: MultiTaskLearningError(code: .nonFinite, message: "")) {
                try auxiliary.proximalColumn(0)
            }
        }
        auxiliary.setColumn(3, to: randomVector(shape.d, &generator))
        #expect(try worstColumn(&auxiliary) < kind.proximalTolerance)
    }

    @Test(
        "a matrix restored from V returns the same columns", arguments: RegularizerKind.allCases,
        [(5, 8), (8, 5)])
    func restoring(kind: RegularizerKind, shape: (d: Int, t: Int)) throws {
        var generator = SeededGenerator(seed: 17)
        let regularizer = try kind.example(taskCount: shape.t, unpenalizedRows: [4])
        var auxiliary = AuxiliaryMatrix(
            dimension: shape.d, taskCount: shape.t, regularizer: regularizer, scale: 0.5, policy: .exact)
        for _ in 0..<200 {
            auxiliary.setColumn(generator.integer(below: shape.t), to: randomVector(shape.d, &generator))
        }
        var restored = try AuxiliaryMatrix(
            restoring: auxiliary.matrix, regularizer: regularizer, scale: 0.5, policy: .exact)
        let (old, new) = (try proximalColumns(&auxiliary), try proximalColumns(&restored))
        if kind == .nuclear || kind.isIterative {
            let tolerance = kind.isIterative ? kind.proximalTolerance : 1e-13
            #expect(relativeDistance(new.elements, old.elements, to: old.elements) < tolerance)
        } else {
            #expect(new == old)
        }
    }

    @Test("a stored matrix with a NaN, or without the unpenalized row, is refused")
    func badStoredMatrix() throws {
        var v = Matrix(rowCount: 3, columnCount: 2)
        #expect(throws: MultiTaskLearningError(code: .shapeMismatch, message: "")) {
            try AuxiliaryMatrix(restoring: v, regularizer: Regularizer(.mean, unpenalizedRows: [3]), scale: 1)
        }
        v[0, 0] = .infinity
        #expect(throws: MultiTaskLearningError(code: .nonFinite, message: "")) {
            try AuxiliaryMatrix(restoring: v, regularizer: Regularizer(.mean), scale: 1)
        }
    }

    @Test("zeros stay zeros", arguments: RegularizerKind.allCases)
    func zeros(kind: RegularizerKind) throws {
        var auxiliary = AuxiliaryMatrix(
            dimension: 3, taskCount: 4, regularizer: try kind.example(taskCount: 4), scale: 1)
        #expect(try proximalColumns(&auxiliary) == Matrix(rowCount: 3, columnCount: 4))
    }

    @Test("a copy changes nothing in the original", arguments: RegularizerKind.allCases)
    func valueSemantics(kind: RegularizerKind) throws {
        var generator = SeededGenerator(seed: 18)
        var original = try AuxiliaryMatrix(
            restoring: randomMatrix(4, 6, &generator), regularizer: kind.example(taskCount: 6), scale: 0.5)
        let before = try proximalColumns(&original)
        var copy = original
        copy.setColumn(0, to: [9, 9, 9, 9])
        #expect(try proximalColumns(&copy) != before)
        #expect(try proximalColumns(&original) == before)
    }
}
