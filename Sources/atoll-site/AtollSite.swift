internal import ArgumentParser
internal import Configuration
internal import Logging
internal import Reporting
internal import ServiceCommand
internal import SiteAgent

@main
struct AtollSite: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "atoll-site",
        abstract: "Trains this site's tasks of a study on its own records.",
        discussion: """
            Records never leave the site: only encrypted, compressed updates do. Results are in the configuration's \
            results_directory: the models, the losses, every acceptance, and summary.json, which is also printed \
            with --json. Exit code 0: every task has its model; 3: some task was refused for good; 74: the journal \
            or another file failed; 78: the configuration was refused; 1: another error; 143: stopped before the \
            end. A process that was killed may be started again at any time.
            """,
        version: AtollVersion.current)

    @OptionGroup var options: ServiceOptions

    @Flag(help: "Also train each task on its own records alone, and score that model beside Atoll's.")
    var compareLocal = false

    @Flag(
        help: ArgumentHelp(
            "Do not connect: write the results of the final models that are in the results directory.",
            discussion: "For a site that was killed just before its end, when the aggregator has ended since."
        ))
    var offline = false

    func run() async throws {
        let configuration = try options.rendering {
            try SiteConfiguration.load(path: options.config, overrides: options.set)
        }
        let logger = options.logger("site", level: configuration.logLevel.rawValue)
        let result = try await options.rendering {
            try await SiteProgram(
                configuration: configuration, comparesLocally: compareLocal, isOffline: offline,
                endsWithStandardInput: options.attached, logger: logger
            ).run()
        }
        guard let result else { throw ServiceOptions.stopped }
        options.show(result.summary)
        if !result.isComplete { throw ExitCode(3) }
    }
}
