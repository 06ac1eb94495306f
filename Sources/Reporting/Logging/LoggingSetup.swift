package import Logging

/// How log lines look.
package enum LogFormat: String, Sendable, CaseIterable {
    /// Lines for people.
    case text
    /// One JSON object a line.
    case json

    /// The format where none is asked for: text on a terminal, JSON elsewhere.
    package static var automatic: LogFormat { TextOutput.standardErrorIsTerminal ? .text : .json }
}

/// Connects swift-log with the standard error stream.
package enum LoggingSetup {
    /// Sets the process's log handlers; call it once, at the start, in the executable.
    ///
    /// - Parameter format: What the user asked for, or nil for ``LogFormat/automatic``.
    package static func bootstrap(format: LogFormat? = nil, level: Logger.Level = .info) {
        LoggingSystem.bootstrap(factory(format: format ?? .automatic, level: level))
    }

    /// Returns a function that makes the handler of a label.
    package static func factory(
        format: LogFormat, level: Logger.Level, output: TextOutput = .standardError,
        now: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) -> @Sendable (String) -> any LogHandler {
        { label in
            switch format {
            case .text: TextLogHandler(label: label, level: level, output: output, now: now)
            case .json: JSONLinesLogHandler(label: label, level: level, output: output, now: now)
            }
        }
    }
}
