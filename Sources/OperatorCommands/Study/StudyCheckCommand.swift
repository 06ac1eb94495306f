package import ArgumentParser
internal import Configuration

/// `atoll study check STUDY.yaml`.
package struct StudyCheckCommand: AsyncParsableCommand {
    package static let help = CommandHelp(
        """
        Validates a study and says what follows from it: tasks, sites, size of the model, bytes of an \
        update, ARock's bound on the relaxation, what finishes it, and what is doubtful. Where the study \
        names its data and they are there, they are read: then this shows what `atoll run` would fill in, \
        and whether eta converges on them.

        Sites and aggregator run the same study only when all see the same digest. The exit status is not 0 \
        for a study that would be refused.
        """,
        examples: [
            "atoll study check configs/school.yaml --sites 8",
            "atoll study check configs/study.yaml --set mode=synchronous --json",
        ])
    package static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Validate a study and explain what follows from it.",
        discussion: help.discussion)

    /// The study file.
    @Argument(help: ArgumentHelp("The study file.", valueName: "study.yaml"))
    package var path: String

    @Option(
        name: .customLong("set"), help: ArgumentHelp("Change a key of the study.", valueName: "key=value"))
    package var overrides: [String] = []

    @Option(
        help: ArgumentHelp(
            "The sites of `atoll run`, where the study names no tasks (default: one a task).",
            valueName: "count"))
    package var sites: Int?

    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        if let sites, !(1...ConfigurationLimits.taskCount).contains(sites) {
            throw ValidationError("--sites must be from 1 to \(ConfigurationLimits.taskCount), got \(sites)")
        }
    }

    package func run() async throws {
        try run(.standard)
    }

    /// Checks the study and writes the result.
    ///
    /// - Throws: ``CommandError`` `refusedStudy` after the result is written; `ConfigurationError` for a
    ///   study that is not valid; errors of its data.
    package func run(_ streams: CommandStreams) throws {
        let result = try StudyCheck(path: path, overrides: overrides, siteCount: sites)
        try output.write(result, to: streams)
        try result.requireRunnable()
    }
}
