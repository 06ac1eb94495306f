internal import Datasets
internal import Experiments
internal import MultiTaskLearning
internal import Testing

@Suite("Methods on a virtual clock")
struct TimedRunTests {
    private static func problem() throws -> Problem {
        let synthetic = try SyntheticProblem(
            shape: SyntheticProblem.Shape(taskCount: 4, dimension: 4, recordCount: 20, rank: 2),
            target: .regression(noiseDeviation: 0.5), seed: 1)
        return try Problem(
            synthetic.dataset, loss: .squared, regularizer: Regularizer(.nuclear), lambda: 1)
    }

    @Test("a barrier takes the sum of the largest delays, none takes the largest sum")
    func iterations() throws {
        let problem = try Self.problem()
        let delays: [[Duration]] = [[1, 5], [4, 1], [2, 2], [1, 1]].map { $0.map { .seconds($0) } }
        let goal = TimedRun.Goal(iterations: 2, epochLimit: 20)
        let barrier = try TimedRun(.smtl, on: problem, delays: delays, goal: goal)
        let free = try TimedRun(.amtl, on: problem, delays: delays, goal: goal)
        #expect(barrier.secondsOfIterations == 9)
        #expect(free.secondsOfIterations == 6)
        #expect(barrier.fewestUpdates == 2 && free.fewestUpdates >= 2)
    }

    @Test(
        "every method reaches the optimum, and says when",
        arguments: [
            Method.smtl, .amtl, .boundedAMTL, .douglasRachford, .synchronousDouglasRachford,
        ])
    func suboptimality(method: Method) throws {
        let problem = try Self.problem()
        let delays = DelayModel(offset: 1, randomMean: 1).traces(
            stepSeconds: [0, 0, 0, 0], count: 64, seed: 2)
        let run = try TimedRun(
            method, on: problem, delays: delays,
            goal: TimedRun.Goal(suboptimality: 1e-6, epochLimit: 3_000))
        let seconds = [1e-2, 1e-4, 1e-6].map { run.seconds(to: $0) }
        #expect(seconds.allSatisfy { $0 != nil }, "\(method.name): \(seconds)")
        #expect(seconds.map { $0 ?? 0 } == seconds.map { $0 ?? 0 }.sorted())
        #expect(run.seconds(to: 1e-30) == nil)
    }

    @Test("one update at a time: the same seed gives the same course")
    func arrivals() throws {
        let problem = try Self.problem()
        let runs = try [1, 1, 2].map { seed in
            try ArrivalRun(.douglasRachford, on: problem, seed: UInt64(seed), epochLimit: 100)
        }
        #expect(runs[0].points.map(\.relativeSuboptimality) == runs[1].points.map(\.relativeSuboptimality))
        #expect(runs[0].points.map(\.relativeSuboptimality) != runs[2].points.map(\.relativeSuboptimality))
        #expect(runs[0].epochs(to: 1e-8) != nil)
    }
}
