internal import ArgumentParser
internal import Configuration
internal import Federation
internal import LocalFederation
internal import Reporting
internal import SecureChannel
internal import Storage
internal import TestSupport
internal import Testing

@testable internal import OperatorCommands

/// A program of the commands that are tested here.
private struct Program: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "atoll", abstract: "A test's program.", version: AtollVersion.current,
        subcommands: [
            RunCommand.self, ReportCommand.self, SimulateCommand.self, SweepCommand.self, SolveCommand.self,
            KeysCommand.self, StudyCommand.self,
            ConformanceCommand.self, PrivacyCommand.self, BenchCommand.self,
        ])
}

@Suite struct CommandLineTests {
    static let commands: [(type: any ParsableCommand.Type, help: CommandHelp)] = [
        (SolveCommand.self, SolveCommand.help), (KeysGenerateCommand.self, KeysGenerateCommand.help),
        (KeysFingerprintCommand.self, KeysFingerprintCommand.help), (ReportCommand.self, ReportCommand.help),
        (StudyCheckCommand.self, StudyCheckCommand.help), (ConformanceCommand.self, ConformanceCommand.help),
        (BenchThroughputCommand.self, BenchThroughputCommand.help),
        (PrivacyEpsilonCommand.self, PrivacyEpsilonCommand.help),
        (PrivacyCalibrateCommand.self, PrivacyCalibrateCommand.help),
        (SimulateCommand.self, SimulateCommand.help), (SweepCommand.self, SweepCommand.help),
        (RunCommand.self, RunCommand.help),
    ]

    /// Splits a command line at spaces outside single quotation marks.
    private static func words(_ line: String) -> [String] {
        line.split(separator: "'", omittingEmptySubsequences: false).enumerated().flatMap { index, part in
            index.isMultiple(of: 2) ? part.split(separator: " ").map { String($0) } : [String(part)]
        }
    }

    @Test("every example of the help parses to its own command", arguments: commands.indices)
    func examples(index: Int) throws {
        let (type, help) = Self.commands[index]
        #expect(!help.examples.isEmpty)
        for example in help.examples {
            let words = Self.words(example)
            #expect(words.first == "atoll")
            let command = try Program.parseAsRoot(Array(words.dropFirst()))
            #expect(Swift.type(of: command) == type, "\(example)")
        }
    }

    /// This file is <checkout>/Tests/OperatorCommandsTests/CommandLineTests.swift.
    private static let checkout =
        "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/"

    @Test(
        "no example that names a study of this checkout is refused before its work begins",
        arguments: commands.indices)
    func exampleStudies(index: Int) async throws {
        for example in Self.commands[index].help.examples {
            let command = try Program.parseAsRoot(Array(Self.words(example).dropFirst()))
            if let sweep = command as? SweepCommand {
                try await Self.requireBeginning(of: sweep, example)
            } else if let run = command as? RunCommand {
                Self.requireRunnable(run.study, run.overrides, siteCount: run.sites, example)
            } else if let simulate = command as? SimulateCommand {
                Self.requireRunnable(
                    simulate.study, simulate.overrides, siteCount: simulate.sites, example)
            } else if let check = command as? StudyCheckCommand {
                Self.requireRunnable(check.path, check.overrides, siteCount: check.sites, example)
            } else if let solve = command as? SolveCommand, let study = solve.study {
                Self.requireRunnable(study, solve.overrides, siteCount: nil, example)
            } else {
                #expect(!example.contains("configs/"), "\(example)")
            }
        }
    }

