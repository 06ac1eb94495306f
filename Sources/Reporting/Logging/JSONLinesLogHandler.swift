package import Logging

/// Writes log events for programs: one JSON object a line with time, level, label, message and metadata.
package struct JSONLinesLogHandler: LogHandler {
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

    /// Writes one event in one write; `metadata` is left out where there is none.
    package func log(event: LogEvent) {
        var object: JSONObject = [
            "time": .string(now().rfc3339), "level": .string(event.level.rawValue), "label": .string(label),
            "message": .string(event.message.description),
        ]
        let merged = LogMetadata.merged(event: event, logger: metadata, provider: metadataProvider)
        if !merged.isEmpty {
            var values = JSONObject()
            for (key, value) in merged { values[key] = LogMetadata.json(value) }
            object["metadata"] = .object(values)
        }
        output.write(JSONValue.object(object).text + "\n")
    }
}
