internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom
internal import Testing

@Suite struct CovarianceAlternationTests {
    @Test(
        "the published alternation ends where the squared nuclear norm does",
        arguments: SolverRandomProblem.Losses.allCases, [[], [0]])
    func agrees(losses: SolverRandomProblem.Losses, rows: [Int]) throws {
        for (lambda, ridge) in [(0.5, 0), (4, 0), (2, 0.3)] {
            var generator = SeededGenerator(seed: 7)
            let tasks = try SolverRandomProblem.tasks(losses, scale: .sum, using: &generator)
            let regularizer = try Regularizer(
                .learnedCovariance, [.addedRidge: ridge], unpenalizedRows: rows)
            let direct = try CentralSolver(regularizer: regularizer, lambda: lambda).solve(tasks)
            var seen: [SolverProgress] = []
            let turns = try CovarianceAlternation(
                regularizer: regularizer, lambda: lambda, relativeGap: 1e-3, roundLimit: 300
            ).solve(tasks) { seen.append($0) }
            #expect(turns.iterations == seen.count && turns.iterations > 1)
            #expect((turns.objective - direct.objective).magnitude <= 2e-3 * direct.objective)
            #expect(try #require(turns.lowerBound) <= direct.objective * (1 + 1e-8))
            for (earlier, later) in zip(seen, seen.dropFirst()) {
                #expect(later.objective <= earlier.objective)
            }
        }
    }

    @Test("the limit of rounds ends it with a valid bound", arguments: [1, 2])
    func roundLimit(limit: Int) throws {
        var generator = SeededGenerator(seed: 8)
        let tasks = try SolverRandomProblem.tasks(.squared, scale: .sum, using: &generator)
        let regularizer = try Regularizer(.learnedCovariance)
        let direct = try CentralSolver(regularizer: regularizer, lambda: 2).solve(tasks)
        let turns = try CovarianceAlternation(
            regularizer: regularizer, lambda: 2, relativeGap: 1e-9, roundLimit: limit
        ).solve(tasks)
        #expect(!turns.isConverged && turns.iterations == limit)
        #expect(turns.objective >= direct.objective * (1 - 1e-8))
        #expect(try #require(turns.lowerBound) <= direct.objective)
    }

    @Test("another regularizer and numbers out of range are refused")
    func refusals() throws {
        let expected = MultiTaskLearningError(code: .invalidParameter, message: "")
        func make(
            _ kind: RegularizerKind, lambda: Double = 1, gap: Double = 1e-6, rounds: Int = 1
        ) throws {
            _ = try CovarianceAlternation(
                regularizer: Regularizer(kind), lambda: lambda, relativeGap: gap, roundLimit: rounds)
        }
        #expect(throws: Never.self) { try make(.learnedCovariance) }
        #expect(throws: expected) { try make(.nuclear) }
        for lambda in [0, -1, Double.nan, .infinity] {
            #expect(throws: expected) { try make(.learnedCovariance, lambda: lambda) }
        }
        for gap in [0, Double.nan] {
            #expect(throws: expected) { try make(.learnedCovariance, gap: gap) }
        }
        #expect(throws: expected) { try make(.learnedCovariance, rounds: 0) }
    }

    @Test("the covariance of a model that is zero is that of independent tasks")
    func zeroModel() throws {
        let covariance = try TaskRelationship.covariance(of: Matrix(rowCount: 3, columnCount: 4))
        for row in 0..<4 {
            for column in 0..<4 { #expect(covariance[row, column] == (row == column ? 0.25 : 0)) }
        }
    }
}
