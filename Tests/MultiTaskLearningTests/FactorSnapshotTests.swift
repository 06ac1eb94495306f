internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom
internal import Testing

/// When a spectral factor is computed, how old it may be, and that it may be computed elsewhere.
@Suite struct FactorSnapshotTests {
    private static let shapes = [(6, 10), (12, 10)]

    private func auxiliary(
        _ shape: (d: Int, t: Int), policy: FactorPolicy, _ generator: inout SeededGenerator
    ) throws -> AuxiliaryMatrix {
        try AuxiliaryMatrix(
            restoring: randomMatrix(shape.d, shape.t, &generator), regularizer: Regularizer(.nuclear),
            scale: 1.5, policy: policy)
    }

    private func change(
        _ auxiliary: inout AuxiliaryMatrix, count: Int = 1, by size: Double = 0.01,
        _ generator: inout SeededGenerator
    ) {
        for _ in 0..<count {
            let task = generator.integer(below: auxiliary.taskCount)
            let step = randomVector(auxiliary.dimension, &generator)
            auxiliary.setColumn(
                task, to: Vector.adding(step, scaledBy: size, to: auxiliary.matrix.column(task)))
        }
    }

    @Test("the factor is computed when a column is asked after a change, and only then", arguments: shapes)
    func laziness(shape: (d: Int, t: Int)) throws {
        var generator = SeededGenerator(seed: 1)
        var auxiliary = try auxiliary(shape, policy: .current, &generator)
        change(&auxiliary, count: 10, &generator)
        #expect(auxiliary.factorCount == 0)
        _ = try proximalColumns(&auxiliary)
        #expect(auxiliary.factorCount == 1)
        change(&auxiliary, &generator)
        #expect(auxiliary.factorCount == 1)
        _ = try auxiliary.proximalColumn(0)
        #expect(auxiliary.factorCount == 2)
    }

    @Test("a factor answers until it is older than the bound", arguments: shapes, [0, 1, 3, 5])
    func ageBound(shape: (d: Int, t: Int), bound: Int) throws {
        var generator = SeededGenerator(seed: 2)
        let policy = try FactorPolicy(maximumAge: bound, taskCount: 10)
        var auxiliary = try auxiliary(shape, policy: policy, &generator)
        _ = try auxiliary.proximalColumn(0)
        for age in 0...bound + 1 {
            _ = try auxiliary.proximalColumn(0)
            #expect(auxiliary.factorCount == (age <= bound ? 1 : 2), "age \(age)")
            #expect(auxiliary.factorAge == (age <= bound ? age : 0), "age \(age)")
            change(&auxiliary, &generator)
        }
    }

