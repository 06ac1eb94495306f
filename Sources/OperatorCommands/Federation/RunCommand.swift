package import ArgumentParser
internal import Configuration
internal import Logging
internal import Reporting

/// `atoll run`.
package struct RunCommand: AsyncParsableCommand {
    package static let help = CommandHelp(
        """
        Runs a study with real processes on this machine: one aggregator and a process a site, with encrypted \
        channels on loopback. The tasks of the study's data are spread over the sites. Identities are made for the \
        run and kept in its folder, runs/NAME, with every process's results and log.
        """,
        examples: [
            "atoll run configs/school.yaml --sites 8 --json",
            "atoll run configs/school.yaml --sites 8 --set mode=synchronous --name school-synchronous",
        ])
    package static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a whole federation of real processes on this machine.",
        discussion: help.discussion)

    @Argument(help: ArgumentHelp("The study, with a data section.", valueName: "study.yaml"))
    package var study: String

    @Option(
        help: "Site processes; each owns a block of the tasks (default: as the study says, else one a task).")
    package var sites: Int?

    @Option(
        name: .customLong("set"), help: ArgumentHelp("Change a key of the study.", valueName: "key=value"))
    package var overrides: [String] = []

    @Option(
        help: "The name of the run's folder (default: the study's name; a number is added when it is taken).")
    package var name: String?

    @Flag(help: "Also score models of each task's own records, and of all records in one place.")
    package var compare = false

    @Flag(
        help: ArgumentHelp(
            "Record every private release with its noise and canaries, for `atoll-audit noise-test` and `canary`.",
            discussion: "Nothing of such a run is private: its ledgers and models say so."))
    package var auditRecording = false

    @OptionGroup package var options: RunOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        try RunOptions.check(sites: sites, name: name)
    }

    package func run() async throws {
        let configuration = try StudyConfiguration.load(path: study, overrides: overrides)
        LoggingSetup.bootstrap(level: .warning)
        let run = FederationRun(
            study: configuration, siteCount: sites,
            folder: name.map { options.folder($0) } ?? options.freeFolder(configuration.name),
            programs: options.programFolder, readsInFlight: options.inFlight,
            comparison: compare ? .localAndCentral : .none, recordsForAudit: auditRecording)
        guard let result = try await run.result(messages: .standardError) else { throw ExitCode(143) }
        try output.write(result, to: .standard)
    }
}
