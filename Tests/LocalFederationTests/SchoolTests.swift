internal import Foundation
internal import LocalFederation
internal import Reporting
internal import SeededRandom
internal import TestSupport
internal import Testing

/// The School data, 139 tasks of 8 real site processes, also while processes are killed.
@Suite(
    .timeLimit(.minutes(10)), .serialized,
    .enabled(if: SharedFiles.path("data/school/school.csv") != nil, "skipped: no data"))
struct SchoolTests {
    private static let siteCount = 8
    /// Certified by the centralised solver.
    private static let optimum = 704_454.5245
    /// 120 epochs end at 2e-4 relative, five times closer than the bound.
    private static let stop = "stop.epochs=120"
    private static let bound = 1e-3
    private static let updateCount = 120 * 139

    @Test("a run ends at the optimum with the keys it promises", arguments: ["asynchronous", "synchronous"])
    func optimum(mode: String) async throws {
        let run = try LocalRun("school", sites: Self.siteCount, settings: [Self.stop, "mode=\(mode)"])
        let result = try await ended(run)
        // Douglas-Rachford is within 1e-6 after half as many epochs (below), in the simulation too.
        #expect(try #require(result["relative_suboptimality"]?.doubleValue) > 1e-5)
        for key in ["updates", "epochs", "staleness_max", "bytes_up", "bytes_down", "wall_seconds"] {
            #expect(try #require(result[key]?.doubleValue, "\(key)") >= 0)
        }
        #expect(try #require(result["staleness_mean"]?.doubleValue) <= Double(2 * Self.siteCount))
        #expect(result["restarts"]?.integerValue == 0)
        #expect(try run.history().map(\.version) == Array(1...Self.updateCount))
        try expectAcceptancesInHistory(run)
    }

    @Test(
        "Douglas-Rachford ends within 1e-6 of the optimum in far fewer exchanges, the aggregator killed on the way"
    )
    func douglasRachford() async throws {
        let run = try LocalRun("school", sites: Self.siteCount, settings: ["splitting=douglas-rachford"])
        try await run.waitForUpdates(8 * 139)
        try await run.killAndWaitForRestart(in: run.folder.aggregator)
        let result = try await ended(run, bound: 1e-6)
        #expect(try #require(result["epochs"]?.doubleValue) < 60)
        let summary = try JSONValue(parsing: contents(of: run.folder.aggregator + "/summary.json"))
        #expect(summary["reason"]?.stringValue == "residual")
        try expectAcceptancesInHistory(run)
    }

    @Test(
        "sites that are killed at random moments and come back end at the optimum",
        arguments: ["asynchronous", "synchronous"], [1 as UInt64])
    func killedSites(mode: String, seed: UInt64) async throws {
        let killCount = 12
        var random = SeededGenerator(seed: seed)
        let run = try LocalRun("school", sites: Self.siteCount, settings: [Self.stop, "mode=\(mode)"])
        // The kills are spread over the first three quarters, so that the last of them come back in time.
        let step = Self.updateCount * 3 / 4 / killCount
        for kill in 0..<killCount {
            try await run.waitForUpdates(kill * step + 1 + random.integer(below: step))
            let site = "site-\(1 + random.integer(below: Self.siteCount))"
            try await run.killAndWaitForRestart(in: run.folder.site(site))
        }
        let result = try await ended(run)
        #expect(result["restarts"]?.integerValue == killCount, "seed \(seed)")
        // Every update was applied exactly once.
        #expect(try run.history().map(\.version) == Array(1...Self.updateCount), "seed \(seed)")
        try expectAcceptancesInHistory(run)
    }

    @Test("an aggregator that is killed goes on where it was, and its history has no hole")
    func killedAggregator() async throws {
        let run = try LocalRun("school", sites: Self.siteCount, settings: [Self.stop])
        try await run.waitForUpdates(Self.updateCount / 4)
        try await run.killAndWaitForRestart(in: run.folder.aggregator)
        let result = try await ended(run)
        #expect(result["restarts"]?.integerValue == 1)
        #expect(result["updates"]?.integerValue == Self.updateCount)
        #expect(try run.history().map(\.version) == Array(1...Self.updateCount))
        try expectAcceptancesInHistory(run)
    }

