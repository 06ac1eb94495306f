internal import Configuration
internal import LocalFederation
internal import Reporting
internal import SeededRandom
internal import TestSupport
internal import Testing

@testable internal import OperatorCommands

/// Sweeps on a virtual clock.
@Suite struct SweepTests {
    private let folder: TestSupport.TemporaryFolder
    private let study: String

    init() throws {
        folder = try TestSupport.TemporaryFolder()
        // Six noisy tasks of one direction: strong sharing is right.
        var random = SeededGenerator(seed: 1)
        var records = "task,x1,x2,x3,y\n"
        for task in 0..<6 {
            for _ in 0..<20 {
                let x = (0..<3).map { _ in random.normal() }
                let y = Double(task + 1) * (x[0] + x[1] - x[2]) + 2 * random.normal()
                records += "t\(task),\(x[0]),\(x[1]),\(x[2]),\(y)\n"
            }
        }
        _ = try folder.write(records, to: "records.csv")
        study = try folder.write(
            """
            name: small
            data: {path: records.csv, task_column: task, train_fraction: 0.5}
            loss: squared
            regularizer: nuclear
            lambda: 1
            splitting: douglas-rachford
            stop: {residual: 1e-6, epochs: 300}
            """, to: "study.yaml")
    }

    private func sweep(
        _ grid: String, overrides: [String] = [], trainsFinally: Bool = true, siteCount: Int? = 2
    ) async throws -> SweepResult {
        let sweep = Sweep(
            path: study, overrides: overrides, grid: try LambdaGrid(grid), holdout: 0.3, siteCount: siteCount,
            weighting: .tasks, rule: .best, trainsFinally: trainsFinally, seed: 1,
            folder: RunFolder(folder.file("sweep")), programs: folder.path, readsInFlight: 1)
        return try await sweep.result(messages: CapturedStreams().streams.messages)
    }

    @Test("the best of the validation scores is chosen, and the test records are scored once, at the end")
    func choice() async throws {
        let result = try await sweep("0.1,5,1000")
        #expect(result.trials.count == 3 && result.failures.isEmpty)
        let means = result.scores.means.compactMap { $0 }
        #expect(means.count == 3 && means[result.choice] == means.min())
        for trial in result.trials {
            #expect(trial.scores.map(\.recordCount) == [Int](repeating: 3, count: 6))
            #expect(trial.scores.allSatisfy { $0.isHeldOut && $0.local != nil } && trial.reason == "residual")
        }
        let final = try #require(result.final)
        #expect(
            final.lambda == result.lambda && final.scores.map(\.recordCount) == [Int](repeating: 10, count: 6)
        )
        let json = try JSONValue(parsing: contents(of: folder.file("sweep/sweep.json")))
        #expect(json == result.json && json["lambda"]?.doubleValue == result.lambda)
        #expect(json["final"]?["tasks"]?.elements?.count == 6 && json["edge"] == .null)
        #expect(result.text.contains("\n*  "), "\(result.text)")
        #expect(
            result.text.contains("30 % of the training records") && result.text.contains("lower is better"))
    }

    @Test("the same seed gives the same sweep")
    func reproducible() async throws {
        let first = try await sweep("1,10", trainsFinally: false)
        #expect(try await sweep("1,10", trainsFinally: false).json == first.json)
        #expect(first.final == nil && first.json["edge"] != .null && first.text.contains("try beyond it"))
    }

    @Test("a federation without a result is named in text and JSON")
    func failures() async throws {
        let whole = try await sweep("1,10", trainsFinally: false)
        let result = SweepResult(
            study: whole.study, trials: [whole.trials[0]], failures: [(10, "a process ended")], holdout: 0.3,
            weighting: .tasks, rule: .best, folder: "/nowhere", isSimulated: true)
        #expect(result.lambda == 1 && result.text.contains("lambda 10 failed: a process ended\n"))
        #expect(result.json["failures"] == [["lambda": 10.0, "message": "a process ended"]])
    }

    @Test("a study that holds nothing out is refused with the fix, unless only the choice is wanted")
    func noTestRecords() async throws {
        let whole = ["data.train_fraction=1"]
        let error = await #expect(throws: CommandError.self) { try await sweep("1", overrides: whole) }
        #expect(error?.code == .refusedStudy)
        for text in ["--set data.train_fraction=0.7", "--choose-only"] {
            #expect(error?.message.contains(text) == true)
        }
        let result = try await sweep("1", overrides: whole, trainsFinally: false)
        #expect(result.trials[0].scores.map(\.recordCount) == [Int](repeating: 6, count: 6))
    }

    @Test(
        "what every federation would refuse is refused before the first",
        arguments: [
            ("data=null", "no data section"), ("data.train_fraction=0.05", "two training records"),
            ("splitting=backward-forward", "eta"), ("lambda=fast", "lambda"),
        ])
    func refusals(setting: String, text: String) async throws {
        let error = await #expect(throws: (any Error).self) { try await sweep("1,2", overrides: [setting]) }
        #expect("\(error.map { "\($0)" } ?? "")".contains(text), "\(error.map { "\($0)" } ?? "")")
        #expect(!FileContents.isReadable(folder.file("sweep/sweep.json")))
    }

    @Test("too many sites are refused before the first federation")
    func tooManySites() async throws {
        let error = await #expect(throws: CommandError.self) { try await sweep("1", siteCount: 7) }
        #expect(error?.message.contains("at most --sites 6") == true)
    }
}
