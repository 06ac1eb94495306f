internal import Configuration
internal import Datasets
internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning
internal import Reporting
internal import Studies
internal import TestSupport
internal import Testing

@testable internal import LocalFederation
@testable internal import OperatorCommands

/// What a run says at its end, from folders that were written by hand.
@Suite struct RunResultTests {
    /// A study of a squared and a logistic task, whose processes have ended.
    private func mixedRun(
        localFactor: Double = 1, isHeldOut: Bool = true, lambda: Int = 2,
        aggregator changes: [String: JSONValue] = [:]
    ) throws -> RunResult {
        let folder = try TestSupport.TemporaryFolder()
        try folder.write(
            """
            name: mixed
            tasks:
              - {name: height, site: north}
              - {name: illness, site: south, loss: logistic}
            dimension: 2
            loss: squared
            regularizer: nuclear
            lambda: \(lambda)
            eta: 0.1
            stop: {residual: 1e-3, updates: 100}

            """, to: "study.yaml")
        var aggregator: JSONValue = [
            "reason": "residual", "updates": 40, "epochs": 20, "staleness_mean": 1, "staleness_max": 2,
            "bytes_up": 4096,
        ]
        if case .object(var fields) = aggregator {
            for (key, value) in changes { fields[key] = value }
            aggregator = .object(fields)
        }
        try folder.write(aggregator.text, to: "aggregator/summary.json")
        for (site, task, metric, value) in [
            ("north", "height", "rmse", 1.5), ("south", "illness", "accuracy", 0.75),
        ] {
            let model = try SafeTensors(tensors: [SafeTensors.Tensor(name: task, vector: [1, 2])])
            try folder.write(model.bytes, to: "sites/\(site)/model.safetensors")
            let score: JSONValue = [
                "metric": JSONValue(metric), "value": JSONValue(value), "records": 4,
                "held_out": JSONValue(isHeldOut),
            ]
            var localScore = score
            if case .object(var fields) = score {
                // One's solver reached its gap, the other's did not.
                fields["converged"] = JSONValue(task == "height")
                fields["value"] = JSONValue(value * localFactor)
                localScore = .object(fields)
            }
            let entry: JSONValue = [
                "task": JSONValue(task), "train_records": 36, "test_records": 4, "loss": 3, "score": score,
                "local_score": localScore,
            ]
            let summary: JSONValue = ["site": JSONValue(site), "tasks": [entry]]
            try folder.write(summary.text, to: "sites/\(site)/summary.json")
        }
        return try RunResult(
            study: StudyConfiguration.load(path: folder.file("study.yaml")), folder: RunFolder(folder.path),
            outcome: LocalFederation.Outcome(wallSeconds: 6.25, restartCount: 0))
    }

