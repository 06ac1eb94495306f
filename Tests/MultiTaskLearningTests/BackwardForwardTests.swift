internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom
internal import Testing

@Suite struct BackwardForwardTests {
    @Test("a step by hand")
    func byHand() throws {
        // gradient at p = (1, 1): x (x.p - y) = (1, 2) * (3 - 1) = (2, 4).
        let task = try TaskObjective(
            features: Matrix(columns: [[1], [2]]), targets: [1], loss: .squared, scale: .sum)
        let u = try BackwardForward(eta: 0.25).siteStep(from: [1, 1], objective: task)
        #expect(u == [0.5, 0])
        #expect(BackwardForward.relaxed(v: [0, 8], u: [4, 0], relaxation: 0.5) == [2, 4])
        #expect(BackwardForward.relaxed(v: [0, 8], u: [4, 0], relaxation: 1) == [4, 0])
        #expect(BackwardForward.residual(v: [3, 0], u: [0, 4]) == 5)
    }

    @Test("the step bound follows the worst task")
    func stepBound() {
        #expect(BackwardForward.stepBound(lipschitzConstants: [1, 8, 2]) == 0.25)
        #expect(BackwardForward.stepBound(lipschitzConstants: [0]) == .infinity)
    }

    @Test("an eta that is not positive and finite is refused", arguments: [0, -1, Double.nan, .infinity])
    func badEta(_ eta: Double) {
        #expect(throws: MultiTaskLearningError(code: .invalidParameter, message: "")) {
            try BackwardForward(eta: eta)
        }
    }

    @Suite(.enabled(if: RandomRegressionData.path != nil, "skipped: no data"))
    struct PublishedData {
        private let tasks: [TaskObjective]
        private let constant: Double

        init() throws {
            tasks = try RandomRegressionData.load(#require(RandomRegressionData.path))
            constant = try tasks.map { try $0.lipschitzConstant() }.max() ?? 0
        }

        @Test("the data's Lipschitz constant and objective at 0 are the published ones")
        func constants() {
            #expect(tasks.map(\.recordCount) == [100, 200, 180, 250])
            #expect((constant - 10.133686904).magnitude < 1e-9)
            let zero = [Double](repeating: 0, count: 50)
            #expect((tasks.reduce(0) { $0 + $1.value(at: zero) } - 386.1166399).magnitude < 1e-7)
        }

        // Optima certified by a dual value, given with 6 or 7 decimals.
        private static let optima = [
            (0.03, 276.443374), (0.1, 277.7207294), (0.3, 281.3002306), (1, 293.0721276), (3, 321.2543388),
        ]

        @Test("tasks in turn, fresh columns, reach the certified optimum", arguments: optima)
        func reachesOptimum(lambda: Double, optimum: Double) throws {
            let splitting = try BackwardForward(eta: 1.9 / constant)
            var auxiliary = AuxiliaryMatrix(
                dimension: 50, taskCount: 4, regularizer: try Regularizer(.nuclear),
                scale: splitting.eta * lambda)
            for _ in 0..<400 {
                for task in tasks.indices {
                    let p = try auxiliary.proximalColumn(task)
                    let u = splitting.siteStep(from: p, objective: tasks[task])
                    let v = auxiliary.matrix.column(task)
                    auxiliary.setColumn(task, to: BackwardForward.relaxed(v: v, u: u, relaxation: 0.9))
                }
            }
            let w = try auxiliary.proximal()
            let value = try tasks.indices.reduce(lambda * Regularizer(.nuclear).value(w)) {
                $0 + tasks[$1].value(at: w.column($1))
            }
            // Half of the last digit given, and 1e-10 of the value for what 400 rounds leave.
            let allowed = (optimum == 276.443374 ? 5e-7 : 5e-8) + 1e-10 * optimum
            #expect((value - optimum).magnitude < allowed)
        }

        @Test("tasks at random, columns up to 8 updates old, reach the optimum within ARock's bound")
        func reachesOptimumWhenStale() throws {
            var generator = SeededGenerator(seed: 21)
            let splitting = try BackwardForward(eta: 1.9 / constant)
            let relaxation = ArockRelaxation.bound(maximumDelay: 8, taskCount: 4, c: 0.9)
            var auxiliary = AuxiliaryMatrix(
                dimension: 50, taskCount: 4, regularizer: try Regularizer(.nuclear),
                scale: splitting.eta * 0.3)
            var past = [try auxiliary.proximal()]
            for _ in 0..<12000 {
                let task = generator.integer(below: 4)
                let p = past[generator.integer(below: past.count)].column(task)
                let u = splitting.siteStep(from: p, objective: tasks[task])
                let v = auxiliary.matrix.column(task)
                auxiliary.setColumn(task, to: BackwardForward.relaxed(v: v, u: u, relaxation: relaxation))
                past = past.suffix(8) + [try auxiliary.proximal()]
            }
            let w = try auxiliary.proximal()
            let value = try tasks.indices.reduce(0.3 * Regularizer(.nuclear).value(w)) {
                $0 + tasks[$1].value(at: w.column($1))
            }
            #expect((value - 281.3002306).magnitude < 1e-8 * 281)
        }
    }
}
