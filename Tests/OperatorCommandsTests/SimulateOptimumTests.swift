internal import ArgumentParser
internal import Configuration
internal import LocalFederation
internal import Reporting
internal import TestSupport
internal import Testing

@testable internal import OperatorCommands

/// What becomes of a file's optimum where `--set` changes its problem.
@Suite struct SimulateOptimumTests {
    private let folder: TemporaryFolder
    private let study: String

    init() throws {
        folder = try TemporaryFolder()
        study = try SmallStudy.write(to: folder, settings: "optimum: 1000", "stop: {epochs: 20}")
    }

    private func simulate(_ settings: String...) throws -> (json: JSONValue, messages: String) {
        let captured = CapturedStreams()
        try SimulateCommand.parse([study, "--json"] + settings.flatMap { ["--set", $0] })
            .run(captured.streams)
        return (try captured.json(), captured.messages)
    }

    @Test("the simulation solves a changed problem itself, and says that the file's optimum is left out")
    func changed() throws {
        let (json, messages) = try simulate("lambda=2")
        #expect(messages.contains("warning: optimum 1000.0 is left out"))
        #expect(messages.contains("--set lambda changes the problem"))
        let optimum = try #require(json["optimum"]?.doubleValue)
        let solved = try simulate("lambda=2", "optimum=null")
        #expect(optimum != 1_000 && solved.json["optimum"]?.doubleValue == optimum)
        #expect(!solved.messages.contains("warning"))
    }

    @Test("another method, or an optimum with the change, is measured against what stands there")
    func kept() throws {
        for settings in [("splitting=backward-forward", "eta=0.001"), ("mode=synchronous", "lambda=1.0")] {
            let (json, messages) = try simulate(settings.0, settings.1)
            #expect(json["optimum"]?.doubleValue == 1_000 && !messages.contains("warning"), "\(settings)")
        }
        let (json, messages) = try simulate("lambda=2", "optimum=3")
        #expect(json["optimum"]?.doubleValue == 3 && !messages.contains("warning"))
    }

    @Test("a run says it before anything else, and so does a check of the study")
    func runAndCheck() async throws {
        let warning = "warning: optimum 1000.0 is left out"
        let captured = CapturedStreams()
        let changed = try StudyConfiguration.load(path: study, overrides: ["data=null"])
        let run = FederationRun(
            study: changed, siteCount: nil, folder: RunFolder(folder.path + "/run"), programs: folder.path,
            readsInFlight: 1, comparison: .none)
        await #expect(throws: CommandError(.refusedStudy, "")) {
            _ = try await run.result(messages: captured.streams.messages)
        }
        #expect(captured.messages.hasPrefix(warning))
        #expect(try StudyCheck(path: study, overrides: ["lambda=2"]).text.contains(warning))
        #expect(try !StudyCheck(path: study, overrides: ["stop.epochs=9"]).text.contains(warning))
    }
}
