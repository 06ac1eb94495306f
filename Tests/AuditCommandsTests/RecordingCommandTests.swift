internal import ArgumentParser
internal import AuditCommands
internal import CommandLineTools
internal import Reporting
internal import TestSupport
internal import Testing

@Suite("atoll-audit noise-test and canary")
struct RecordingCommandTests {
    private static let recording = "sites/north/recording-run-1-task-1.rec"

    private func noiseTest(
        _ run: PlantedRun, _ arguments: [String] = []
    ) throws -> (text: String, status: Int32) {
        let command = try NoiseTestCommand.parse([run.folder.path] + arguments)
        return RunFixture.run { try command.run($0) }
    }

    private func canary(
        _ run: PlantedRun, _ arguments: [String] = []
    ) throws -> (text: String, status: Int32) {
        let command = try CanaryCommand.parse([run.folder.path] + arguments)
        return RunFixture.run { try command.run($0) }
    }

    private func bytes(_ run: PlantedRun) throws -> [UInt8] {
        try FileContents.read(path: run.folder.file(Self.recording))
    }

    @Test("an honest run in words and in JSON")
    func honest() throws {
        let run = try PlantedRun(seed: 30, isSampled: true)
        let (text, status) = try noiseTest(run)
        #expect(status == 0)
        for words in [
            " \(Self.recording)\n", "p - 0.125 * 0.75 * noisy mean\n",
            "  variance of one release's noise", ", the smallest of 40\n", "sizes of samples near the middle",
            "a test fails below p = 1.9", "verdict: sound\n", "does not prove the claim",
        ] {
            #expect(text.contains(words), "\(words) in\n\(text)")
        }
        let json = try JSONValue(parsing: Array(try noiseTest(run, ["--json"]).text.utf8))
        #expect(json["verdict"]?.stringValue == "sound" && json["exit_status"]?.integerValue == 0)
        let tests = try #require(json["recordings"]?.elements?.first?["tests"]?.elements)
        #expect(tests.count == 10)
        for test in tests { #expect(try #require(test["p"]?.doubleValue) > 1e-6) }
    }

    @Test("canaries of two tasks are pooled, and the claims are those of each task's releases")
    func twoTasks() throws {
        let run = try PlantedRun(seed: 31, tasks: ["task-1", "task-2"])
        let (text, status) = try canary(run)
        #expect(status == 0)
        #expect(
            text.contains(
                "verdict: not refuted\nAn empirical lower bound can refute a claim and never proves one"))
        #expect(text.contains("all bounds hold together with confidence 0.95\n"))
        let json = try JSONValue(parsing: Array(try canary(run, ["--json"]).text.utf8))
        let recordings = try #require(json["recordings"]?.elements)
        #expect(recordings.count == 2)
        let site = try #require(json["sites"]?.elements?.first)
        #expect(site["canaries"]?.integerValue == 128 && site["recordings"]?.integerValue == 2)
        // mu = 2 sqrt(40) / 40, of one task; both together have sqrt(2) times that.
        let claim = try #require(site["claimed_epsilon"]?.doubleValue)
        #expect(recordings.allSatisfy { $0["claimed_epsilon"]?.doubleValue == claim })
        #expect(claim > 1.1 && claim < 1.2)
        #expect(try #require(site["gaussian_epsilon"]?.doubleValue) < claim)
    }

    @Test("charges that no recording shows, and recordings without canaries, are not checkable")
    func notCheckable() throws {
        let run = try PlantedRun(seed: 32, tasks: ["task-1", "task-2"])
        try run.folder.remove("sites/north/recording-run-1-task-2.rec")
        for (text, status) in [try noiseTest(run), try canary(run)] {
            #expect(status == 20, "\(text)")
            #expect(text.contains("entry 41 and 39 more charge releases that are in no recording"), "\(text)")
            #expect(text.contains("verdict: not checkable\n"))
        }
        let bare = try PlantedRun(seed: 33, canaryCount: 0)
        #expect(try noiseTest(bare).status == 0)
        let (text, status) = try canary(bare)
        #expect(status == 20 && text.contains("it has no canaries"), "\(text)")
    }

