internal import Reporting
internal import TestSupport
internal import Testing

/// `atoll bench throughput` with real processes.
@Suite(.timeLimit(.minutes(10)), .serialized)
struct ThroughputTests {
    @Test("privacy on and off are measured in one command, and every private update is charged")
    func bothRuns() async throws {
        let folder = try TemporaryFolder()
        let ending = try await TestProcess(
            ["bench", "throughput", "--dimension", "5", "--in-flight", "2", "--seconds", "1", "--json"],
            in: folder
        ).ending()
        #expect(ending.exitCode == 0, "\(ending.messages)")
        let results = try JSONValue(parsing: Array(ending.output.utf8))["results"]?.elements
        let result = try #require(results?.first)
        let rate = try #require(result["updates_per_second"]?.doubleValue)
        let privacy = try #require(result["privacy"])
        let privateRate = try #require(privacy["updates_per_second"]?.doubleValue)
        #expect(rate > 0 && privateRate > 0)
        #expect(privacy["ratio"] == .number(privateRate / rate))
        // An entry names the release by its hash and is signed: 32 and 64 bytes of it.
        #expect(try #require(privacy["ledger_bytes"]?.doubleValue) > 96)
        #expect(try #require(privacy["two_syncs_p50_milliseconds"]?.doubleValue) > 0)
    }
}
