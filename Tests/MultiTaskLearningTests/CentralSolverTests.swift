internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom
internal import Testing

@Suite("Central solver")
struct CentralSolverTests {
    @Test(
        "every pair of loss and regularizer reaches a certified gap, and no point lies below the bound",
        arguments: RegularizerKind.allCases, SolverRandomProblem.Losses.allCases)
    func certifies(_ kind: RegularizerKind, _ losses: SolverRandomProblem.Losses) throws {
        for seed in UInt64(1)...3 {
            for (scale, lambda) in [(LossScale.sum, 2.0), (.mean, 0.1)] {
                for rows in [[], [0]] {
                    var generator = SeededGenerator(seed: seed)
                    let tasks = try SolverRandomProblem.tasks(losses, scale: scale, using: &generator)
                    let regularizer = try kind.example(taskCount: 4, unpenalizedRows: rows)
                    let solution = try CentralSolver(regularizer: regularizer, lambda: lambda).solve(tasks)
                    let lowerBound = try #require(solution.lowerBound)
                    let name = "\(scale.rawValue), unpenalized \(rows), seed \(seed)"
                    #expect(solution.isConverged, "\(name)")
                    #expect(try #require(solution.relativeGap) <= 1e-8, "\(name)")
                    let own = try SolverRandomProblem.objective(
                        tasks, regularizer, lambda: lambda, at: solution.w)
                    #expect(abs(own - solution.objective) <= 1e-12 * own, "\(name)")
                    for exponent in -6...1 {
                        let direction = Matrix(
                            rowCount: 5, columnCount: 4,
                            elements: SolverRandomProblem.normals(20, &generator))
                        let w = solution.w.adding(direction, scaledBy: power(ofTen: exponent))
                        let value = try SolverRandomProblem.objective(
                            tasks, regularizer, lambda: lambda, at: w)
                        #expect(value >= lowerBound, "\(name)")
                    }
                }
            }
        }
    }

    @Test("tasks with fewer records than features", arguments: RegularizerKind.allCases)
    func wide(_ kind: RegularizerKind) throws {
        for losses in SolverRandomProblem.Losses.allCases {
            // Too few records determine no common shift and no logistic intercept: the problem has no minimum.
            if [.mean, .graph, .temporal, .pairwise].contains(kind) && losses != .squared { continue }
            var generator = SeededGenerator(seed: 11)
            let tasks = try SolverRandomProblem.tasks(
                losses, scale: .sum, dimension: 12, isWide: true, using: &generator)
            let regularizer = try kind.example(taskCount: 4)
            let solution = try CentralSolver(regularizer: regularizer, lambda: 0.5).solve(tasks)
            #expect(solution.isConverged, "\(losses.rawValue)")
        }
    }

    @Test("lambda = 0 is one least-squares or maximum-likelihood problem a task")
    func noPenalty() throws {
        var generator = SeededGenerator(seed: 21)
        let tasks = try SolverRandomProblem.tasks(.mixed, scale: .sum, dimension: 3, using: &generator)
        let solution = try CentralSolver(regularizer: Regularizer(.nuclear), lambda: 0).solve(tasks)
        #expect(solution.isConverged)
        for (index, task) in tasks.enumerated() {
            let gradient = task.gradient(at: solution.w.column(index))
            #expect(Vector.norm(gradient) <= 1e-9 * Vector.norm(task.gradient(at: [0, 0, 0])))
        }
    }

    @Test("data that fit exactly end at rounding, not at the iteration limit")
    func exactFit() throws {
        let features = Matrix(columns: [[1, 1, 1, 1], [0, 1, 2, 3]])
        let line = try TaskObjective(features: features, targets: [3, 5, 7, 9], loss: .squared, scale: .sum)
        let solution = try CentralSolver(regularizer: Regularizer(.ridge), lambda: 0).solve([line])
        #expect(solution.isConverged)
        #expect(solution.objective <= 1e-20)
        let labels = try TaskObjective(
            features: features, targets: [0, 0, 1, 1], loss: .logistic, scale: .sum)
        let separated = try CentralSolver(regularizer: Regularizer(.ridge), lambda: 0).solve([labels])
        #expect(separated.objective <= 1e-10)
    }

