internal import Foundation
internal import TestSupport
internal import Testing

/// What `atoll run` says and how it exits where it cannot run.
@Suite(.timeLimit(.minutes(3)))
struct BadInputTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func run(_ arguments: [String]) async throws -> TestProcess.Ending {
        try await TestProcess(["run", "--runs", folder.path] + arguments, in: folder).ending()
    }

    private func expectRefused(
        _ ending: TestProcess.Ending, naming words: [String], exitCode: Int32 = 1,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(ending.exitCode == exitCode, "\(ending.messages)", sourceLocation: sourceLocation)
        #expect(ending.output.isEmpty, sourceLocation: sourceLocation)
        for word in words {
            #expect(
                ending.messages.contains(word), "\(word) in \(ending.messages)",
                sourceLocation: sourceLocation)
        }
    }

    @Test("data that are not there: the file and the public source are named")
    func absentData() async throws {
        let ending = try await run([
            "configs/school.yaml", "--sites", "2", "--set", "data.path=/nowhere/school.csv",
        ])
        expectRefused(ending, naming: ["/nowhere/school.csv", "https://github.com/jiayuzhou/MALSAR"])
    }

    @Test("a key that no study has: the nearest one is named")
    func unknownKey() async throws {
        let study = try text(of: TestProcess.checkout + "/configs/demo.yaml") + "\nlamda: 3\n"
        let path = try folder.write(study, to: "study.yaml")
        expectRefused(try await run([path, "--sites", "2"]), naming: ["lamda", "lambda"])
    }

    @Test(
        "a setting of the shell that cannot be",
        arguments: [
            ("eta=fast", "eta"), ("lambda=-1", "lambda"), ("mode=eventual", "synchronous"),
            ("eta=1000", "2/L"),
        ])
    func wrongSetting(setting: String, word: String) async throws {
        let ending = try await run(
            ["configs/demo.yaml", "--sites", "5"]
                + (LocalRun.withoutNoise + [setting]).flatMap { ["--set", $0] })
        expectRefused(ending, naming: [word])
    }

    @Test("a folder that holds a run already is not touched")
    func occupiedFolder() async throws {
        try folder.write("name: older\n", to: "taken/study.yaml")
        let ending = try await run(["configs/demo.yaml", "--sites", "5", "--name", "taken"])
        expectRefused(ending, naming: [folder.file("taken"), "--name"])
        #expect(try text(of: folder.file("taken/study.yaml")) == "name: older\n")
    }

    @Test(
        "results that standard output does not take",
        arguments: ["--version", "study check configs/demo.yaml"])
    func fullOutput(line: String) async throws {
        let ending = try await TestProcess(
            ["-c", "exec \"$0\" \(line) > /dev/full", TestProcess.programs + "/atoll"], program: "/bin/sh",
            in: folder
        ).ending()
        expectRefused(ending, naming: ["atoll: error: ", "No space left on device"])
    }

    @Test("programs that are not there")
    func missingPrograms() async throws {
        let ending = try await run(["configs/demo.yaml", "--sites", "5", "--programs", folder.path])
        expectRefused(ending, naming: [folder.file("atoll-aggregator"), "--programs"])
    }

    @Test("wrong arguments end with 64", arguments: [["--sites", "0"], ["--sites", "257"]])
    func wrongArguments(arguments: [String]) async throws {
        expectRefused(
            try await run(["configs/demo.yaml"] + arguments), naming: ["--sites"], exitCode: 64)
    }

    @Test("a run's name is no path", arguments: ["../elsewhere", "", "a/b", ".hidden"])
    func names(name: String) async throws {
        let ending = try await run(["configs/demo.yaml", "--name", name])
        expectRefused(ending, naming: ["--name"], exitCode: 64)
    }

    @Test("more sites than tasks")
    func tooManySites() async throws {
        let ending = try await run(["configs/demo.yaml", "--sites", "6"])
        expectRefused(ending, naming: ["--sites", "5 tasks"])
    }
}
