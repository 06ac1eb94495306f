internal import Foundation
internal import LocalFederation
internal import Reporting
internal import TestSupport
internal import Testing

/// A run ends by itself and in bounded time, whatever is killed and whenever.
@Suite(.timeLimit(.minutes(3)), .serialized)
struct EndingTests {
    private static let sites = (1...5).map { "site-\($0)" }
    /// Longer than sites and aggregator give each other at the end.
    private static let farewell = Duration.seconds(7)
    /// A run that goes on until it is stopped.
    private static let endless = ["stop.residual=1e-300", "stop.epochs=1000000"]

    private func run(settings: [String] = []) throws -> LocalRun {
        try LocalRun("demo", sites: Self.sites.count, settings: LocalRun.withoutNoise + settings)
    }

    /// The models that a site has kept; the marker of their release is not one.
    private func keptCount(_ site: String, of run: LocalRun) -> Int {
        let names = try? FileManager.default.contentsOfDirectory(atPath: run.folder.kept(of: site))
        return names?.count { $0.hasSuffix(".safetensors") && !$0.hasPrefix(".") } ?? 0
    }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// Waits for a run that ends well and checks that every site's result is there.
    private func expectComplete(_ run: LocalRun) async throws -> JSONValue {
        let ending = try await run.process.ending()
        try #require(ending.exitCode == 0, "\(ending.messages)")
        for site in Self.sites {
            let summary = try JSONValue(parsing: contents(of: run.folder.site(site) + "/summary.json"))
            #expect(summary["outcome"]?.stringValue == "complete", "\(site)")
            let lines = try JSONLines.read(path: run.folder.site(site) + "/acceptances.jsonl").count
            #expect(summary["accepted"]?.integerValue == lines, "\(site)")
            #expect(exists(run.folder.released(of: site)) || keptCount(site, of: run) > 0)
        }
        return try JSONValue(parsing: Array(ending.output.utf8))
    }

    @Test(
        "a site that is killed once its model is kept, or released, has its result", arguments: [false, true])
    func siteKilledAtTheEnd(isReleased: Bool) async throws {
        let run = try run()
        let site = "site-2"
        try await run.wait {
            isReleased ? exists(run.folder.released(of: site)) : keptCount(site, of: run) > 0
        }
        if let identifier = run.identifier(in: run.folder.site(site)) { kill(identifier, SIGKILL) }
        let result = try await expectComplete(run)
        // Once after the signal, and once more to finish offline where the aggregator had ended by then.
        #expect(try #require(result["restarts"]?.integerValue) <= 2)
    }

    @Test("a site that is killed when the aggregator has ended finishes from the models it kept")
    func siteKilledAfterTheAggregator() async throws {
        let run = try run()
        let site = "site-4"
        try await run.wait { keptCount(site, of: run) > 0 }
        let identifier = try #require(run.identifier(in: run.folder.site(site)))
        kill(identifier, SIGSTOP)
        // Stopped before it said that it holds the model, it is waited for; afterwards, the aggregator ends.
        let deadline = ContinuousClock.now + Self.farewell
        try await run.wait {
            exists(run.folder.aggregator + "/summary.json") || ContinuousClock.now > deadline
        }
        kill(identifier, SIGKILL)
        _ = try await expectComplete(run)
    }

    @Test("an aggregator that is killed when sites have models already serves the others theirs")
    func aggregatorKilledAtTheEnd() async throws {
        let run = try run()
        try await run.wait { Self.sites.contains { keptCount($0, of: run) > 0 } }
        if let identifier = run.identifier(in: run.folder.aggregator) { kill(identifier, SIGKILL) }
        let result = try await expectComplete(run)
        // Sites are not started again; 0: the aggregator had ended before the signal came.
        #expect(try #require(result["restarts"]?.integerValue) <= 1)
        let updateCount = try #require(result["updates"]?.integerValue)
        #expect(try run.history().map(\.version) == Array(1...updateCount))
    }

