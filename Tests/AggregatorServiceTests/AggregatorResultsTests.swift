internal import AggregatorService
internal import AggregatorStorage
internal import FoundationEssentials
internal import InMemoryLogging
internal import Logging
internal import Reporting
internal import TestSupport
internal import Testing

@Suite("The aggregator's results follow the stored state")
struct AggregatorResultsTests {
    @Test("an empty state beside the results of another keeps these, and says where")
    func emptyState() async throws {
        let folder = try TemporaryFolder()
        let plan = try TestStudy(settings: ["report=[loss]"]).plan
        let store = try AggregatorStore(
            folder: folder.file("state"), plan: plan,
            retention: StateRetention(updateCount: 100, releaseByteCount: 1 << 20))
        let state = try await store.begin().state
        let lines = (1...20).map { "1.5,\($0),east-1,0,0.9,0.1,300\n" }.joined()
        let history = HistoryWriter.header + "\n" + lines
        let losses = "{\"version\":1,\"task\":\"east-1\",\"loss\":2}\n"
        try folder.write(history, to: "history.csv")
        try folder.write(losses, to: "losses.jsonl")
        let log = InMemoryLogHandler()
        let results = try await AggregatorResults(
            folder: folder.path, recordsLosses: true, state: state, store: store,
            logger: Logger(label: "test") { _ in log })
        #expect(results.flush() == nil)
        #expect(try text(of: folder.file("history.csv")) == HistoryWriter.header + "\n")
        #expect(try text(of: folder.file("history.csv.old-1")) == history)
        #expect(try text(of: folder.file("losses.jsonl")).isEmpty)
        #expect(try text(of: folder.file("losses.jsonl.old-1")) == losses)
        #expect(log.entries.allSatisfy { $0.level == .warning })
        let kept = Set(log.entries.compactMap { $0.metadata["kept"]?.description })
        #expect(kept == [folder.file("history.csv.old-1"), folder.file("losses.jsonl.old-1")])
    }
}
