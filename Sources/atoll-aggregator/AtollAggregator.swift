internal import AggregatorService
internal import AggregatorStorage
internal import ArgumentParser
internal import Configuration
internal import Logging
internal import PrivacyLedger
internal import Reporting
internal import ServiceCommand

@main
struct AtollAggregator: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "atoll-aggregator",
        abstract: "Serves a study: couples the sites' tasks and never waits for the slowest site.",
        discussion: """
            Sites connect to the configuration's `listen` address; only keys in its folder of authorised sites may, \
            and removing a file there revokes within two seconds. Results are in results_directory: history.csv and \
            summary.json, which is also printed with --json; the file `address` there says where it listens. \
            Exit code 0: the study has a result; 3: it ended without one; 74: its state, a \
            book of receipts or another file failed; 78: the configuration was refused; 1: another error.
            """,
        version: AtollVersion.current)

    @OptionGroup var options: ServiceOptions

    func run() async throws {
        let configuration = try options.rendering {
            try AggregatorConfiguration.load(path: options.config, overrides: options.set)
        }
        let logger = options.logger("aggregator", level: configuration.logLevel.rawValue)
        let result = try await options.rendering(isStorageFailure: Self.isStorageFailure) {
            try await AggregatorProgram(
                configuration: configuration, endsWithStandardInput: options.attached, logger: logger
            ).run()
        }
        try options.show(result.summary)
        if !result.isFinished { throw ExitCode(3) }
    }

    /// Whether an error is one of the state, or of a book of receipts, that no restart mends.
    private static func isStorageFailure(_ error: any Error) -> Bool {
        // Another process that has the state may end; nothing else goes away by itself.
        if let error = error as? AggregatorStorageError { return error.code != .locked }
        return error is LedgerError
    }
}
