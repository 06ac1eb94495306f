internal import Datasets
internal import LinearAlgebra
internal import Testing

@Suite struct SyntheticProblemTests {
    private typealias Shape = SyntheticProblem.Shape

    @Test("true models have the rank asked for and targets follow them", arguments: [1, 2, 3] as [UInt64])
    func regression(seed: UInt64) throws {
        let shape = Shape(taskCount: 6, dimension: 8, recordCount: 12, rank: 2)
        let problem = try SyntheticProblem(shape: shape, target: .regression(noiseDeviation: 0), seed: seed)
        let values = try SingularValueDecomposition(problem.weights).values
        #expect(values[1] > 1e-3, "seed \(seed)")
        #expect(values[2] < 1e-12 * values[0], "seed \(seed)")
        #expect(problem.dataset.tasks.map(\.name) == ["1", "2", "3", "4", "5", "6"])
        for (index, task) in problem.dataset.tasks.enumerated() {
            let predicted = task.features.multiplied(by: problem.weights.column(index))
            for (left, right) in zip(predicted, task.targets) { #expect(abs(left - right) < 1e-12) }
        }
    }

    @Test("noise has the deviation asked for and features are standard normal")
    func noise() throws {
        let shape = Shape(taskCount: 1, dimension: 5, recordCount: 20_000, rank: 1)
        let problem = try SyntheticProblem(shape: shape, target: .regression(noiseDeviation: 0.5), seed: 7)
        let task = problem.dataset.tasks[0]
        let predicted = task.features.multiplied(by: problem.weights.column(0))
        let errors = zip(predicted, task.targets).map { $0 - $1 }
        let squares = errors.reduce(0) { $0 + $1 * $1 }
        // The estimate's own deviation is 0.25 * sqrt(2 / 20000) = 0.0025; five of them.
        #expect(abs(squares / 20_000 - 0.25) < 0.0125)
        // Likewise for 100,000 features: deviations 0.0032 of the mean and 0.0045 of the mean square.
        let features = task.features.elements
        let mean = features.reduce(0, +) / 100_000
        let meanSquare = features.reduce(0) { $0 + $1 * $1 } / 100_000
        #expect(abs(mean) < 0.016)
        #expect(abs(meanSquare - 1) < 0.0225)
    }

    @Test("labels are 0 and 1, and 1 as often as the model says")
    func classification() throws {
        let shape = Shape(taskCount: 2, dimension: 3, recordCount: 5_000, rank: 1)
        let problem = try SyntheticProblem(shape: shape, target: .classification, seed: 3)
        for (index, task) in problem.dataset.tasks.enumerated() {
            #expect(task.targets.allSatisfy { $0 == 0 || $0 == 1 })
            let scores = task.features.multiplied(by: problem.weights.column(index))
            let right = zip(scores, task.targets).filter { ($0 > 0) == ($1 == 1) }.count
            #expect(right > 2_500)
        }
    }

    @Test("a seed gives one problem; more tasks change none of the first")
    func reproducibility() throws {
        func problem(_ taskCount: Int, _ seed: UInt64) throws -> SyntheticProblem {
            try SyntheticProblem(
                shape: Shape(taskCount: taskCount, dimension: 4, recordCount: 5, rank: 2),
                target: .regression(noiseDeviation: 1), seed: seed)
        }
        #expect(try problem(3, 1).dataset == problem(3, 1).dataset)
        #expect(try problem(3, 1).dataset != problem(3, 2).dataset)
        #expect(try Array(problem(7, 1).dataset.tasks[..<3]) == problem(3, 1).dataset.tasks)
    }

    @Test(
        "impossible sizes are refused",
        arguments: [
            Shape(taskCount: 0, dimension: 2, recordCount: 2, rank: 1),
            Shape(taskCount: 2, dimension: 0, recordCount: 2, rank: 1),
            Shape(taskCount: 2, dimension: 2, recordCount: 0, rank: 1),
            Shape(taskCount: 2, dimension: 2, recordCount: 2, rank: 0),
            Shape(taskCount: 2, dimension: 3, recordCount: 2, rank: 3),
            Shape(taskCount: .max, dimension: 3, recordCount: 2, rank: 1),
        ])
    func shapes(shape: SyntheticProblem.Shape) {
        #expect(throws: DatasetsError(.invalidParameter, "")) {
            try SyntheticProblem(shape: shape, target: .classification, seed: 1)
        }
    }

    @Test("too many values and impossible noise are refused")
    func limits() {
        #expect(throws: DatasetsError(.tooLarge, "")) {
            try SyntheticProblem(
                shape: Shape(
                    taskCount: 65_536, dimension: 65_536, recordCount: DatasetsLimits.valueCount, rank: 1),
                target: .classification, seed: 1)
        }
        for deviation in [-1, .nan, .infinity] as [Double] {
            #expect(throws: DatasetsError(.invalidParameter, "")) {
                try SyntheticProblem(
                    shape: Shape(taskCount: 1, dimension: 1, recordCount: 1, rank: 1),
                    target: .regression(noiseDeviation: deviation), seed: 1)
            }
        }
    }
}
