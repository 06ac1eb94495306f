internal import Foundation
internal import LocalFederation
internal import Reporting
internal import TestSupport
internal import Testing

/// A site whose disk takes no more stops, says so, and has lost nothing that the aggregator acknowledged.
///
/// The limit on a file's size stands in for a full disk: the system call fails in the same place.
@Suite(.timeLimit(.minutes(3)))
struct DiskFullTests {
    private static let limitByteCount = 5 << 20

    /// A study of five sites that was stopped in its middle; its processes are started one by one from here on.
    private struct StoppedRun {
        let run: LocalRun
        let temporary: TemporaryFolder

        init() async throws {
            temporary = try TemporaryFolder()
            run = try LocalRun(
                "demo", sites: 5,
                settings: LocalRun.withoutNoise + ["stop.residual=1e-300", "stop.epochs=1000000"])
            try await run.waitForUpdates(100)
            run.process.signal(SIGTERM)
            #expect(try await run.process.ending().exitCode == 143)
        }

        var site: String { run.folder.site("site-1") }

        func aggregator() throws -> TestProcess {
            let address = try text(of: run.folder.aggregator + "/address").filter { !$0.isNewline }
            return try TestProcess(
                ["--config", run.folder.aggregator + "/config.yaml", "--set", "listen=\(address)"],
                program: "atoll-aggregator", in: temporary)
        }

        func agent() throws -> TestProcess {
            try TestProcess(["--config", site + "/config.yaml"], program: "atoll-site", in: temporary)
        }

        /// The agent, whose files may not grow beyond `byteCount`.
        func agent(limit byteCount: Int) throws -> TestProcess {
            // The shell counts blocks of 512 bytes. Without the signal the write itself fails, as on a full disk.
            let script = "trap '' XFSZ; ulimit -f \(byteCount / 512) && exec \"$0\" --config \"$1\""
            return try TestProcess(
                ["-c", script, TestProcess.programs + "/atoll-site", site + "/config.yaml"],
                program: "/bin/sh", in: temporary)
        }
    }

    @Test("where there is no room for the journal, the agent does not start and leaves nothing half made")
    func noRoomForTheJournal() async throws {
        let stopped = try await StoppedRun()
        try FileManager.default.removeItem(atPath: stopped.site + "/state")
        let ending = try await stopped.agent(limit: 1 << 20).ending()
        #expect(ending.exitCode == 74)
        #expect(ending.messages.contains("site-journal"), "\(ending.messages)")
        #expect(ending.messages.contains("File too large"), "\(ending.messages)")
        let left = try FileManager.default.contentsOfDirectory(atPath: stopped.site + "/state")
        #expect(left == ["site-journal.lock"])
    }

    @Test("an agent whose acceptances have no more room stops at once, and goes on when there is room again")
    func noRoomForAcceptances() async throws {
        let stopped = try await StoppedRun()
        let path = stopped.site + "/acceptances.jsonl"
        let before = try contents(of: path)
        let line = Array("{\"task\":\"filler\",\"sequence\":0,\"version\":0}\n".utf8)
        let room = 1_000
        let count = (Self.limitByteCount - room - before.count) / line.count
        let filler = repeatElement(line, count: count).flatMap { $0 }
        try Data(filler + before).write(to: URL(fileURLWithPath: path))

        let aggregator = try stopped.aggregator()
        defer { aggregator.signal(SIGKILL) }
        let ending = try await stopped.agent(limit: Self.limitByteCount).ending()
        #expect(ending.exitCode == 74)
        #expect(ending.messages.contains(path), "\(ending.messages)")
        #expect(ending.messages.contains("File too large"), "\(ending.messages)")
        #expect(try contents(of: path).count > Self.limitByteCount - room)

        let agent = try stopped.agent()
        defer { agent.signal(SIGKILL) }
        try await stopped.run.wait(for: agent) {
            try contents(of: path).count > 2 * room + Self.limitByteCount
        }
        // The operator finishes the study: the site has its model, and everything that was accepted.
        aggregator.signal(SIGUSR1)
        let complete = try await agent.ending()
        #expect(complete.exitCode == 0, "\(complete.messages)")
        aggregator.signal(SIGKILL)
        _ = try await aggregator.ending()
        let heard = try stopped.run.acceptedLines(of: "site-1").filter { $0.task != "filler" }
        let tasks = Set(heard.map(\.task))
        var log = try AcceptedLog(database: stopped.run.folder.aggregator + "/state/aggregator.sqlite")
        log.rows.removeAll { !tasks.contains($0.line.task) }
        #expect(!heard.isEmpty)
        #expect(log.disagreements(with: heard).isEmpty)
    }
}
