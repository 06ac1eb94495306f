internal import AggregatorService
internal import Federation
internal import Foundation
internal import InMemoryLogging
internal import Logging
internal import SiteStorage
internal import Storage
internal import TestSupport
internal import Testing

/// Nothing is applied twice and nothing that counts is missing, whichever side comes back older than the other; each
/// such case is named.
@Suite(.timeLimit(.minutes(3)))
struct ExactlyOnceTests {
    /// Updates between two events of a test: far fewer than the study needs.
    private static let stride = 40

    private func expectOptimum(_ study: TestStudy, _ outcome: AggregatorService.Outcome) throws {
        let model = try #require(outcome.model)
        #expect(try study.relativeSuboptimality(of: model).magnitude < 1e-7)
    }

    /// That versions follow one another from `first` on, and that no number of a task is applied twice.
    private func expectOnce(_ applied: [AppliedUpdate], from first: UInt64 = 1) {
        #expect(applied.map(\.version) == Array(first..<(first + UInt64(applied.count))))
        let numbers = Set(applied.map { "\($0.task) \($0.sequence)" })
        #expect(numbers.count == applied.count)
    }

    @Test("an update whose acceptance is lost, and one that comes twice in a message, are applied once")
    func lostAcceptance() async throws {
        let study = try TestStudy()
        let run = try await TestFederation.run(study) { federation in
            let east = try federation.party("east")
            let update = try await federation.connect(as: east) { peer in
                let column = try await peer.joinAndRead()
                let update = try peer.update(column, release: ProtocolPeer.release([1, 2, 3, 4]))
                try await peer.send(.update(update), .update(update))
                try await federation.history.wait { !$0.applied.isEmpty }
                // The connection ends here, and its answers are not read.
                return update
            }
            try await federation.connect(as: east) { peer in
                try await peer.join()
                try await peer.send(.update(update))
                #expect(try await peer.acceptance().version == 1)
            }
            try await federation.withAgents(TestStudy.sites) {}
            let duplicates = federation.history.value.notes.count {
                $0 == .duplicate(update.task, sequence: update.sequence)
            }
            #expect(duplicates == 2)
            #expect(
                federation.hasLogged(
                    "a duplicate was answered and not applied", "sequence", "\(update.sequence)"))
            expectOnce(federation.history.value.applied)
        }
        try expectOptimum(study, run.outcome)
    }

    @Test(
        "a site that comes back with yesterday's journal", arguments: [JournalDurability.unsynced, .synced])
    func olderJournal(durability: JournalDurability) async throws {
        let study = try TestStudy()
        let state = try TemporaryFolder()
        let run = try await TestFederation.run(study) { federation in
            let recorder = TestSiteRecorder()
            /// Runs the site's agent on the journal that is in its folder, until so many updates were applied.
            func runEast(untilApplied count: Int) async throws {
                let journal = try SiteJournal(
                    folder: state.file("east"), plan: study.plan, site: SiteName("east"),
                    durability: durability)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        _ = try await federation.runAgent("east", journal: journal, recorder: recorder)
                    }
                    try await federation.history.wait { $0.applied.count >= count }
                    group.cancelAll()
                }
                try await federation.waitUntilLeft("east")
            }
            try await runEast(untilApplied: Self.stride)
            try FileManager.default.copyItem(atPath: state.file("east"), toPath: state.file("yesterday"))
            try await runEast(untilApplied: 2 * Self.stride)
            try state.remove("east")
            try FileManager.default.moveItem(atPath: state.file("yesterday"), toPath: state.file("east"))
            #expect(!recorder.value.notes.contains { $0.isJournalBehind })

            let journal = try SiteJournal(
                folder: state.file("east"), plan: study.plan, site: SiteName("east"), durability: durability)
            try await federation.withAgents(["north", "south"]) {
                let outcome = try await federation.runAgent("east", journal: journal, recorder: recorder)
                #expect(outcome == .complete)
            }
            #expect(recorder.value.notes.contains { $0.isJournalBehind })
            #expect(federation.history.value.notes.contains { $0.isSiteBehind })
            #expect(
                federation.log.entries.contains {
                    $0.message.description == "a site's counter is behind: its state is older than ours"
                })
            let line = federation.siteLog.entries.first {
                $0.message.description.hasPrefix("journal behind the aggregator: ")
            }
            #expect(line?.level == (durability == .synced ? .error : .notice))
            expectOnce(federation.history.value.applied)
            // Both sides agree on what was accepted.
            let east = federation.history.value.applied.filter { study.tasks(of: "east").contains($0.task) }
            let heard = Set(recorder.value.acceptances.map(\.version))
            #expect(heard.isSubset(of: Set(east.map(\.version))))
            #expect(recorder.value.acceptances.count == heard.count)
        }
        try expectOptimum(study, run.outcome)
    }

    @Test("an aggregator that comes back with an older copy of its state")
    func olderState() async throws {
        let study = try TestStudy()
        let deployment = try TestFederation.Deployment(study)
        let folder = deployment.state
        // The sites live on while aggregators come and go on one port.
        let address = Observed<TestFederation?>(nil)
        let recorders = TestStudy.sites.map { _ in TestSiteRecorder() }
        try await withThrowingTaskGroup(of: SiteOutcome?.self) { sites in
            for (site, recorder) in zip(TestStudy.sites, recorders) {
                sites.addTask {
                    guard let federation = try await address.wait(until: { $0 != nil }) else { return nil }
                    return try await federation.runAgent(site, recorder: recorder)
                }
            }
            /// Runs an aggregator on the state that is in its folder, until it has applied so many updates.
            func run(port: Int) async throws -> (result: TestFederation, outcome: AggregatorService.Outcome) {
                try await TestFederation.run(deployment, port: port, stops: true) { federation in
                    address.update { $0 = $0 ?? federation }
                    try await federation.history.wait { $0.applied.count >= Self.stride }
                    return federation
                }
            }
            let first = try await run(port: 0)
            try FileManager.default.copyItem(
                atPath: folder.file("state"), toPath: folder.file("yesterday"))
            let second = try await run(port: first.result.port)
            #expect(second.outcome.version > first.outcome.version)
            expectOnce(second.result.history.value.applied, from: first.outcome.version + 1)
            try folder.remove("state")
            try FileManager.default.moveItem(
                atPath: folder.file("yesterday"), toPath: folder.file("state"))

            let third = try await TestFederation.run(deployment, port: first.result.port, stops: false) {
                $0
            }
            let history = third.result.history.value
            expectOnce(history.applied, from: first.outcome.version + 1)
            // Numbers that the lost updates had are not used again.
            let lost = Set(
                second.result.history.value.applied.map { "\($0.task) \($0.sequence)" })
            let reused = history.applied.filter { lost.contains("\($0.task) \($0.sequence)") }
            #expect(reused.allSatisfy { $0.isResent(after: second.result.history.value.applied) })
            #expect(history.notes.contains { $0.isSequenceGap })
            #expect(
                third.result.log.entries.contains {
                    $0.message.description == "a site's counter is ahead; its number is taken"
                })
            for try await outcome in sites { #expect(outcome == .complete) }
            // A site says once that the state is older. The one update since the copy may be in flight: it is sent again.
            let counts = Dictionary(grouping: second.result.history.value.applied, by: \.task)
                .mapValues(\.count)
            for (site, recorder) in zip(TestStudy.sites, recorders) {
                let isBehind = study.tasks(of: site).contains { counts[$0, default: 0] > 1 }
                let noteCount = recorder.value.notes.count { $0.isOlderState }
                #expect(noteCount <= 1 && (noteCount == 1 || !isBehind), "\(site)")
            }
            let line = first.result.siteLog.entries.first {
                $0.message.description
                    == "the aggregator's state is older than ours; what was in flight is dropped"
            }
            #expect(line?.level == .warning)
            try expectOptimum(study, third.outcome)
        }
    }
}

extension AppliedUpdate {
    /// Whether this is the very release of the same number that was applied before: one that its site sent again.
    fileprivate func isResent(after earlier: [AppliedUpdate]) -> Bool {
        earlier.contains { $0.task == task && $0.sequence == sequence && $0.releaseHash == releaseHash }
    }
}

extension SiteNote {
    fileprivate var isJournalBehind: Bool { if case .journalBehind = self { true } else { false } }
    fileprivate var isOlderState: Bool { if case .olderState = self { true } else { false } }
}

extension AggregatorNote {
    fileprivate var isSiteBehind: Bool { if case .siteBehind = self { true } else { false } }
    fileprivate var isSequenceGap: Bool { if case .sequenceGap = self { true } else { false } }
}
