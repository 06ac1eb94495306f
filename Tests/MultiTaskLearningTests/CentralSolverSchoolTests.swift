internal import LinearAlgebra
internal import MultiTaskLearning
internal import Testing

/// Optima of the School data certified elsewhere by a feasible dual value, printed to ten or nine digits.
@Suite("Central solver on School", .enabled(if: SolverSchoolData.isPresent, "skipped: no data"))
struct CentralSolverSchoolTests {
    struct Reference: Sendable, CustomTestStringConvertible {
        var kind: RegularizerKind
        var lambda: Double
        var zScored: Bool
        var scale: LossScale
        var optimum: Double
        var rank: Int?
        var nonZeroRowCount: Int?
        var testDescription: String { "\(kind.rawValue) \(lambda), z-scored \(zScored), \(scale.rawValue)" }
    }

    static let references = [
        Reference(kind: .nuclear, lambda: 1, zScored: false, scale: .sum, optimum: 665421.3083, rank: 16),
        Reference(kind: .nuclear, lambda: 100, zScored: false, scale: .sum, optimum: 725844.6778, rank: 14),
        Reference(
            kind: .l21, lambda: 10, zScored: false, scale: .sum, optimum: 674696.2207, nonZeroRowCount: 20),
        Reference(kind: .nuclear, lambda: 100, zScored: true, scale: .sum, optimum: 704454.5245),
        Reference(kind: .l21, lambda: 0.5, zScored: true, scale: .mean, optimum: 6055.39358),
    ]

    @Test("the certified optimum is reached to a relative gap of 1e-8", arguments: references)
    func reachesReference(_ reference: Reference) throws {
        let tasks = try SolverSchoolData.tasks(zScored: reference.zScored, scale: reference.scale)
        let solution = try CentralSolver(regularizer: Regularizer(reference.kind), lambda: reference.lambda)
            .solve(tasks)
        let gap = try #require(solution.relativeGap)
        let lowerBound = try #require(solution.lowerBound)
        // The last printed digit of the references is worth less than 1e-9 of them.
        let printed = 1e-9 * reference.optimum
        #expect(solution.isConverged)
        #expect(gap <= 1e-8)
        // 40 to 70 where this was written: far more would mean that scale or acceleration are at fault.
        #expect(solution.iterations <= 150)
        #expect(solution.objective >= reference.optimum - printed)
        #expect(solution.objective <= reference.optimum * (1 + 1e-8) + printed)
        #expect(lowerBound <= reference.optimum + printed)
        #expect(lowerBound >= reference.optimum * (1 - 1e-8) - printed)
        if let rank = reference.rank { #expect(solution.rank == rank) }
        if let rows = reference.nonZeroRowCount { #expect(solution.nonZeroRowCount == rows) }
    }

    @Test("W = 0 is optimal just above the critical lambda and not just below")
    func criticalLambda() throws {
        let tasks = try SolverSchoolData.tasks(zScored: false, scale: .sum)
        for (kind, critical) in [(RegularizerKind.nuclear, 1398894.639), (.l21, 1216156.69)] {
            let above = try CentralSolver(regularizer: Regularizer(kind), lambda: critical * 1.000001)
                .solve(tasks)
            #expect(above.objective == 4_501_717)
            #expect(above.rank == 0)
            #expect(above.isConverged)
            let below = try CentralSolver(regularizer: Regularizer(kind), lambda: critical * 0.999)
                .solve(tasks)
            #expect(below.rank == 1)
            #expect(below.isConverged)
            #expect(try #require(below.lowerBound) < 4_501_717)
        }
    }

    @Test("gaps down to 1e-11 are certified on raw, badly conditioned features")
    func smallGap() throws {
        let tasks = try SolverSchoolData.tasks(zScored: false, scale: .sum)
        let solution = try CentralSolver(
            regularizer: Regularizer(.nuclear), lambda: 100, relativeGap: 1e-11
        ).solve(tasks)
        #expect(solution.isConverged)
        #expect(try #require(solution.relativeGap) <= 1e-11)
    }

    @Test("the local model of one school by ridge is certified at once, intercept free or not")
    func localModel() throws {
        let tasks = try SolverSchoolData.tasks(zScored: true, scale: .sum)
        for rows in [[], [28]] {
            let solver = try CentralSolver(
                regularizer: Regularizer(.ridge, unpenalizedRows: rows), lambda: 1e-3, relativeGap: 1e-11)
            let solution = try solver.solve([tasks[75]])
            #expect(solution.isConverged)
            #expect(solution.iterations <= 3)
        }
    }
}
