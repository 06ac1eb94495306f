package import ArgumentParser
package import Logging
package import Reporting

/// The options that both services have.
package struct ServiceOptions: ParsableArguments {
    /// How a process that was stopped before its end exits: as if by SIGTERM.
    package static let stopped = ExitCode(143)

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

    /// Runs `body`; an error becomes one clear line and exit code 1.
    package func rendering<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch { throw Self.rendered(error) }
    }

    /// Runs `body`; an error becomes one clear line and exit code 1.
    package func rendering<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        do { return try await body() } catch { throw Self.rendered(error) }
    }

    private static func rendered(_ error: any Error) -> any Error {
        if error is ExitCode || error is ValidationError { return error }
        let program = CommandLine.arguments.first?.split(separator: "/").last ?? "atoll"
        TextOutput.standardError.write("\(program): error: \(error)\n")
        return ExitCode.failure
    }

    /// Prints a summary: JSON where asked for, else one line a value.
    package func show(_ summary: JSONValue) {
        guard case .object(let object) = summary else { return }
        if json {
            TextOutput.standardOutput.write(summary.indentedText + "\n")
        } else {
            for member in object.members {
                TextOutput.standardOutput.write("\(member.key): \(member.value.text)\n")
            }
        }
    }
}

extension LogFormat: ExpressibleByArgument {}
