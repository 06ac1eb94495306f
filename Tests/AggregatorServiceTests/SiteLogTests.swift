internal import Federation
internal import InMemoryLogging
internal import Logging
internal import Testing

@testable internal import AggregatorService

/// What a site can make the aggregator log.
@Suite struct SiteLogTests {
    private let log = InMemoryLogHandler()

    private func siteLog() throws -> SiteLog {
        SiteLog(plan: try TestStudy().plan, logger: Logger(label: "aggregator") { [log] _ in log })
    }

    /// What the study's site `north` can bring about; its first task is `task-1`.
    private static let repeatable: [AggregatorNote] = [
        .refused(SiteName("north"), Refusal(.malformed, message: "no message")),
        .duplicate(TaskName("task-1"), sequence: 1), .joined(SiteName("north"), taskCount: 2),
        .left(SiteName("north")), .sequenceGap(TaskName("task-1"), expected: 1, taken: 2),
        .siteBehind(TaskName("task-1"), expected: 2, joined: 1), .abandoned(TaskName("task-1")),
        .resumed(TaskName("task-1")), .refusedTooOften(SiteName("north")),
        .spent(TaskName("task-1")), .ledgerChanged(SiteName("north")),
    ]

    @Test("of what a site can repeat, a bounded number of lines a second is logged", arguments: repeatable)
    func bound(note: AggregatorNote) throws {
        let limit = AggregatorLimits.siteLogLinesPerSecond
        var siteLog = try siteLog()
        for count in 1...(limit + 300) {
            siteLog.log(note, at: .seconds(5))
            #expect(log.entries.count == min(count, limit))
        }
        // Another site's lines have a bound of their own.
        siteLog.log(.left(SiteName("south")), at: .seconds(5))
        #expect(log.entries.count == limit + 1)
        #expect(log.entries.allSatisfy { $0.metadata["suppressed"] == nil })
        // The next second's first line says how many there were; the one after it has nothing to add.
        siteLog.log(note, at: .seconds(6))
        siteLog.log(note, at: .seconds(6))
        #expect(log.entries.suffix(2).map { $0.metadata["suppressed"] } == ["300", nil])
    }

    @Test("connections that are closed because nobody reads count with the site's lines")
    func unread() throws {
        let limit = AggregatorLimits.siteLogLinesPerSecond
        var siteLog = try siteLog()
        for _ in 0...limit { siteLog.logUnread(by: SiteName("north"), bound: 1, at: .seconds(5)) }
        siteLog.log(Self.repeatable[0], at: .seconds(5))
        #expect(log.entries.count == limit)
    }

    @Test("what happens once is logged however much there is")
    func once() throws {
        var siteLog = try siteLog()
        let count = AggregatorLimits.siteLogLinesPerSecond + 1
        for round in 1...count {
            siteLog.log(.absent([TaskName("task-1")], round: UInt64(round)), at: .seconds(5))
        }
        #expect(log.entries.count == count)
    }

    @Test("a connection full of refusals leaves a bounded number of lines")
    func hostileConnection() async throws {
        let bound = FederationLimits.maximumRefusalsPerConnection
        let deployment = try TestFederation.Deployment(TestStudy())
        try await TestFederation.run(deployment, port: 0, stops: true) { federation in
            let start = ContinuousClock.now
            try await federation.connect(as: federation.party("east")) { peer in
                for _ in 1..<bound {
                    try await peer.send(.fetched(task: peer.task))
                    _ = try await peer.refusal()
                }
            }
            let lines = federation.log.entries.count { $0.message == "refused" }
            #expect(federation.history.value.refusals.count == bound - 1)
            // Seconds that began meanwhile have lines of their own.
            let seconds = Int((ContinuousClock.now - start) / .seconds(1)) + 2
            #expect(lines >= 1 && lines <= AggregatorLimits.siteLogLinesPerSecond * seconds)
        }
    }
}
