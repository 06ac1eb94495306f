package import ArgumentParser
internal import LocalFederation

/// `atoll report`.
package struct ReportCommand: AsyncParsableCommand {
    package static let help = CommandHelp(
        """
        Writes report.html into the folder of a run that has ended, as `atoll run` and `atoll demo` do at their end: \
        one page with its plots and their data inside, to open in a browser, keep or send.
        """,
        examples: ["atoll report runs/demo", "atoll report runs/school --json"])
    package static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Write the report of a run again from its folder.",
        discussion: help.discussion)

    @Argument(help: ArgumentHelp("The run's folder.", valueName: "folder"))
    package var folder: String

    @OptionGroup package var output: OutputOptions

    package init() {}

    package func run() async throws {
        try run(.standard)
    }

    /// Writes the report and its path.
    ///
    /// - Throws: ``CommandError`` `unusableInput` where the folder holds no run that has ended.
    package func run(_ streams: CommandStreams) throws {
        try output.write(RunReport(folder: RunFolder(folder)), to: streams)
    }
}
