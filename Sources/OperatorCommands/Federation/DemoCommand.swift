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
        records, identity and task, over encrypted channels on loopback. The identities are throw-away ones. Results \
        are in runs/demo; an earlier demo's are replaced.
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
        let configuration = try StudyConfiguration.load(path: try studyPath())
        LoggingSetup.bootstrap(level: .warning)
        let folder = options.folder(configuration.name)
        try removeEarlierRun(folder)
        let run = FederationRun(
            study: configuration, siteCount: nil, folder: folder,
            programs: options.programFolder, readsInFlight: options.inFlight,
            comparison: .localAndCentral)
        guard let result = try await run.result(messages: .standardError) else { throw ExitCode(143) }
        output.write(result, to: .standard)
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
