internal import Logging
internal import Reporting
internal import Synchronization
internal import Testing

/// Collects what is written.
final class TextCollector: Sendable {
    private let pieces = Mutex<[String]>([])

    var output: TextOutput {
        TextOutput { piece in self.pieces.withLock { $0.append(piece) } }
    }

    var all: [String] { pieces.withLock { $0 } }
}

@Suite struct LoggingTests {
    private struct Failure: Error, CustomStringConvertible {
        let description = "no disk"
    }

    private let collector = TextCollector()

    private func logger(_ format: LogFormat, level: Logger.Level = .info) -> Logger {
        let moment = Timestamp(millisecondsSinceEpoch: 1_795_240_680_123)
        let factory = LoggingSetup.factory(
            format: format, level: level, output: collector.output, now: { moment })
        return Logger(label: "atoll.site", factory: factory)
    }

    @Test("text lines have time, level, label, message, and metadata by key")
    func text() {
        var logger = logger(.text)
        logger[metadataKey: "study"] = "digits"
        logger[metadataKey: "b"] = "old"
        logger.info("accepted", metadata: ["b": "new one", "a": ["1", "2"], "c": ["y": "1", "x": ""]])
        logger.warning("bare")
        #expect(
            collector.all == [
                "2026-11-21T05:58:00.123Z info     atoll.site: accepted "
                    + "a=[\"1\",\"2\"] b=\"new one\" c={\"x\":\"\",\"y\":\"1\"} study=digits\n",
                "2026-11-21T05:58:00.123Z warning  atoll.site: bare b=old study=digits\n",
            ])
    }

    @Test("one event is one line, whatever the message holds")
    func injection() {
        logger(.text).info("a\nb\u{1B}[2J", metadata: ["k\n": "v\nw"])
        logger(.json).info("a\nb\u{1B}[2J", metadata: ["k\n": "v\nw"])
        #expect(
            collector.all == [
                "2026-11-21T05:58:00.123Z info     atoll.site: a\\nb\\u001b[2J k\\n=\"v\\nw\"\n",
                #"{"time":"2026-11-21T05:58:00.123Z","level":"info","label":"atoll.site","#
                    + #""message":"a\nb\u001b[2J","metadata":{"k\n":"v\nw"}}"# + "\n",
            ])
    }

    @Test("JSON lines have the same parts as values, and no metadata where there is none")
    func json() throws {
        var logger = logger(.json)
        logger.error("bare")
        logger[metadataKey: "task"] = "3"
        logger.error("failed", metadata: ["list": ["a", ["k": "v"]], "count": .stringConvertible(7)])
        let lines = try collector.all.map { try JSONValue(parsing: Array($0.utf8)) }
        #expect(
            lines == [
                [
                    "time": "2026-11-21T05:58:00.123Z", "level": "error", "label": "atoll.site",
                    "message": "bare",
                ],
                [
                    "time": "2026-11-21T05:58:00.123Z", "level": "error", "label": "atoll.site",
                    "message": "failed",
                    "metadata": ["count": "7", "list": ["a", ["k": "v"]], "task": "3"],
                ],
            ])
    }

    @Test("levels, errors and the metadata provider are honoured", arguments: LogFormat.allCases)
    func levels(format: LogFormat) {
        var handler = LoggingSetup.factory(format: format, level: .notice, output: collector.output)("x")
        handler.metadataProvider = Logger.MetadataProvider { ["place": "provider", "task": "provider"] }
        handler[metadataKey: "task"] = "logger"
        #expect(handler[metadataKey: "task"] == "logger")
        let logger = Logger(label: "x") { _ in handler }
        logger.info("silent")
        logger.notice("loud", error: Failure())
        let lines = collector.all
        #expect(lines.count == 1)
        for part in ["loud", "no disk", "provider", "logger"] { #expect(lines[0].contains(part)) }
        #expect(lines[0].split(separator: "provider", omittingEmptySubsequences: false).count == 2)
    }

    @Test(
        "moments are written as RFC 3339 writes them",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_800_000, "2000-03-01T00:00:00.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (1_735_689_599_007, "2024-12-31T23:59:59.007Z"),
            (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func timestamps(milliseconds: Int64, text: String) {
        #expect(Timestamp(millisecondsSinceEpoch: milliseconds).rfc3339 == text)
    }

    @Test("the system's clock is past 2025")
    func clock() {
        #expect(Timestamp.now().millisecondsSinceEpoch > 1_735_689_600_000)
    }
}