    @Test("a study that mixes losses says of every score what it measures")
    func mixedLosses() throws {
        let result = try mixedRun()
        #expect(
            result.text.hasPrefix(
                """
                site   task     records  metric     Atoll
                -----  -------  -------  --------  ------
                north  height      36+4  rmse      1.5000
                south  illness     36+4  accuracy  0.7500
                scores: accuracy, rmse on held-out records; records: for training + held out

                """), "\(result.text)")
    }

    @Test("a run whose steps were beyond ARock's bound says so", arguments: [true, false])
    func relaxationBeyondBound(isExceeded: Bool) throws {
        let result = try mixedRun(aggregator: [
            "relaxation_max": 0.9, "arock_bound": 0.125, "arock_exceeded": JSONValue(isExceeded),
        ])
        #expect(result.json["arock_exceeded"] == JSONValue(isExceeded))
        #expect(result.text.contains("0.9, beyond ARock's bound of 0.125") == isExceeded, "\(result.text)")
    }

    @Test("tasks that do worse than local only are said to, beside their score and in the summary")
    func worseThanLocal() throws {
        let equal = try mixedRun()
        #expect(
            equal.json["local_comparison"]
                == ["better": 0, "equal": 2, "worse": 0, "worse_tasks": [], "not_held_out": 0])
        #expect(equal.json["advice"] == .null)
        let run = try mixedRun(localFactor: 1.01)
        // An error of 1.5 beside 1.515 is better, an accuracy of 0.75 beside 0.7575 worse.
        #expect(
            run.json["local_comparison"]
                == ["better": 1, "equal": 0, "worse": 1, "worse_tasks": ["illness"], "not_held_out": 0])
        #expect(run.json["advice"]?.stringValue?.hasPrefix("On 1 of 2 tasks") == true)
        let entries = try #require(run.json["tasks"]?.elements)
        #expect(entries.map { $0["than_local"]?.stringValue } == ["better", "worse"])
    }

    @Test("scores on training records are not compared, and it is said what to hold out")
    func trainingScores() throws {
        var run = try mixedRun(localFactor: 1.01, isHeldOut: false)
        let prepared = try tasks(of: run.study)
        let solver = try CentralSolver(
            regularizer: run.study.coupling(dimension: 2, tasks: prepared.map(\.name.rawValue)),
            lambda: run.study.lambda, relativeGap: 1e-6, iterationLimit: 1)
        run.compare(with: try solver.solve(prepared.map(\.objective)), tasks: prepared)
        #expect(
            run.json["local_comparison"]
                == ["better": 0, "equal": 0, "worse": 0, "worse_tasks": [], "not_held_out": 2])
        let advice = try #require(run.json["advice"]?.stringValue)
        #expect(advice.contains("data.train_fraction") && !advice.contains("Share less"), "\(advice)")
        let entries = try #require(run.json["tasks"]?.elements)
        #expect(entries.allSatisfy { $0["than_local"] == nil })
        #expect(run.text.contains(advice + "\n") && !run.text.contains("Atoll is"), "\(run.text)")
    }

    @Test("local-only models of another lambda are scored in place of the sites' own")
    func rivalLambda() throws {
        var run = try mixedRun()
        let prepared = try tasks(of: run.study)
        let rival = try mixedRun(lambda: 1_000).study
        #expect(run.json["local_lambda"] == nil)
        try run.compare(withLocalModelsOf: rival, tasks: prepared)
        #expect(run.json["local_lambda"]?.doubleValue == 1_000)
        let expected = try prepared.map { task in
            try task.score(of: LocalModel(of: task, study: rival).weights).value
        }
        let entries = try #require(run.json["tasks"]?.elements)
        #expect(entries.compactMap { $0["local_score"]?["value"]?.doubleValue } == expected)
    }

    @Test("scores of solvers that did not reach their gap are marked", arguments: [1, 5_000])
    func unconverged(iterationLimit: Int) throws {
        var result = try mixedRun()
        let tasks = try tasks(of: result.study)
        let solver = try CentralSolver(
            regularizer: result.study.coupling(dimension: 2, tasks: tasks.map(\.name.rawValue)),
            lambda: result.study.lambda, relativeGap: 1e-6, iterationLimit: iterationLimit)
        let solution = try solver.solve(tasks.map(\.objective))
        #expect(solution.isConverged == (iterationLimit > 1))
        result.compare(with: solution, tasks: tasks)
        let entries = try #require(result.json["tasks"]?.elements)
        #expect(entries.map { $0["local_score"]?["converged"] } == [true, false])
        let isConverged = JSONValue(solution.isConverged)
        #expect(entries.map { $0["all_data_score"]?["converged"] } == [isConverged, isConverged])
        #expect(entries.allSatisfy { $0["score"]?["converged"] == nil })
        let rows = result.text.split(separator: "\n").filter { $0.contains("36+4") }
        #expect(
            rows.map { $0.split(separator: " ").count { $0.hasPrefix("~") } }
                == (iterationLimit > 1 ? [0, 1] : [1, 2]))
        #expect(result.text.contains("~ the solver did not reach its gap"))
    }

    @Test(
        "a summary of the aggregator without a count is no result",
        arguments: ["updates", "staleness_max", "bytes_up"], [.null, 2.5, "many"] as [JSONValue])
    func missingCount(key: String, value: JSONValue) throws {
        let error = #expect(throws: LocalFederationError(.resultMissing, "")) {
            try mixedRun(aggregator: [key: value])
        }
        #expect(error?.message.contains("/aggregator/summary.json: '\(key)'") == true)
    }

    /// Records of a study's two tasks.
    private func tasks(of study: StudyConfiguration) throws -> [StudyTask] {
        let features = Matrix(columns: [[1, 2, 3, -1], [0.5, -1, 2, 1]])
        let data = [
            TaskData(name: "height", features: features, targets: [1, 3, 2, -2]),
            TaskData(name: "illness", features: features, targets: [1, 0, 1, 0]),
        ]
        return try StudyData.prepare(
            Dataset(tasks: data, featureNames: ["a", "b"]), study: study,
            split: DataConfiguration(layout: .files([])))
    }
}
