internal import ArgumentParser
internal import Configuration
internal import LocalFederation
internal import Reporting
internal import SeededRandom
internal import Studies
internal import Synchronization
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
        _ grid: String, overrides: [String] = [], trainsFinally: Bool = true, siteCount: Int? = 2,
        messages: TextOutput = CapturedStreams().streams.messages
    ) async throws -> SweepResult {
        let sweep = Sweep(
            path: study, overrides: overrides, grid: try LambdaGrid(grid), holdout: 0.3, siteCount: siteCount,
            weighting: .tasks, rule: .best, trainsFinally: trainsFinally, seed: 1,
            folder: RunFolder(folder.file("sweep")), programs: folder.path, readsInFlight: 1)
        return try await sweep.result(messages: messages)
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
        #expect(json["complete"] == true && json["final_failure"] == nil)
        #expect(result.shortfall == nil)
        #expect(final.localLambda == result.localLambda)
        #expect(json["final"]?["local_lambda"]?.doubleValue == json["local_only"]?["lambda"]?.doubleValue)
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
        #expect(result.shortfall?.code == .incompleteSweep)
        #expect(result.shortfall?.message == "1 of 2 values of lambda have no result: 10")
    }

    @Test("what has ended is written before the next federation begins, and a last one that fails is noted")
    func failedFinal() async throws {
        let counts = Mutex<[Int]>([])
        let messages = TextOutput { [folder] text in
            guard text.hasPrefix("lambda ") else { return }
            let json = try? JSONValue(parsing: contents(of: folder.file("sweep/sweep.json")))
            let isPartial = json?["complete"] == false
            let count = json?["trials"]?.elements?.count ?? 0
            counts.withLock { $0.append(isPartial ? count : 0) }
            // The last federation finds no study.
            if text.contains("on all training records") { try? folder.remove("study.yaml") }
        }
        let result = try await sweep("1,10", messages: messages)
        #expect(counts.withLock { $0 } == [0, 1, 2])
        #expect(result.trials.count == 2 && result.failures.isEmpty && result.final == nil)
        let failure = try #require(result.finalFailure)
        #expect(result.text.contains("the final run failed: \(failure)\n"))
        let shortfall = try #require(result.shortfall)
        #expect(shortfall.code == .incompleteSweep && shortfall.code.exitStatus == 3)
        for text in [failure, "--set lambda=\(LambdaGrid.text(result.lambda)) "] {
            #expect(shortfall.message.contains(text), "\(shortfall)")
        }
        let json = try JSONValue(parsing: contents(of: folder.file("sweep/sweep.json")))
        #expect(json == result.json && json["final_failure"]?.stringValue == failure)
    }

    @Test("a sweep that is cancelled in its last federation leaves what has ended")
    func cancelled() async throws {
        let running = Mutex<Task<Bool, any Error>?>(nil)
        let messages = TextOutput { text in
            if text.contains("on all training records") { running.withLock { $0 }?.cancel() }
        }
        let (gate, opening) = AsyncStream.makeStream(of: Void.self)
        let task = Task<Bool, any Error> {
            // Not before the task can be cancelled.
            for await _ in gate {}
            return try await sweep("1,10", messages: messages).final != nil
        }
        running.withLock { $0 = task }
        opening.finish()
        await #expect(throws: CancellationError.self) { try await task.value }
        let json = try JSONValue(parsing: contents(of: folder.file("sweep/sweep.json")))
        #expect(json["complete"] == false && json["trials"]?.elements?.count == 2)
        #expect(json["final"] == nil && json["final_failure"] == nil)
    }

    @Test("local-only models may have another lambda than the federation")
    func rivalLambda() throws {
        let studies = try [0.01, 1_000].map { lambda in
            try LocalStudy(
                StudyConfiguration.load(path: study, overrides: ["lambda=\(lambda)"]), siteCount: 2,
                command: "atoll sweep")
        }
        let trial = try SweepTrial(
            simulating: studies[0], rival: studies[1].study, seed: 1, readsInFlight: 1)
        #expect(trial.lambda == 0.01 && trial.localLambda == 1_000)
        for (task, score) in zip(studies[0].tasks, trial.scores) {
            let values = try studies.map { local in
                try task.score(of: LocalModel(of: task, study: local.study).weights).value
            }
            #expect(score.local == values[1] && values[0] != values[1])
        }
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

    private static let demo =
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/configs/demo.yaml"

    @Test(
        "a private study is swept by noisy scores and real processes alone",
        arguments: [
            (["privacy.score_noise_multiplier=20"], 1, "--simulated charges nothing"),
            ([], nil, "--set privacy.score_noise_multiplier="),
            (["privacy.score_noise_multiplier=20"], nil, "--set privacy.noise_multiplier="),
        ] as [([String], UInt64?, String)])
    func privateStudy(overrides: [String], seed: UInt64?, text: String) async throws {
        let sweep = Sweep(
            path: Self.demo, overrides: overrides, grid: try LambdaGrid("0.1,1,2"), holdout: 0.3,
            siteCount: 2,
            weighting: .tasks, rule: .best, trainsFinally: true, seed: seed,
            folder: RunFolder(folder.file("sweep")), programs: folder.path, readsInFlight: 1)
        let error = await #expect(throws: CommandError(.refusedStudy, "")) {
            try await sweep.result(messages: CapturedStreams().streams.messages)
        }
        #expect(error?.message.contains(text) == true, "\(error?.message ?? "")")
        #expect(try folder.names().contains("sweep") == false)
    }

    private func spending(
        _ overrides: [String] = [], lambdaCount: Int = 3, siteCount: Int? = nil
    ) throws -> SweepSpending? {
        let study = try StudyConfiguration.load(
            path: Self.demo, overrides: ["privacy.score_noise_multiplier=8"] + overrides)
        return try SweepSpending(
            LocalStudy(study, siteCount: siteCount, command: "atoll sweep").study, lambdaCount: lambdaCount,
            trainsFinally: true)
    }

    @Test("all federations and scores of a site are within its ceiling, or what would hold them is said")
    func ceiling() throws {
        let error = #expect(throws: CommandError.self) { try spending() }
        let message = try #require(error?.message)
        // 4 federations of 80 updates and a score.
        for text in ["3 values of lambda and the last run make 324 releases", "privacy.epsilon, 4.0"] {
            #expect(message.contains(text), "\(message)")
        }
        // Each fix that is named holds, and not for nothing.
        let words = message.split(separator: " ").map { $0.filter { $0 != "," } }
        let fixes = words.filter { $0.hasPrefix("privacy.") && $0.contains("=") }
        #expect(fixes.count == 3, "\(message)")
        let noise = try #require(try spending(Array(fixes.prefix(2))))
        #expect(noise.ceiling == 4 && noise.epsilon <= 4 && noise.epsilon > 3.95, "\(noise.epsilon)")
        let larger = try #require(try spending(Array(fixes.suffix(1))))
        #expect(larger.ceiling == larger.epsilon && larger.runCount == 4 && larger.releaseCount == 324)
        #expect(try spending(["privacy=null"]) == nil)
    }

    @Test("fewer values are offered where so many fit, and without a ceiling it is what all spend")
    func fewerValues() throws {
        let few = ["privacy.releases=20", "privacy.score_noise_multiplier=20"]
        #expect(try spending(few, lambdaCount: 2)?.runCount == 3)
        let error = #expect(throws: CommandError.self) { try spending(few, lambdaCount: 9) }
        let message = try #require(error?.message)
        let words = message.split(separator: " ")
        let place = try #require(words.firstIndex(of: "most"))
        let count = try #require(Int(words[place + 1]))
        #expect(try spending(few, lambdaCount: count) != nil, "\(message)")
        #expect(throws: CommandError(.refusedStudy, "")) { try spending(few, lambdaCount: count + 1) }
        // Two sites for five tasks: one has three.
        let whole = try #require(
            try spending(few + ["privacy.epsilon=null"], lambdaCount: 2, siteCount: 2))
        #expect(whole.releaseCount == 3 * 3 * 21 && whole.ceiling == whole.epsilon)
        #expect(whole.text.contains("at most 189 releases at a site"), "\(whole.text)")
    }

    @Test("too many sites are refused before the first federation")
    func tooManySites() async throws {
        let error = await #expect(throws: CommandError.self) { try await sweep("1", siteCount: 7) }
        #expect(error?.message.contains("at most --sites 6") == true)
    }
}