    /// Loads a study with an example's settings and checks it on its data, where they are there.
    private static func requireRunnable(
        _ study: String, _ overrides: [String], siteCount: Int?, _ example: String
    ) {
        #expect(throws: Never.self, "\(example)") {
            try StudyCheck(path: Self.checkout + study, overrides: overrides, siteCount: siteCount)
                .requireRunnable()
        }
    }

    /// Checks that nothing stops a sweep before its first federation, where its data are there: each of them then fails
    /// for want of programs.
    private static func requireBeginning(of command: SweepCommand, _ example: String) async throws {
        let path = Self.checkout + command.study
        let study = try StudyConfiguration.load(path: path, overrides: command.overrides)
        let fraction = study.data?.validationFraction ?? 0
        #expect(!command.simulated || study.privacy == nil, "\(example)")
        guard (try? study.data?.requirePresent()) != nil else { return }
        let grid = try command.lambda.map { try LambdaGrid($0) } ?? LambdaGrid(around: study.lambda)
        // How many values there are matters to the ceiling of a private study alone.
        let few = try LambdaGrid(LambdaGrid.text(grid.values[0]))
        let folder = try TemporaryFolder()
        let sweep = Sweep(
            path: path, overrides: command.overrides, grid: study.privacy == nil ? few : grid,
            holdout: command.holdout ?? (fraction > 0 ? fraction : SweepLimits.holdout),
            siteCount: command.sites, weighting: command.weighting, rule: .best,
            trainsFinally: !command.chooseOnly, seed: nil, folder: RunFolder(folder.path + "/sweep"),
            programs: folder.path, readsInFlight: 1)
        let error = await #expect(throws: CommandError(.failedSweep, ""), "\(example)") {
            try await sweep.result(messages: CapturedStreams().streams.messages)
        }
        #expect(
            error?.message.contains("/atoll-aggregator is not there") == true,
            "\(example): \(error?.message ?? "")")
    }

    @Test("the help shows abstract, prose, --json and every example unbroken", arguments: commands.indices)
    func help(index: Int) {
        let (type, help) = Self.commands[index]
        let text = Program.helpMessage(for: type, columns: 80)
        #expect(text.contains(type.configuration.abstract))
        #expect(text.contains("--json"))
        for example in help.examples {
            let joined = help.discussion.replacing(" \\\n     ", with: "")
            #expect(joined.contains(example), "\(joined)")
        }
        for line in help.discussion.split(separator: "\n") where line.hasPrefix("  ") {
            #expect(line.count <= 80 && text.contains(line), "\(line)")
        }
    }

    @Test("help and version go to the results, with status 0", arguments: [["--version"], ["--help"], []])
    func clean(arguments: [String]) async {
        let captured = CapturedStreams()
        let status = await CommandLineProgram.status(
            of: Program.self, arguments: arguments, streams: captured.streams)
        #expect(status == 0)
        #expect(captured.messages.isEmpty)
        if arguments == ["--version"] {
            #expect(captured.results == AtollVersion.current + "\n")
        } else {
            #expect(captured.results.contains("SUBCOMMANDS"))
        }
    }

    @Test("results that cannot be written end a command with 1 and the reason")
    func unwritableResults() async throws {
        let captured = CapturedStreams()
        let streams = CommandStreams(
            results: ResultOutput { _ in throw ReportingError(.fileSystem, "no room") },
            messages: captured.streams.messages)
        #expect(throws: ReportingError(.fileSystem, "")) {
            try PrivacyEpsilonCommand.parse(Self.words("--noise-multiplier 20 --steps 1 --delta 1e-5"))
                .run(streams)
        }
        let status = await CommandLineProgram.status(
            of: Program.self, arguments: ["--version"], streams: streams)
        #expect(status == 1)
        #expect(captured.messages == "atoll: error: no room\n")
    }

    @Test(
        "wrong arguments end with 64, an error line and the usage",
        arguments: [
            ("bogus", "'bogus'"), ("solve", "--study"),
            ("solve --data a --study b --loss squared", "either --study"),
            ("solve --study a --data b", "either"),
            ("solve --data a --loss squared", "--regularizer is missing"),
            ("solve --study b --lambda 1", "--lambda goes with --data"),
            ("solve --data a --loss squared --regularizer l1", "--lambda is missing"),
            ("solve --data a --loss hinge --regularizer l1 --lambda 1", "hinge"),
            ("solve --data a --loss squared --regularizer l1 --lambda nan", "finite"),
            ("solve --data a --loss squared --regularizer l1 --lambda=-1", "-1"),
            ("solve --study a --gap 0", "--gap"), ("solve --study a --gap inf", "--gap"),
            ("solve --study a --iterations 0", "--iterations"),
            ("solve --study a --iterations 10000001", "10000001"),
            ("solve --study a --model weights.txt", ".safetensors or .npy"),
            ("keys generate", "<name>"), ("conformance", "<file>"), ("study check", "<study.yaml>"),
            ("study check a --sites 0", "--sites"), ("study check a --sites 100001", "100001"),
            ("sweep a --lambda 1,-1", "'-1'"), ("sweep a --lambda 1..10", "'1..10'"),
            ("sweep a --holdout 0", "--holdout"), ("sweep a --holdout 1", "--holdout"),
            ("sweep a --holdout nan", "--holdout"), ("sweep a --sites 0", "--sites"),
            ("sweep a --sites 257", "257"), ("sweep a --name ../x", "--name"), ("sweep a --seed 1", "--seed"),
            ("sweep a --simulated --seed=-1", "--seed"), ("sweep a --weighting sites", "sites"),
            ("bench throughput --dimension 0", "--dimension"),
            ("bench throughput --dimension 100001", "100001"),
            ("bench throughput --in-flight 0", "--in-flight"),
            (
                "bench throughput --in-flight \(FederationLimits.maximumReadsPerConnection + 1)",
                "\(FederationLimits.maximumReadsPerConnection + 1)"
            ),
            ("bench throughput --seconds 0.5", "--seconds"), ("bench throughput --seconds 601", "601"),
            ("bench throughput --regularizer ridges", "ridges"),
            ("bench throughput --regularizer graph", "a file of its own"),
        ])
    func wrongArguments(line: String, word: String) async {
        let captured = CapturedStreams()
        let status = await CommandLineProgram.status(
            of: Program.self, arguments: Self.words(line), streams: captured.streams)
        #expect(status == 64)
        #expect(captured.results.isEmpty)
        let lines = captured.messages.split(separator: "\n")
        #expect(
            lines.first?.hasPrefix("atoll: error: ") == true && lines.first?.contains(word) == true,
            "\(lines)")
        #expect(lines.dropFirst().contains { $0.hasPrefix("Usage: atoll") }, "\(lines)")
    }

    @Test("arguments at their bounds are taken")
    func bounds() throws {
        for line in ["--iterations 1", "--iterations 10000000"] {
            _ = try SolveCommand.parse(["--study", "a"] + Self.words(line))
        }
        #expect(try StudyCheckCommand.parse(["a", "--sites", "100000"]).sites == 100_000)
        #expect(try StudyCheckCommand.parse(["a", "--sites", "1"]).sites == 1)
        for (inFlight, seconds, dimension) in [
            (1, 1.0, 1), (FederationLimits.maximumReadsPerConnection, 600, 100_000),
        ] {
            let bench = try BenchThroughputCommand.parse(
                ["--in-flight", "\(inFlight)", "--seconds", "\(seconds)", "--dimension", "\(dimension)"])
            #expect(bench.inFlight == inFlight && bench.seconds == seconds && bench.dimension == [dimension])
            #expect(!bench.withoutPrivacy)
        }
    }

    @Test("an error of a command is one line, whatever its message has")
    func oneLine() {
        let errors: [any Error] = [
            CommandError(.unusableInput, "first\n  second"), StorageError(.notFound, "first\n second"),
            SecureChannelError(.invalidKey, "first\r\nsecond"),
            ConfigurationError(.unknownKey, "first\n\nsecond"),
        ]
        for error in errors {
            let ending = CommandLineProgram.ending(of: error, root: Program.self)
            #expect(ending == .init(status: 1, results: "", messages: "atoll: error: first second\n"))
        }
    }

    @Test(
        "exit statuses: 3 for a gap not reached or a sweep with a hole, 1 for the others; a bare status says nothing"
    )
    func statuses() {
        for code in CommandError.Code.allCases {
            let ending = CommandLineProgram.ending(of: CommandError(code, "x"), root: Program.self)
            #expect(ending.status == (code == .gapNotReached || code == .incompleteSweep ? 3 : 1))
        }
        #expect(
            CommandLineProgram.ending(of: ExitCode(143), root: Program.self)
                == .init(status: 143, results: "", messages: ""))
    }
}
