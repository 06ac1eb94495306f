package import ArgumentParser
internal import Configuration
internal import FoundationEssentials
internal import LocalFederation
internal import Logging
internal import Reporting

/// `atoll demo`.
package struct DemoCommand: AsyncParsableCommand {
    package static let help = CommandHelp(
        """
        Runs the bundled study of handwritten digits: one aggregator and five sites, each a real process with its own \
        records, identity and task, over encrypted channels on loopback. Updates are differentially private; the same \
        study runs once more without noise, to show what that costs. The identities are throw-away ones. Results are \
        in runs/demo and runs/demo-without-noise; an earlier demo's are replaced.
        """,
        examples: ["atoll demo", "atoll demo --json"])
    package static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Run the bundled federation of one aggregator and five sites.",
        discussion: help.discussion)

    @Option(help: "The demonstration's study (default: configs/demo.yaml of the checkout).")
    package var study: String?

    @OptionGroup package var options: RunOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func run() async throws {
        let path = try studyPath()
        let configuration = try StudyConfiguration.load(path: path)
        LoggingSetup.bootstrap(level: .warning)
        var result = try await result(
            of: configuration, in: options.folder(configuration.name), comparison: .localAndCentral)
        if configuration.privacy != nil {
            let open = try await self.result(
                of: StudyConfiguration.load(path: path, overrides: ["privacy=null"]),
                in: options.folder(configuration.name + "-without-noise"), comparison: .none)
            result.compare(withoutNoise: open)
            try AtomicFile.write(Array(result.json.indentedText.utf8), to: result.folder.summary)
        }
        try output.write(result, to: .standard)
    }

    private func result(
        of study: StudyConfiguration, in folder: RunFolder, comparison: FederationRun.Comparison
    ) async throws -> RunResult {
        try removeEarlierRun(folder)
        let run = FederationRun(
            study: study, siteCount: nil, folder: folder, programs: options.programFolder,
            readsInFlight: options.inFlight, comparison: comparison)
        guard let result = try await run.result(messages: .standardError) else { throw ExitCode(143) }
        return result
    }

    /// The study beside the programs' checkout, found from the current folder or from this program upward.
    private func studyPath() throws -> String {
        if let study { return study }
        for start in [FileManager.default.currentDirectoryPath, ProgramFolder.ofThisProcess()] {
            var folder = start
            while !folder.isEmpty {
                let candidate = folder + "/configs/demo.yaml"
                if FileManager.default.fileExists(atPath: candidate) { return candidate }
                folder = folder.lastIndex(of: "/").map { String(folder[..<$0]) } ?? ""
            }
        }
        throw CommandError(
            .unusableInput, "configs/demo.yaml was not found; run this in the checkout, or give --study")
    }

    private func removeEarlierRun(_ folder: RunFolder) throws {
        guard FileManager.default.fileExists(atPath: folder.path) else { return }
        guard FileManager.default.fileExists(atPath: folder.study) else {
            throw CommandError(
                .unusableInput,
                "\(folder.path) is there and is no run; move it, or choose another folder with --runs")
        }
        try FileManager.default.removeItem(atPath: folder.path)
    }
}
