internal import AggregatorStorage
internal import Federation
internal import Foundation
internal import TestSupport
internal import Testing

/// Files of every version that was released are opened and go on.
///
/// Each was written once, by the version whose number it has:
/// `ATOLL_STATE_FIXTURE=$PWD/Tests/AggregatorStorageTests/Fixtures/version-N.sqlite swift test --disable-xctest --filter FixtureTests`
@Suite
struct FixtureTests {
    private static let version: UInt64 = 40
    private static let target = ProcessInfo.processInfo.environment["ATOLL_STATE_FIXTURE"]
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().path + "/Fixtures"

    private let temporary: TemporaryFolder
    private let plan: StudyPlan

    init() throws {
        temporary = try TemporaryFolder()
        plan = try StoredStudy.plan(dimension: 3, taskCount: 3)
    }

    @Test("writes the fixture", .enabled(if: target != nil, "only to write a new one"))
    func write() async throws {
        let path = temporary.file("state")
        do {
            let store = try openStore(path, plan)
            var study = try StoredStudy(plan, seed: 21)
            try await store.create(study.state)
            for transactions in try study.steps(toVersion: Self.version) where !transactions.isEmpty {
                try await store.commit(transactions)
            }
        }
        let copy = try copyOfState(path, into: temporary, "copy")
        _ = try await loadState(copy, plan)
        try FileManager.default.copyItem(
            atPath: copy + "/aggregator.sqlite", toPath: try #require(Self.target))
    }

    @Test("a stored state of an older version is read and goes on", arguments: [1])
    func read(number: Int) async throws {
        let path = temporary.file("state")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: "\(Self.folder)/version-\(number).sqlite", toPath: path + "/aggregator.sqlite")
        let store = try openStore(path, plan)
        let stored = try #require(try await store.load())
        // The next may open the folder at once.
        await store.close()
        #expect(stored.instance == StoredStudy.instance)
        #expect(stored.progress.version == Self.version)
        #expect(stored.tasks.map(\.lastVersion).max() == Self.version)
        #expect(stored.progress.statistics.joinCount > 0 && stored.progress.elapsed > .zero)
        // Of keys the first version knew nothing: who was heard had one, and is not waited for without it.
        #expect(stored.hasKey.isEmpty == (number == 1))
        var machine = try AggregatorMachine(plan: plan, state: stored)
        let frozen = try machine.handle(.keysListed([SiteName("site0")]), at: stored.progress.elapsed)
        #expect(
            frozen.contains { if case .note(.keyRemoved(SiteName("site1"))) = $0 { true } else { false } })

        var study = try StoredStudy(plan, seed: 22, state: stored)
        let reopened = try openStore(path, plan)
        _ = try await reopened.load()
        try await reopened.commit(try study.steps(toVersion: 2 * Self.version).flatMap { $0 })
        let copy = try copyOfState(path, into: temporary, "copy")
        try expectEqual(try await loadState(copy, plan), study.state, "version \(number)")
        #expect(try await reopened.updates(after: 0, limit: .max).count == 2 * Int(Self.version))
    }
}