    @Test(
        "a fresh proximal matrix is exact, and of V alone: what was followed before makes no bit of difference",
        arguments: shapes, [0, 1e-6])
    func freshProximal(shape: (d: Int, t: Int), tolerance: Double) throws {
        var generator = SeededGenerator(seed: 11)
        let policy = try FactorPolicy(tolerance: tolerance, maximumAge: 0, taskCount: 10)
        let regularizer = try Regularizer(.nuclear, unpenalizedRows: [2])
        for scale in [0, 0.5, 4, 1e3] {
            var followed = try AuxiliaryMatrix(
                restoring: randomMatrix(shape.d, shape.t, &generator), regularizer: regularizer, scale: scale,
                policy: policy)
            for _ in 0..<5 {
                change(&followed, &generator)
                _ = try followed.proximalColumn(0)
            }
            let fresh = try followed.freshProximal()
            let exact = try followed.proximal()
            let error = fresh.adding(exact, scaledBy: -1).frobeniusNorm
            #expect(
                error <= max(tolerance, 1e-12) * followed.matrix.frobeniusNorm, "scale \(scale): \(error)")
            #expect(fresh.row(2) == followed.matrix.row(2))
            let restored = try AuxiliaryMatrix(
                restoring: followed.matrix, regularizer: regularizer, scale: scale, policy: policy)
            #expect(try restored.freshProximal() == fresh, "scale \(scale)")
        }
        let others = try AuxiliaryMatrix(
            restoring: randomMatrix(shape.d, shape.t, &generator), regularizer: Regularizer(.l21), scale: 0.5)
        #expect(try others.freshProximal() == others.proximal())
    }

    @Test("an age above half of the tasks, and a tolerance out of range, are refused")
    func policyBounds() throws {
        for age in [0, 68, 69] {
            #expect(try FactorPolicy(maximumAge: age, taskCount: 139).maximumAge == age)
        }
        let refusal = MultiTaskLearningError(code: .invalidParameter, message: "")
        for age in [-1, 70, 139] {
            let error = #expect(throws: refusal) { try FactorPolicy(maximumAge: age, taskCount: 139) }
            #expect(error?.message.contains("139 tasks, got \(age)") == true)
        }
        for tolerance in [-1e-9, 1, .infinity, .nan] {
            #expect(throws: refusal) {
                try FactorPolicy(tolerance: tolerance, maximumAge: 0, taskCount: 139)
            }
        }
    }

    @Test(
        "an old factor is exact for its own V, and for columns that moved since to a known multiple",
        arguments: shapes)
    func exactnessOfOldFactor(shape: (d: Int, t: Int)) throws {
        var generator = SeededGenerator(seed: 3)
        let policy = try FactorPolicy(maximumAge: 5, taskCount: 10)
        var auxiliary = try auxiliary(shape, policy: policy, &generator)
        for round in 0..<40 {
            change(&auxiliary, count: 5, &generator)
            var exact = try AuxiliaryMatrix(
                restoring: auxiliary.matrix, regularizer: auxiliary.regularizer, scale: auxiliary.scale,
                policy: FactorPolicy(tolerance: 0, maximumAge: 5, taskCount: 10))
            _ = try exact.proximalColumn(0)
            let refreshed = try #require(auxiliary.factorSnapshot()).refreshed()
            let isInstalled = auxiliary.install(refreshed)
            #expect(isInstalled, "round \(round)")
            let norm = auxiliary.matrix.frobeniusNorm
            // The same frozen map on both sides, on columns that move.
            for _ in 0..<5 {
                let task = generator.integer(below: 10)
                let before = auxiliary.matrix.column(task)
                let after = Vector.adding(randomVector(shape.d, &generator), scaledBy: 0.5, to: before)
                auxiliary.setColumn(task, to: after)
                exact.setColumn(task, to: after)
                let difference = Vector.norm(
                    Vector.subtracting(
                        try exact.proximalColumn(task), from: try auxiliary.proximalColumn(task)))
                let moved = Vector.norm(Vector.subtracting(before, from: after)) / auxiliary.scale
                #expect(difference <= FactorPolicy.defaultTolerance * norm * (1 + 2.0.squareRoot() * moved))
            }
            #expect(auxiliary.factorAge == 5)
        }
    }

    @Test("a factor computed from a snapshot gives the columns of the direct path", arguments: shapes)
    func snapshotEqualsDirect(shape: (d: Int, t: Int)) async throws {
        var generator = SeededGenerator(seed: 4)
        var direct = try auxiliary(shape, policy: .current, &generator)
        var detached = direct
        for round in 0..<60 {
            let size = round % 20 == 9 ? 3 : 0.02
            let count = 1 + generator.integer(below: 3)
            for _ in 0..<count {
                let task = generator.integer(below: 10)
                let step = Vector.scaled(randomVector(shape.d, &generator), by: size)
                let v = Vector.adding(step, to: direct.matrix.column(task))
                direct.setColumn(task, to: v)
                detached.setColumn(task, to: v)
            }
            let snapshot = try #require(detached.factorSnapshot())
            let refreshed = try await Task { try snapshot.refreshed() }.value
            let isInstalled = detached.install(refreshed)
            #expect(isInstalled, "round \(round)")
            #expect(detached.factorAge == 0)
            let columns = try proximalColumns(&detached)
            #expect(try proximalColumns(&direct) == columns, "round \(round)")
        }
        #expect(detached.factorCount == 60)
        #expect(detached.decompositionCount == direct.decompositionCount)
    }

    @Test("changes during a computation are not lost", arguments: shapes, [1, 5, 63, 64, 65, 100])
    func changesMeanwhile(shape: (d: Int, t: Int), count: Int) throws {
        var generator = SeededGenerator(seed: 5)
        let policy = try FactorPolicy(maximumAge: 5, taskCount: 10)
        var auxiliary = try auxiliary(shape, policy: policy, &generator)
        for _ in 0..<3 {
            change(&auxiliary, count: 2, &generator)
            let refreshed = try #require(auxiliary.factorSnapshot()).refreshed()
            change(&auxiliary, count: count, &generator)
            let isInstalled = auxiliary.install(refreshed)
            #expect(isInstalled)
            #expect(auxiliary.factorAge == count)
            change(&auxiliary, count: 6, &generator)
            // Too old now: computed directly, from what was installed and what came since.
            let expected = try auxiliary.proximal()
            let columns = try proximalColumns(&auxiliary)
            #expect(auxiliary.factorAge == 0)
            #expect(
                relativeDistance(columns.elements, expected.elements, to: auxiliary.matrix.elements)
                    <= FactorPolicy.defaultTolerance)
        }
    }

    @Test("the first factor may come from elsewhere while columns change", arguments: shapes)
    func firstFactorFromSnapshot(shape: (d: Int, t: Int)) throws {
        var generator = SeededGenerator(seed: 8)
        let policy = try FactorPolicy(maximumAge: 5, taskCount: 10)
        var auxiliary = try auxiliary(shape, policy: policy, &generator)
        for round in 0..<20 {
            let refreshed = try #require(auxiliary.factorSnapshot()).refreshed()
            #expect(refreshed.isDecomposed == (round == 0), "round \(round)")
            change(&auxiliary, count: 2, by: 1e-5, &generator)
            let isInstalled = auxiliary.install(refreshed)
            #expect(isInstalled)
            _ = try auxiliary.proximalColumn(0)
            #expect(auxiliary.factorAge == 2)
        }
    }

    @Test("a factor that is no newer than the one at hand is not taken", arguments: shapes)
    func outdatedFactor(shape: (d: Int, t: Int)) throws {
        var generator = SeededGenerator(seed: 6)
        var auxiliary = try auxiliary(shape, policy: .current, &generator)
        change(&auxiliary, &generator)
        let old = try #require(auxiliary.factorSnapshot()).refreshed()
        change(&auxiliary, &generator)
        let columns = try proximalColumns(&auxiliary)
        let isInstalled = auxiliary.install(old)
        #expect(!isInstalled)
        #expect(try proximalColumns(&auxiliary) == columns)
        #expect(auxiliary.factorCount == 1)
    }

    @Test(
        "a factor of before V was replaced or the scale changed is not taken, also where the scale is the same again",
        arguments: shapes, [true, false])
    func factorOfOtherScale(shape: (d: Int, t: Int), replacesMatrix: Bool) throws {
        var generator = SeededGenerator(seed: 9)
        let policy = try FactorPolicy(maximumAge: 5, taskCount: 10)
        var auxiliary = try auxiliary(shape, policy: policy, &generator)
        _ = try auxiliary.proximalColumn(0)
        change(&auxiliary, count: 3, by: 0.5, &generator)
        let old = try #require(auxiliary.factorSnapshot()).refreshed()
        if replacesMatrix {
            auxiliary.replace(by: auxiliary.matrix.scaled(by: 3), scale: auxiliary.scale)
        } else {
            let scale = auxiliary.scale
            auxiliary.setScale(2 * scale)
            #expect(!auxiliary.hasFactor)
            let isInstalledAtOther = auxiliary.install(old)
            #expect(!isInstalledAtOther)
            auxiliary.setScale(scale)
        }
        // As many changes as the old factor counts: by its number it could be of this V.
        change(&auxiliary, count: 4, by: 0.5, &generator)
        let isInstalled = auxiliary.install(old)
        #expect(!isInstalled && !auxiliary.hasFactor)
        let columns = try proximalColumns(&auxiliary)
        let expected = try auxiliary.proximal()
        #expect(
            relativeDistance(columns.elements, expected.elements, to: auxiliary.matrix.elements)
                <= FactorPolicy.defaultTolerance)
    }

    @Test(
        "what has become too inexact to follow is computed from V, at the second snapshot", arguments: shapes)
    func snapshotWithoutMatrix(shape: (d: Int, t: Int)) throws {
        var generator = SeededGenerator(seed: 10)
        let policy = try FactorPolicy(maximumAge: 5, taskCount: 10)
        var auxiliary = try auxiliary(shape, policy: policy, &generator)
        _ = try auxiliary.proximalColumn(0)
        let column = auxiliary.matrix.column(3)
        // There and back: squares of 1e18 leave the Gram matrix no digits of what V is now.
        auxiliary.setColumn(3, to: Vector.scaled(column, by: 1e9))
        auxiliary.setColumn(3, to: column)
        let first = try #require(auxiliary.factorSnapshot()).refreshed()
        let isFirstInstalled = auxiliary.install(first)
        #expect(!isFirstInstalled)
        #expect(auxiliary.factorAge == 2)
        change(&auxiliary, &generator)
        let second = try #require(auxiliary.factorSnapshot()).refreshed()
        #expect(second.isDecomposed)
        let isSecondInstalled = auxiliary.install(second)
        #expect(isSecondInstalled)
        #expect(auxiliary.factorAge == 0)
        let columns = try proximalColumns(&auxiliary)
        let expected = try auxiliary.proximal()
        #expect(
            relativeDistance(columns.elements, expected.elements, to: auxiliary.matrix.elements)
                <= FactorPolicy.defaultTolerance)
    }

    @Test(
        "the age that a study gets is an eighth of its tasks, within a bound of its own",
        arguments: [(1, 0), (7, 0), (8, 1), (127, 15), (128, 16), (100_000, 16)])
    func defaultAge(taskCount: Int, age: Int) throws {
        #expect(FactorPolicy.defaultMaximumAge(taskCount: taskCount) == age)
        #expect(try FactorPolicy(maximumAge: age, taskCount: taskCount).maximumAge == age)
    }

    @Test(
        "the Gram matrix is formed anew beyond the named number of changes",
        arguments: [(-1, 0), (0, 0), (1, 1)])
    func formingBound(offset: Int, formedCount: Int) throws {
        var generator = SeededGenerator(seed: 7)
        var auxiliary = try auxiliary((5, 400), policy: .current, &generator)
        _ = try auxiliary.proximalColumn(0)
        let count = auxiliary.decompositionCount
        let limit = MultiTaskLearningLimits.columnChangesBeforeGramIsFormed
        change(&auxiliary, count: limit + offset, by: 1e-6, &generator)
        _ = try auxiliary.proximalColumn(0)
        #expect(auxiliary.decompositionCount == count + formedCount)
    }

    @Test(
        "regularizers that are not of singular values, and a scale of 0, have no factor",
        arguments: RegularizerKind.allCases)
    func withoutFactor(kind: RegularizerKind) throws {
        let regularizer = try kind.example(taskCount: 4)
        let auxiliary = AuxiliaryMatrix(dimension: 3, taskCount: 4, regularizer: regularizer, scale: 1)
        #expect((auxiliary.factorSnapshot() != nil) == RegularizerKind.withFactor.contains(kind))
        #expect(auxiliary.factorAge == 0)
        let unscaled = AuxiliaryMatrix(dimension: 3, taskCount: 4, regularizer: regularizer, scale: 0)
        #expect(unscaled.factorSnapshot() == nil)
    }
}