    @Test(
        "keys that are absent are not checkable, receipts are not asked for",
        arguments: ["keys/aggregator.pub", "keys/authorized_sites/north.pub"])
    func absentKeys(name: String) throws {
        let run = try PlantedRun(seed: 38)
        try run.folder.remove("receipts/north")
        for (text, status) in [try noiseTest(run), try canary(run)] { #expect(status == 0, "\(text)") }
        try run.folder.remove(name)
        for (text, status) in [try noiseTest(run), try canary(run)] {
            #expect(status == 20 && text.contains("not checkable: \(name): "), "\(text)")
            #expect(text.contains("verdict: not checkable\n"))
        }
    }

    @Test("a recording with another byte at its end, cut, or of another site is none")
    func badRecording() throws {
        let run = try PlantedRun(seed: 34)
        let honest = try bytes(run)
        for bytes in [honest + [0], Array(honest.dropLast()), []] {
            try run.folder.write(bytes, to: Self.recording)
            let (text, status) = try noiseTest(run)
            #expect(status == 17 && text.contains("verdict: faulty\n"), "\(text)")
            #expect(try canary(run).status == 17)
        }
        try run.folder.write(honest, to: Self.recording)
        #expect(try noiseTest(run).status == 0)
        try run.folder.write(honest, to: "sites/south/recording.rec")
        let (text, status) = try noiseTest(run)
        #expect(
            status == 17 && text.contains("a recording of site north in the folder of site south"), "\(text)")
    }

    @Test("a ledger's fault is the audit's fault")
    func faultyLedger() throws {
        let run = try PlantedRun(.editedSigma, seed: 35)
        #expect(try noiseTest(run).status == 10)
        #expect(try canary(run).status == 10)
    }

    @Test(
        "a release that is sent again in full is no new one, and noise on another sum is named with both releases"
    )
    func noiseUsedTwice() throws {
        #expect(try noiseTest(PlantedRun(seed: 36, resends: true)).status == 0)
        let (text, status) = try noiseTest(PlantedRun(.reusedNoise, seed: 36))
        #expect(status == 22)
        let words =
            "release 5: its noise was added to another sum before, in release 4 of \(Self.recording)\n"
        #expect(text.contains(words), "\(text)")
    }

    @Test("the first bad release is named")
    func firstRelease() throws {
        let json = try JSONValue(
            parsing: Array(try noiseTest(PlantedRun(.sideField, seed: 37), ["--json"]).text.utf8))
        let finding = try #require(json["findings"]?.elements?.first)
        #expect(finding["kind"]?.stringValue == "other-release" && finding["release"]?.integerValue == 0)
        let message = try #require(finding["message"]?.stringValue)
        #expect(message.contains("bytes left behind those that its parts give; so 39 more"), "\(message)")
    }

    @Test("a folder without recordings is an error, and a confidence lies between 0 and 1")
    func refused() throws {
        let run = try RunFixture()
        #expect(throws: CommandError(.unusableInput, "")) { try NoiseTestAudit(folder: run.folder.path) }
        #expect(throws: CommandError(.unusableInput, "")) {
            try CanaryAudit(folder: run.folder.path, confidence: 0.95)
        }
        for confidence in ["0", "1", "-1", "nan"] {
            #expect(throws: (any Error).self) {
                try CanaryCommand.parse(["x", "--confidence=\(confidence)"])
            }
        }
        #expect(try CanaryCommand.parse(["x", "--confidence", "0.999"]).confidence == 0.999)
    }

    @Test("exit statuses are distinct")
    func statuses() {
        let statuses = AuditFinding.Kind.allCases.map(\.exitStatus)
        #expect(Set(statuses).count == statuses.count && statuses.allSatisfy { $0 >= 10 && $0 < 64 })
    }
}
