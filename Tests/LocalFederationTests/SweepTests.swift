internal import LocalFederation
internal import PrivacyAccounting
internal import Reporting
internal import TestSupport
internal import Testing

/// `atoll sweep` with real processes on bundled data.
@Suite(.timeLimit(.minutes(5)))
struct SweepTests {
    private func sweep(_ arguments: [String], in folder: TemporaryFolder) async throws -> TestProcess.Ending {
        try await TestProcess(
            [
                "sweep", "configs/demo.yaml", "--runs", folder.path, "--set", "data.train_fraction=0.1",
            ] + LocalRun.withoutNoise.flatMap { ["--set", $0] } + arguments, in: folder
        ).ending()
    }

    @Test(
        "each lambda's run scores records that it did not train on, and the last one those that none has seen"
    )
    func digits() async throws {
        let temporary = try TemporaryFolder()
        let ending = try await sweep(
            ["--lambda", "0.01,0.05", "--set", "stop={residual: 3e-3, epochs: 300}", "--json"], in: temporary)
        #expect(ending.exitCode == 0, "\(ending.messages)")
        let result = try JSONValue(parsing: Array(ending.output.utf8))
        let folder = temporary.file("demo-sweep")
        #expect(try JSONValue(parsing: contents(of: folder + "/sweep.json")) == result)
        let trials = try #require(result["trials"]?.elements)
        #expect(trials.map { $0["lambda"]?.doubleValue } == [0.01, 0.05])
        let scores = try trials.map { try #require($0["score"]?.doubleValue) }
        let chosen = try #require(result["lambda"]?.doubleValue)
        #expect(chosen == (scores[0] > scores[1] ? 0.01 : 0.05))
        for (trial, name) in zip(trials, ["lambda-0.01", "lambda-0.05"]) {
            #expect(trial["folder"]?.stringValue == "\(folder)/\(name)")
            try expectTasks(of: trial, train: 29, scored: { $0 == 7 })
        }
        let final = try #require(result["final"])
        #expect(final["lambda"]?.doubleValue == chosen && final["folder"]?.stringValue == folder + "/final")
        try expectTasks(of: final, train: 36, scored: { $0 >= 320 })
    }

    private func expectTasks(of trial: JSONValue, train: Int, scored: (Int) -> Bool) throws {
        let tasks = try #require(trial["tasks"]?.elements)
        #expect(tasks.count == 5)
        for task in tasks {
            #expect(task["held_out"] == true && scored(task["records"]?.integerValue ?? 0), "\(task)")
            #expect(task["local_score"]?.doubleValue != nil)
        }
        let path = try #require(trial["folder"]?.stringValue)
        let summary = try JSONValue(parsing: contents(of: path + "/summary.json"))
        for task in try #require(summary["tasks"]?.elements) {
            #expect(task["train_records"]?.integerValue == train && task["than_local"] != nil)
        }
        #expect(FileContents.isReadable(path + "/report.html"))
    }

    @Test("a private sweep charges each run and score to one ledger a site, and an audit finds them all")
    func privateDigits() async throws {
        let temporary = try TemporaryFolder()
        let arguments = [
            "sweep", "configs/demo.yaml", "--runs", temporary.path, "--lambda", "0.01,0.05", "--json",
        ]
        let settings = ["releases=4", "noise_multiplier=20", "score_noise_multiplier=10"].flatMap {
            ["--set", "privacy." + $0]
        }
        let ending = try await TestProcess(arguments + settings, in: temporary).ending()
        #expect(ending.exitCode == 0, "\(ending.messages)")
        #expect(ending.messages.contains("3 runs with at most 15 releases at a site"), "\(ending.messages)")
        let result = try JSONValue(parsing: Array(ending.output.utf8))
        let folder = RunFolder(temporary.file("demo-sweep"))
        #expect(try JSONValue(parsing: contents(of: folder.path + "/sweep.json")) == result)
        let trials = try #require(result["trials"]?.elements)
        let scores = try trials.map { try #require($0["score"]?.doubleValue) }
        let chosen = try #require(result["lambda"]?.doubleValue)
        #expect(chosen == (scores[0] > scores[1] ? 0.01 : 0.05))
        let final = try #require(result["final"])
        for trial in trials + [final] {
            #expect(trial["reason"]?.stringValue == "budgets spent" && trial["local_score"] == nil)
            let path = try #require(trial["folder"]?.stringValue)
            for site in 1...5 {
                let summary = try JSONValue(
                    parsing: contents(of: "\(path)/sites/site-\(site)/summary.json"))
                let task = try #require(summary["tasks"]?.elements?.first)
                #expect(task["score"]?["noisy"] == true && task["loss"] == nil)
                let held = try #require(task["score"]?["records"]?.integerValue)
                #expect(held == task["test_records"]?.integerValue && held > 40)
            }
        }
        // What a site spent is what 12 updates and 3 scores cost.
        let spendings = try #require(result["privacy"]?.elements)
        let mu = 2 * (12 / (20.0 * 20) + 3 / (10.0 * 10)).squareRoot()
        let exact = GaussianPrivacy.epsilon(delta: 1e-5, mu: mu)
        #expect(spendings.count == 5)
        for spending in spendings {
            #expect(spending["releases"] == 15 && spending["is_private"] == true)
            #expect(spending["epsilon_ceiling"]?.doubleValue == 4)
            #expect(abs((spending["epsilon"]?.doubleValue ?? 0) / exact - 1) < 1e-9)
        }
        let audited = try await TestProcess(
            ["verify", folder.path, "--json"], program: "atoll-audit", in: temporary
        ).ending()
        #expect(audited.exitCode == 0, "\(audited.output)\(audited.messages)")
        let ledgers = try #require(try JSONValue(parsing: Array(audited.output.utf8))["ledgers"]?.elements)
        #expect(ledgers.count == 5)
        for ledger in ledgers {
            #expect(ledger["charged"] == 15 && ledger["received"] == 12, "\(ledger)")
            #expect(ledger["spent_without_receipt"] == 3 && ledger["of_other_runs"] == 0, "\(ledger)")
        }
    }

    @Test("a private sweep that its ceiling does not hold is refused before it starts, with what would")
    func privateCeiling() async throws {
        let temporary = try TemporaryFolder()
        let ending = try await TestProcess(
            [
                "sweep", "configs/demo.yaml", "--runs", temporary.path, "--lambda", "0.01,0.05", "--set",
                "privacy.score_noise_multiplier=20",
            ], in: temporary
        ).ending()
        #expect(ending.exitCode == 1 && ending.output.isEmpty, "\(ending.messages)")
        for text in ["above privacy.epsilon, 4.0", "--set privacy.noise_multiplier=33."] {
            #expect(ending.messages.contains(text), "\(ending.messages)")
        }
        #expect(try !temporary.names().contains("demo-sweep"))
    }

    @Test("a folder that is there is not touched, and programs that are not there are named")
    func refusals() async throws {
        let temporary = try TemporaryFolder()
        try temporary.write("older", to: "mine/note")
        let taken = try await sweep(["--lambda", "1", "--name", "mine"], in: temporary)
        #expect(taken.exitCode == 1 && taken.messages.contains("is there already"), "\(taken.messages)")
        let missing = try await sweep(["--lambda", "1,2", "--programs", temporary.path], in: temporary)
        #expect(missing.exitCode == 1 && missing.output.isEmpty)
        for text in ["no lambda has a result; lambda 1:", temporary.file("atoll-aggregator"), "--programs"] {
            #expect(missing.messages.contains(text), "\(missing.messages)")
        }
    }
}