    @Test(
        "a gap that rounding hides is not called converged, whatever the objective at the start",
        arguments: [RegularizerKind.ridge, .nuclear])
    func roundingIsNoConvergence(_ kind: RegularizerKind) throws {
        var count = 0
        for exponent in -12...0 {
            let noise = power(ofTen: exponent)
            let tasks = try [1.0, 2].map { slope in
                try TaskObjective(
                    features: Matrix(columns: [[1, 1, 1, 1], [0, 1, 2, 3]]),
                    targets: zip([0.0, 1, 2, 3], [1.0, -1, -1, 1]).map {
                        1e6 * (1 + slope * $0) + noise * $1
                    },
                    loss: .squared, scale: .sum)
            }
            let solution = try CentralSolver(
                regularizer: Regularizer(kind), lambda: kind == .ridge ? 0 : 1e-9 * noise, relativeGap: 1e-9,
                iterationLimit: 500
            ).solve(tasks)
            let gap = try #require(solution.relativeGap)
            #expect(solution.isConverged == (gap <= 1e-9), "noise \(noise), gap \(gap)")
            if !solution.isConverged { count += 1 }
        }
        #expect(count > 0)
    }

    @Test("features that say nothing leave W at zero", arguments: RegularizerKind.allCases)
    func zeroFeatures(_ kind: RegularizerKind) throws {
        for lambda in [1e-12, 1, 1e12] {
            let tasks = try [LossKind.squared, .logistic].map {
                try TaskObjective(
                    features: Matrix(rowCount: 4, columnCount: 3), targets: [0, 1, 1, 0], loss: $0,
                    scale: .sum)
            }
            let regularizer = try kind.example(taskCount: 2)
            let solution = try CentralSolver(regularizer: regularizer, lambda: lambda).solve(tasks)
            #expect(solution.isConverged)
            #expect(solution.w == Matrix(rowCount: 3, columnCount: 2))
            #expect(solution.rank == 0)
        }
    }

    @Test("ridge of one task solves the normal equations")
    func normalEquations() throws {
        var generator = SeededGenerator(seed: 31)
        let task = try SolverRandomProblem.tasks(.squared, scale: .sum, taskCount: 1, using: &generator)[0]
        var normal = task.features.gramian(ofRows: false)
        for row in 0..<5 { normal[row, row] += 0.7 }
        let right = task.features.multiplied(by: task.targets, transposed: true)
        let expected = try CholeskyFactor(normal).solve(right)
        let solution = try CentralSolver(regularizer: Regularizer(.ridge), lambda: 0.7).solve([task])
        #expect(Vector.norm(Vector.subtracting(expected, from: solution.w.elements)) <= 1e-12)
    }

    @Test("the elastic net ends in l1 and in ridge, and l21 of one task is l1")
    func reductions() throws {
        for losses in SolverRandomProblem.Losses.allCases {
            var generator = SeededGenerator(seed: 41)
            let tasks = try SolverRandomProblem.tasks(losses, scale: .sum, using: &generator)
            try expectEqual(tasks, Regularizer(.elasticNet, [.l1Ratio: 1]), Regularizer(.l1))
            try expectEqual(tasks, Regularizer(.elasticNet, [.l1Ratio: 0]), Regularizer(.ridge))
            try expectEqual([tasks[1]], Regularizer(.l21), Regularizer(.l1))
        }
    }

    @Test("weights and lambda times two double the objective and keep the weights of the model")
    func scaling() throws {
        var generator = SeededGenerator(seed: 51)
        let tasks = try SolverRandomProblem.tasks(.mixed, scale: .mean, using: &generator)
        let doubled = try tasks.map {
            try TaskObjective(
                features: $0.features, targets: $0.targets, loss: $0.loss, scale: $0.scale,
                weight: 2 * $0.weight)
        }
        let regularizer = try Regularizer(.nuclear)
        let one = try CentralSolver(regularizer: regularizer, lambda: 0.1, relativeGap: 1e-11).solve(tasks)
        let two = try CentralSolver(regularizer: regularizer, lambda: 0.2, relativeGap: 1e-11).solve(doubled)
        #expect(abs(two.objective - 2 * one.objective) <= 1e-10 * two.objective)
        #expect(one.w.adding(two.w, scaledBy: -1).frobeniusNorm <= 1e-4 * one.w.frobeniusNorm)
    }

