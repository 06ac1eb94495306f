internal import Logging

/// The metadata of one event, ready to be written.
enum LogMetadata {
    /// Returns what an event shows: the provider's metadata, then the logger's, then the event's own, by key.
    static func merged(
        event: LogEvent, logger: Logger.Metadata, provider: Logger.MetadataProvider?
    ) -> [(key: String, value: Logger.Metadata.Value)] {
        var metadata = provider?.get() ?? [:]
        metadata.merge(logger) { _, new in new }
        if let own = event.metadata { metadata.merge(own) { _, new in new } }
        if let error = event.error, metadata["error"] == nil { metadata["error"] = "\(error)" }
        return metadata.sorted { $0.key < $1.key }
    }

    /// Returns a value as JSON, objects by key.
    static func json(_ value: Logger.Metadata.Value) -> JSONValue {
        switch value {
        case .string(let text): return .string(text)
        case .stringConvertible(let value): return .string("\(value)")
        case .array(let values): return .array(values.map { json($0) })
        case .dictionary(let values):
            var object = JSONObject()
            for (key, value) in values.sorted(by: { $0.key < $1.key }) { object[key] = json(value) }
            return .object(object)
        }
    }

    /// Returns a value for a line of text: as it is when it is one plain word, else as JSON.
    static func text(_ value: Logger.Metadata.Value) -> String {
        let json = json(value)
        guard let text = json.stringValue else { return json.text }
        let isPlain = !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x7F }
        return isPlain ? text : json.text
    }

    /// Returns text without line ends and other control characters, so that one event stays one line.
    static func oneLine(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return text }
        return String(JSONValue.string(text).text.dropFirst().dropLast())
    }
}
