package import Logging

/// Writes log events for people: time, level, label, message, and metadata by key, one line each.
package struct TextLogHandler: LogHandler {
    private let label: String
    private let output: TextOutput
    private let now: @Sendable () -> Timestamp

    /// The metadata of every event.
    package var metadata: Logger.Metadata = [:]
    /// The lowest level that is written.
    package var logLevel: Logger.Level
    /// Metadata of the place where an event is logged.
    package var metadataProvider: Logger.MetadataProvider?

    /// Creates a handler.
    package init(
        label: String, level: Logger.Level = .info, output: TextOutput = .standardError,
        now: @escaping @Sendable () -> Timestamp = Timestamp.now
    ) {
        self.label = label
        self.output = output
        self.now = now
        logLevel = level
    }

    /// The metadata value of a key.
    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one event in one write.
    package func log(event: LogEvent) {
        let level = event.level.rawValue
        let padding = String(repeating: " ", count: max(0, 8 - level.count))
        let message = LogMetadata.oneLine(event.message.description)
        var line = "\(now().rfc3339) \(level)\(padding) \(label): \(message)"
        for (key, value) in LogMetadata.merged(event: event, logger: metadata, provider: metadataProvider) {
            line += " \(LogMetadata.oneLine(key))=\(LogMetadata.text(value))"
        }
        output.write(line + "\n")
    }
}
