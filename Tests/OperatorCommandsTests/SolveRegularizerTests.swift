internal import ArgumentParser
internal import MultiTaskLearning
internal import OperatorCommands
internal import Reporting
internal import SeededRandom
internal import TestSupport
internal import Testing

@Suite struct SolveRegularizerTests {
    private func solve(_ arguments: [String]) throws -> JSONValue {
        let captured = CapturedStreams()
        try SolveCommand.parse(arguments + ["--json"]).run(captured.streams)
        return try captured.json()
    }

    /// Four tasks of two clusters, three features.
    private func problem(_ folder: TemporaryFolder, _ kind: RegularizerKind) throws -> [String] {
        var generator = SeededGenerator(seed: 9)
        var text = "task,x1,x2,x3,y\n"
        for index in 0..<60 {
            let x = (0..<3).map { _ in generator.normal() }
            let slope = index % 4 < 2 ? 1.0 : -1.0
            text +=
                "t\(index % 4),\(x[0]),\(x[1]),\(x[2]),\(slope * x[0] - x[1] + 0.3 * generator.normal())\n"
        }
        let file = try folder.write(text, to: "data.csv")
        return [
            "--data", file, "--task-column", "task", "--loss", "squared", "--lambda", "1.5", "--regularizer",
            kind.rawValue,
        ]
    }

    private func structure(_ kind: RegularizerKind, _ folder: TemporaryFolder) throws -> [String] {
        switch kind.requiredStructure {
        case .graph:
            let file = try folder.write("task,other\nt0,t1\nt2,t3\n", to: "graph.csv")
            return ["--set", "task_graph=\(file)"]
        case .covariance:
            let file = try folder.write(
                "task,t0,t1,t2,t3\nt0,1,0.5,0,0\nt1,0.5,1,0,0\nt2,0,0,1,0.5\nt3,0,0,0.5,1\n",
                to: "covariance.csv")
            return ["--set", "task_covariance=\(file)"]
        case nil: return []
        }
    }

    @Test(
        "every regularizer is solved to its certificate, with a ridge and without",
        arguments: RegularizerKind.allCases)
    func everyKind(kind: RegularizerKind) throws {
        let folder = try TemporaryFolder()
        let arguments = try problem(folder, kind) + structure(kind, folder)
        let plain = try solve(arguments)
        let ridged = try solve(arguments + ["--set", "added_ridge=0.5"])
        for json in [plain, ridged] {
            #expect(json["converged"] == true)
            #expect(try #require(json["relative_gap"]?.doubleValue) <= 1e-8)
            #expect(json["tasks"] == 4)
        }
        let cheaper = try #require(plain["objective"]?.doubleValue)
        #expect(try #require(ridged["objective"]?.doubleValue) > cheaper)
    }

    @Test("a setting without an option is given by --set, and a wrong one is refused")
    func settings() throws {
        let folder = try TemporaryFolder()
        let arguments = try problem(folder, .dirty)
        let standard = try #require(solve(arguments)["objective"]?.doubleValue)
        let dearer = try solve(arguments + ["--set", "row_weight=3", "--set", "element_weight=2"])
        #expect(try #require(dearer["objective"]?.doubleValue) > standard)
        #expect(throws: (any Error).self) { try solve(arguments + ["--set", "clusters=2"]) }
    }

    @Test("a graph of other tasks is refused by name")
    func foreignTask() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("task,other\nt0,t9\n", to: "graph.csv")
        let error = #expect(throws: (any Error).self) {
            try solve(problem(folder, .graph) + ["--set", "task_graph=\(file)"])
        }
        #expect("\(try #require(error))".contains("\"t9\""))
    }
}