    @Test("an aggregator that is started again when every site has its model exits with the same summary")
    func aggregatorStartedAgain() async throws {
        let run = try run()
        _ = try await expectComplete(run)
        let folder = run.folder.aggregator
        let before = try JSONValue(parsing: contents(of: folder + "/summary.json"))
        let temporary = try TemporaryFolder()
        let again = try await TestProcess(
            ["--config", folder + "/config.yaml", "--json"], program: "atoll-aggregator", in: temporary
        ).ending()
        #expect(again.exitCode == 0, "\(again.messages)")
        let after = try JSONValue(parsing: contents(of: folder + "/summary.json"))
        for key in ["phase", "reason", "updates", "residual", "staleness_mean", "exchange_seconds"] {
            #expect(after[key] == before[key], "\(key)")
        }
        #expect(after["continued_at"] == after["updates"])
    }

    @Test("a run whose site lost its key ends by itself, names the site, and leaves the others' results")
    func revokedSite() async throws {
        let run = try run()
        try await run.waitForUpdates(1)
        try FileManager.default.removeItem(atPath: run.folder.authorizedSite("site-3"))
        let ending = try await run.process.ending()
        #expect(ending.exitCode == 1)
        #expect(ending.output.isEmpty)
        for word in ["site-3", "no result", run.folder.authorizedSites] {
            #expect(ending.messages.contains(word), "\(word) in \(ending.messages)")
        }
        for site in Self.sites {
            let summary = try JSONValue(parsing: contents(of: run.folder.site(site) + "/summary.json"))
            #expect(summary["outcome"]?.stringValue == (site == "site-3" ? "incomplete" : "complete"))
        }
    }

    @Test(
        "a fault of a program ends the run at once, with its signal", arguments: [SIGSEGV, SIGABRT])
    func fault(signal: Int32) async throws {
        let run = try run(settings: Self.endless)
        try await run.waitForUpdates(1)
        let identifier = try #require(run.identifier(in: run.folder.site("site-1")))
        kill(identifier, signal)
        let ending = try await run.process.ending()
        #expect(ending.exitCode == 1)
        for word in ["site-1", "signal \(signal)", run.folder.site("site-1") + "/log"] {
            #expect(ending.messages.contains(word), "\(word) in \(ending.messages)")
        }
    }

    @Test("what a site learned is on disk soon, also when the site is killed then")
    func followed() async throws {
        let run = try run(settings: Self.endless)
        let site = run.folder.site("site-5")
        let lineCount = { (try? JSONLines.read(path: site + "/acceptances.jsonl").count) ?? 0 }
        try await run.wait { lineCount() > 0 && exists(site + "/losses.jsonl") }
        let before = lineCount()
        try await run.killAndWaitForRestart(in: site)
        try await run.wait { lineCount() > before }
        run.process.signal(SIGTERM)
        #expect(try await run.process.ending().exitCode == 143)
    }

    @Test("a site that is started again after its end prints the same summary without an aggregator")
    func startedAgain() async throws {
        let run = try run()
        _ = try await expectComplete(run)
        let folder = run.folder.site("site-1")
        let before = try contents(of: folder + "/summary.json")
        let temporary = try TemporaryFolder()
        let again = try await TestProcess(
            ["--config", folder + "/config.yaml", "--json"], program: "atoll-site", in: temporary
        ).ending()
        #expect(again.exitCode == 0, "\(again.messages)")
        #expect(Array(again.output.utf8) == before)
        #expect(try contents(of: folder + "/summary.json") == before)
        // A summary that is not written whole is no success.
        let full = try await TestProcess(
            [
                "-c", "exec \"$0\" --config \"$1\" > /dev/full", TestProcess.programs + "/atoll-site",
                folder + "/config.yaml",
            ],
            program: "/bin/sh", in: temporary
        ).ending()
        #expect(full.exitCode == 74 && full.messages.contains("No space left on device"), "\(full.messages)")
        // Without its models it has nothing to show, and says so.
        try FileManager.default.removeItem(atPath: run.folder.kept(of: "site-1"))
        let empty = try await TestProcess(
            ["--config", folder + "/config.yaml", "--offline"], program: "atoll-site", in: temporary
        ).ending()
        #expect(empty.exitCode == 3, "\(empty.messages)")
    }
}
