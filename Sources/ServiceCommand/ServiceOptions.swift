package import ArgumentParser
internal import Configuration
package import Logging
package import Reporting
internal import Storage

/// The options that both services have.
package struct ServiceOptions: ParsableArguments {
    /// How a process that was stopped before its end exits: as if by SIGTERM.
    package static let stopped = ExitCode(143)
    /// How a process exits whose files failed or were refused: no restart mends that (`EX_IOERR`).
    package static let storageFailed = ExitCode(74)
    /// How a process exits whose configuration was refused: no restart mends that (`EX_CONFIG`).
    package static let configurationRefused = ExitCode(78)

    @Option(help: "The configuration file (YAML).")
    package var config: String

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: "Overrides a setting of the configuration: key=value. May be repeated.")
    package var set: [String] = []

    @Flag(help: "Print the summary as JSON on standard output.")
    package var json = false

    @Option(help: "How log lines look on standard error: text or json (default: text on a terminal).")
    package var logFormat: LogFormat?

    @Flag(help: "Shut down when standard input ends, as when the process that started this one is gone.")
    package var attached = false

    package init() {}

    /// Sets up logging and returns the service's logger.
    package func logger(_ label: String, level: String) -> Logger {
        LoggingSetup.bootstrap(format: logFormat, level: Logger.Level(rawValue: level) ?? .info)
        return Logger(label: label)
    }

    /// Runs `body`; an error becomes one clear line and an exit code.
    package func rendering<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch { throw Self.rendered(error) }
    }

    /// Runs `body`; an error becomes one clear line and an exit code.
    ///
    /// - Parameter isStorageFailure: Whether an error of another module than Storage is one of files too.
    package func rendering<Result: Sendable>(
        isStorageFailure: (any Error) -> Bool = { _ in false }, _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch {
            throw Self.rendered(error, isStorageFailure: isStorageFailure(error))
        }
    }

    private static func rendered(_ error: any Error, isStorageFailure: Bool = false) -> any Error {
        if error is ExitCode || error is ValidationError { return error }
        let program = CommandLine.arguments.first?.split(separator: "/").last ?? "atoll"
        TextOutput.standardError.write("\(program): error: \(error)\n")
        if isStorageFailure { return storageFailed }
        switch error {
        case is ConfigurationError: return configurationRefused
        case is ReportingError: return storageFailed
        // Another process has the file: it may end.
        case let error as StorageError where error.code != .inUse: return storageFailed
        default: return ExitCode.failure
        }
    }

    /// Prints a summary: JSON where asked for, else one line a value.
    ///
    /// - Throws: ``storageFailed`` where it is not written whole, which is said.
    package func show(_ summary: JSONValue) throws {
        guard case .object(let object) = summary else { return }
        try show(
            json
                ? summary.indentedText
                : object.members.map { "\($0.key): \($0.value.text)\n" }.joined())
    }

    /// Prints a result.
    ///
    /// - Throws: ``storageFailed`` where it is not written whole, which is said.
    package func show(_ text: String) throws {
        try rendering { try ResultOutput.standardOutput.write(text) }
    }
}

extension LogFormat: ExpressibleByArgument {}
