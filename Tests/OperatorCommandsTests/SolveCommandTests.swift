internal import ArgumentParser
internal import Datasets
internal import LinearAlgebra
internal import MultiTaskLearning
internal import OperatorCommands
internal import Reporting
internal import SeededRandom
internal import TestSupport
internal import Testing

@Suite struct SolveCommandTests {
    /// Two tasks, one feature; least squares is exact with weights 2 and 1.
    private static let exact = "group,x,score\na,1,2\na,2,4\nb,1,1\nb,2,2\n"

    /// Runs the command on arguments and returns its JSON.
    private func solve(
        _ arguments: [String], _ captured: CapturedStreams = CapturedStreams()
    ) throws -> JSONValue {
        try SolveCommand.parse(arguments + ["--json"]).run(captured.streams)
        return try captured.json()
    }

    private func problem(_ file: String, _ line: String) -> [String] {
        ["--data", file] + line.split(separator: " ").map { String($0) }
    }

    // With sum x^2 = 5 a task's part is 5/2 (w - w*)^2 + lambda |w|: w = w* - lambda / 5.
    @Test(
        "a problem solved by hand",
        arguments: [
            ("--loss-scale sum --lambda 2.5", 6.25), ("--loss-scale mean --lambda 1.25", 3.125),
            ("--lambda 0", 0.0), ("--lambda 1e9", 12.5),
        ])
    func byHand(line: String, objective: Double) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Self.exact, to: "exact.csv")
        let json = try solve(
            problem(
                file,
                "--task-column group --target-column score --features raw --loss squared --regularizer l1 \(line)"
            ))
        let found = try #require(json["objective"]?.doubleValue)
        #expect(abs(found - objective) <= 1e-8 * max(objective, 1))
        #expect(json["converged"] == true)
        #expect(json["tasks"] == 2 && json["records"] == 4 && json["dimension"] == 1)
        #expect(json["nonzero_rows"] == (objective == 12.5 ? 0 : 1))
    }

    // Standardised x = -1, 0, 1 and y = 0, 2, 4: slope part (w - 2)^2 + 2 |w|, intercept part 3/2 (b - 2)^2
    // (+ 2 |b|).
    @Test("z-scores come with an intercept", arguments: [("", 19.0 / 3), ("--intercept unpenalized", 3.0)])
    func intercept(line: String, objective: Double) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("x,y\n10,0\n20,2\n30,4\n", to: "line.csv")
        let json = try solve(
            problem(file, "--features zscore --loss squared --regularizer l1 --lambda 2 \(line)"))
        let found = try #require(json["objective"]?.doubleValue)
        #expect(abs(found - objective) <= 1e-7)
        #expect(json["dimension"] == 2 && json["tasks"] == 1)
    }

    @Test("the result has exactly the documented keys, and the certificate holds")
    func keys() throws {
        let folder = try TemporaryFolder()
        let json = try solve(coupled(folder))
        guard case .object(let object) = json else {
            Issue.record("no object: \(json)")
            return
        }
        #expect(
            object.members.map(\.key) == [
                "objective", "lower_bound", "relative_gap", "rank", "nonzero_rows", "iterations", "seconds",
                "tasks",
                "records", "dimension", "converged",
            ])
        let objective = try #require(json["objective"]?.doubleValue)
        let bound = try #require(json["lower_bound"]?.doubleValue)
        let gap = try #require(json["relative_gap"]?.doubleValue)
        #expect(bound <= objective && gap <= 1e-8 && abs(gap - (objective - bound) / objective) <= 1e-15)
    }

    /// A problem whose tasks the nuclear norm couples.
    private func coupled(_ folder: TemporaryFolder) throws -> [String] {
        var generator = SeededGenerator(seed: 7)
        var text = "task,x1,x2,x3,y\n"
        for index in 0..<60 {
            let x = (0..<3).map { _ in generator.normal() }
            let y = x[0] - x[1] + 0.3 * generator.normal() + Double(index % 4)
            text += "t\(index % 4),\(x[0]),\(x[1]),\(x[2]),\(y)\n"
        }
        return problem(
            try folder.write(text, to: "coupled.csv"),
            "--task-column task --loss squared --regularizer nuclear --lambda 1.5")
    }

    @Test("a study file and the same options give the same numbers")
    func studyFile() throws {
        let folder = try TemporaryFolder()
        let options = try solve(coupled(folder))
        let study = try folder.write(
            """
            name: coupled
            data: {path: coupled.csv, task_column: task}
            loss: squared
            regularizer: nuclear
            lambda: 99
            eta: 0.01
            stop: {epochs: 1}
            """, to: "study.yaml")
        let json = try solve(["--study", study, "--set", "lambda=1.5"])
        for key in ["objective", "lower_bound", "rank", "iterations"] { #expect(json[key] == options[key]) }
        #expect(json["objective"] != (try solve(["--study", study]))["objective"])
    }

    @Test("fewer iterations than the gap needs: the result, then the error with a status of its own")
    func gapNotReached() throws {
        let folder = try TemporaryFolder()
        let captured = CapturedStreams()
        #expect(throws: CommandError(.gapNotReached, "")) {
            try solve(coupled(folder) + ["--iterations", "1", "--gap", "1e-12"], captured)
        }
        let json = try captured.json()
        #expect(json["converged"] == false && json["iterations"] == 1)
        #expect(try #require(json["relative_gap"]?.doubleValue) > 1e-12)
        #expect(captured.messages.contains("solve"))
    }

    @Test("the text for people has the objective and no message")
    func text() throws {
        let folder = try TemporaryFolder()
        let captured = CapturedStreams()
        let command = try SolveCommand.parse(coupled(folder))
        try command.run(captured.streams)
        let objective = try command.result().solution.objective
        #expect(captured.results.hasPrefix("objective      \(objective)\n"))
        #expect(captured.results.contains("converged      yes\n"))
    }

    @Test("the model is written as safetensors, a vector a task, and as one npy array")
    func model() throws {
        let folder = try TemporaryFolder()
        let arguments = try coupled(folder)
        let w = try SolveCommand.parse(arguments).result().solution.w
        for ending in ["safetensors", "npy"] {
            _ = try solve(arguments + ["--model", "\(folder.path)/model.\(ending)"])
        }
        let file = try SafeTensors(bytes: FileContents.read(path: folder.path + "/model.safetensors"))
        #expect(file.tensors.map(\.name) == ["t0", "t1", "t2", "t3"])
        for (index, tensor) in file.tensors.enumerated() { #expect(tensor.elements == w.column(index)) }
        #expect(file.metadata["features"] == #"["x1","x2","x3"]"#)
        let array = try FileContents.read(path: folder.path + "/model.npy")
        #expect(array == NumPyArrayFile.bytes(w))
    }

    @Test("a model that cannot be put where it is wanted is refused before anything is solved")
    func unwritableModel() throws {
        let folder = try TemporaryFolder()
        let arguments = try coupled(folder)
        let file = try folder.write("", to: "file")
        for path in ["\(folder.path)/absent/model.npy", "\(file)/model.npy", "/proc/self/fdinfo/x/model.npy"]
        {
            let captured = CapturedStreams()
            #expect(throws: CommandError(.unusableInput, "")) {
                try SolveCommand.parse(arguments + ["--model", path]).run(captured.streams)
            }
            #expect(captured.results.isEmpty && captured.messages.isEmpty)
        }
    }

    @Test("a result whose model cannot be written is printed nevertheless")
    func lostModel() throws {
        let folder = try TemporaryFolder()
        let captured = CapturedStreams()
        // A name longer than file systems take: the folder is fine, the file is not.
        let path = "\(folder.path)/\(String(repeating: "m", count: 300)).npy"
        #expect(throws: (any Error).self) {
            try SolveCommand.parse(coupled(folder) + ["--json", "--model", path]).run(captured.streams)
        }
        #expect(try captured.json()["converged"] == true)
    }

    @Test("the covariance of the tasks that is learned with the models is in the result")
    func covariance() throws {
        let folder = try TemporaryFolder()
        let json = try solve(coupled(folder).map { $0 == "nuclear" ? "learned-covariance" : $0 })
        let rows = try #require(json["task_covariance"]?.elements).map { row in
            (row.elements ?? []).compactMap(\.doubleValue)
        }
        #expect(rows.count == 4 && rows.allSatisfy { $0.count == 4 })
        let trace = rows.indices.reduce(0) { $0 + rows[$1][$1] }
        #expect(abs(trace - 1) < 1e-12)
        // The tasks' models are alike.
        #expect(rows[0][1] > 0 && rows[0][1] == rows[1][0])
    }

    @Test("labels of another kind, absent files and columns, and studies without data are named")
    func refusals() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(Self.exact, to: "exact.csv")
        let logistic = problem(
            file, "--task-column group --target-column score --loss logistic --regularizer l1 --lambda 1")
        #expect(throws: DatasetsError(.invalidLabel, "")) { try solve(logistic) }
        let column = problem(file, "--task-column nobody --loss squared --regularizer l1 --lambda 1")
        #expect(throws: DatasetsError(.missingColumn, "")) { try solve(column) }
        let absent = problem(file + "x", "--loss squared --regularizer l1 --lambda 1")
        #expect(throws: CommandError(.unusableInput, "")) { try solve(absent) }
        let study = try folder.write(
            """
            name: deployed
            tasks: [{name: a, site: s}]
            dimension: 3
            loss: squared
            regularizer: l1
            lambda: 1
            eta: 0.1
            stop: {epochs: 1}
            """, to: "study.yaml")
        #expect(throws: CommandError(.unusableInput, "")) { try solve(["--study", study]) }
    }

    private static let schoolFile = SharedFiles.path("data/school/school.csv")

    @Test(
        "the School reference optima, to 1e-8", .enabled(if: schoolFile != nil, "skipped: no data"),
        arguments: [
            ("--features raw --loss-scale sum --regularizer nuclear --lambda 100", 725844.6778, 14),
            ("--features raw --loss-scale sum --regularizer nuclear --lambda 1", 665421.3083, 16),
            ("--features raw --loss-scale sum --regularizer l21 --lambda 10", 674696.2207, nil),
            ("--features zscore --loss-scale sum --regularizer nuclear --lambda 100", 704454.5245, nil),
            ("--features zscore --loss-scale mean --regularizer l21 --lambda .5", 6055.39358, nil),
        ])
    func school(line: String, objective: Double, rank: Int?) throws {
        let file = try #require(Self.schoolFile)
        let json = try solve(
            problem(file, "--task-column task --target-column y --loss squared --gap 1e-8 \(line)"))
        let found = try #require(json["objective"]?.doubleValue)
        let bound = try #require(json["lower_bound"]?.doubleValue)
        #expect(abs(found - objective) <= 1e-8 * objective && bound <= objective * (1 + 1e-8), "\(found)")
        #expect(json["tasks"] == 139 && json["records"] == 15_362 && json["converged"] == true)
        if let rank { #expect(json["rank"] == JSONValue(rank)) }
        if line.contains("raw"), line.contains("l21") { #expect(json["nonzero_rows"] == 20) }
    }
}