    @Test(
        "a site whose key is removed is cut off within 2 s, its columns stay, and the study ends for the others"
    )
    func revokedSite() async throws {
        let run = try LocalRun("school", sites: Self.siteCount, settings: [Self.stop])
        try await run.waitForUpdates(Self.updateCount / 8)
        let removed = Date()
        try FileManager.default.removeItem(atPath: run.folder.authorizedSite("site-3"))
        let ending = try await run.process.ending()
        #expect(ending.exitCode == 1)
        #expect(ending.messages.contains("site-3"), "\(ending.messages)")
        let summary = run.folder.aggregator + "/summary.json"
        #expect(try JSONValue(parsing: contents(of: summary))["phase"]?.stringValue == "finished")

        // By the aggregator's own clock, which a busy test process does not delay.
        let left = try #require(
            JSONLines.read(path: run.folder.aggregator + "/log").first {
                $0["message"]?.stringValue == "a site left"
                    && $0["metadata"]?["site"]?.stringValue == "site-3"
            })
        let time = try #require(left["time"]?.stringValue)
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let delay = try format.parse(time).timeIntervalSince(removed)
        #expect(delay >= 0 && delay <= 2, "cut off after \(delay) s")

        let own = Set(try run.acceptances(of: "site-3").map(\.task))
        let history = try run.history()
        let last = try #require(history.lastIndex { own.contains($0.task) })
        #expect(!own.isEmpty && last < history.count / 2)
    }

    @Test("SIGTERM stops every process of a run")
    func termination() async throws {
        let run = try LocalRun("school", sites: Self.siteCount, settings: [Self.stop])
        try await run.waitForUpdates(100)
        let folders =
            [run.folder.aggregator] + (1...Self.siteCount).map { run.folder.site("site-\($0)") }
        let identifiers = folders.compactMap { run.identifier(in: $0) }
        #expect(identifiers.count == Self.siteCount + 1)
        run.process.signal(SIGTERM)
        let ending = try await run.process.ending()
        #expect(ending.exitCode == 143)
        #expect(ending.output.isEmpty)
        for identifier in identifiers { try await run.waitUntilGone(identifier) }
        // And a process that is killed takes its children with it all the same.
        let killed = try LocalRun("school", sites: Self.siteCount, settings: [Self.stop])
        try await killed.waitForUpdates(100)
        let orphans =
            ([killed.folder.aggregator] + (1...Self.siteCount).map { killed.folder.site("site-\($0)") })
            .compactMap { killed.identifier(in: $0) }
        killed.process.signal(SIGKILL)
        _ = try await killed.process.ending()
        for identifier in orphans { try await killed.waitUntilGone(identifier) }
    }

    /// Waits for the end of a run and checks that it is at the optimum.
    private func ended(_ run: LocalRun, bound: Double = bound) async throws -> JSONValue {
        let ending = try await run.process.ending()
        try #require(ending.exitCode == 0, "\(ending.messages)")
        let result = try JSONValue(parsing: Array(ending.output.utf8))
        let objective = try #require(result["objective"]?.doubleValue)
        #expect(((objective - Self.optimum) / Self.optimum).magnitude < bound)
        return result
    }

    /// Every acceptance that a site holds is the history's line of its version, and no version comes twice.
    private func expectAcceptancesInHistory(_ run: LocalRun) throws {
        let history = try run.history()
        var versions: Set<Int> = []
        for site in (1...Self.siteCount).map({ "site-\($0)" }) {
            let acceptances = try run.acceptances(of: site)
            #expect(!acceptances.isEmpty)
            let strangers = acceptances.filter { acceptance in
                !history.indices.contains(acceptance.version - 1)
                    || history[acceptance.version - 1] != acceptance
            }
            #expect(strangers.isEmpty, "\(site): \(strangers.prefix(3))")
            let repeated = acceptances.map(\.version).filter { !versions.insert($0).inserted }
            #expect(repeated.isEmpty, "\(site): \(repeated.prefix(3))")
        }
    }
}