    @Test("the iteration limit ends the search with a valid bound", arguments: [1, 9, 10, 11])
    func iterationLimit(_ limit: Int) throws {
        for kind in [RegularizerKind.nuclear, .l1] {
            var generator = SeededGenerator(seed: 61)
            let tasks = try SolverRandomProblem.tasks(.mixed, scale: .sum, using: &generator)
            let regularizer = try Regularizer(kind)
            let full = try CentralSolver(regularizer: regularizer, lambda: 1).solve(tasks)
            let cut = try CentralSolver(
                regularizer: regularizer, lambda: 1, relativeGap: 1e-15, iterationLimit: limit
            ).solve(tasks)
            #expect(!cut.isConverged)
            #expect(cut.iterations == limit)
            #expect(cut.objective >= full.objective * (1 - 1e-8))
            #expect(try #require(cut.lowerBound) <= full.objective)
        }
    }

    @Test("progress never gets worse, and what it throws ends the search")
    func progress() throws {
        struct Cancelled: Error {}
        for kind in [RegularizerKind.nuclear, .l1, .ridge] {
            var generator = SeededGenerator(seed: 71)
            let tasks = try SolverRandomProblem.tasks(.mixed, scale: .sum, using: &generator)
            let solver = try CentralSolver(regularizer: Regularizer(kind), lambda: 1)
            var seen: [SolverProgress] = []
            let solution = try solver.solve(tasks) { seen.append($0) }
            #expect(seen.count >= 2)
            for (earlier, later) in zip(seen, seen.dropFirst()) {
                #expect(later.objective <= earlier.objective)
                #expect(try #require(later.lowerBound) >= #require(earlier.lowerBound))
                #expect(later.iterations >= earlier.iterations)
            }
            #expect(seen.last?.objective == solution.objective)
            #expect(seen.last?.relativeGap == solution.relativeGap)
            #expect(throws: Cancelled.self) { try solver.solve(tasks) { _ in throw Cancelled() } }
        }
    }

    @Test("numbers out of range are refused")
    func invalidParameters() throws {
        let regularizer = try Regularizer(.nuclear)
        let expected = MultiTaskLearningError(code: .invalidParameter, message: "")
        for lambda in [-1, -Double.leastNonzeroMagnitude, .nan, .infinity] {
            #expect(throws: expected) { try CentralSolver(regularizer: regularizer, lambda: lambda) }
        }
        for gap in [0, -1e-8, .nan, .infinity] {
            #expect(throws: expected) {
                try CentralSolver(regularizer: regularizer, lambda: 1, relativeGap: gap)
            }
        }
        #expect(throws: expected) {
            try CentralSolver(regularizer: regularizer, lambda: 1, iterationLimit: 0)
        }
    }

    @Test("tasks that do not fit together are refused")
    func invalidTasks() throws {
        var generator = SeededGenerator(seed: 81)
        let expected = MultiTaskLearningError(code: .shapeMismatch, message: "")
        let solver = try CentralSolver(regularizer: Regularizer(.nuclear), lambda: 1)
        let five = try SolverRandomProblem.tasks(.squared, scale: .sum, using: &generator)
        let six = try SolverRandomProblem.tasks(.squared, scale: .sum, dimension: 6, using: &generator)
        #expect(throws: expected) { try solver.solve([]) }
        #expect(throws: expected) { try solver.solve(five + six) }
        for (row, fits) in [(4, true), (5, false)] {
            let rows = try CentralSolver(
                regularizer: Regularizer(.l21, unpenalizedRows: [row]), lambda: 1)
            if fits { _ = try rows.solve(five) } else { #expect(throws: expected) { try rows.solve(five) } }
        }
    }

    private func expectEqual(_ tasks: [TaskObjective], _ left: Regularizer, _ right: Regularizer) throws {
        let one = try CentralSolver(regularizer: left, lambda: 0.8, relativeGap: 1e-10).solve(tasks)
        let two = try CentralSolver(regularizer: right, lambda: 0.8, relativeGap: 1e-10).solve(tasks)
        #expect(abs(one.objective - two.objective) <= 2e-10 * one.objective)
    }

    private func power(ofTen exponent: Int) -> Double {
        (0..<abs(exponent)).reduce(1.0) { value, _ in exponent < 0 ? value / 10 : value * 10 }
    }
}
