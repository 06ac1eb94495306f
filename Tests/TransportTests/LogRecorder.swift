internal import Logging
internal import Synchronization

/// Keeps the levels and messages of what is logged.
final class LogRecorder: Sendable {
    private let lines = Mutex<[(level: Logger.Level, message: String)]>([])

    var logger: Logger { Logger(label: "server") { _ in Handler(recorder: self) } }

    func count(_ level: Logger.Level) -> Int { lines.withLock { $0.count { $0.level == level } } }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            recorder.lines.withLock { $0.append((event.level, event.message.description)) }
        }
    }
}
