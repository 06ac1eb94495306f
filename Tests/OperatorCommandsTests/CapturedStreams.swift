internal import OperatorCommands
internal import Reporting
internal import Synchronization

/// The two streams of a command, kept.
final class CapturedStreams: Sendable {
    private let captured = Mutex((results: "", messages: ""))

    /// Streams that write here.
    var streams: CommandStreams {
        CommandStreams(
            results: ResultOutput { text in self.captured.withLock { $0.results += text } },
            messages: TextOutput { text in self.captured.withLock { $0.messages += text } })
    }

    var results: String { captured.withLock { $0.results } }
    var messages: String { captured.withLock { $0.messages } }

    /// The results as JSON.
    func json() throws -> JSONValue {
        try JSONValue(parsing: Array(results.utf8))
    }
}
