internal import AggregatorStorage
internal import Federation
internal import FoundationEssentials
internal import GRDB
internal import StorageTestSupport
internal import TestSupport
internal import Testing

@Suite("No accepted update is missing after a write or a sync that failed", .timeLimit(.minutes(5)))
struct FaultTests {
    /// A way of failing that is tried with every operation of a kind in turn.
    struct Failing: Sendable, CustomTestStringConvertible {
        var operation: FaultyFolder.Operation
        var isLasting: Bool
        var outcome: FaultyFolder.Outcome

        var testDescription: String { "\(operation), \(isLasting ? "for ever" : "once"), \(outcome)" }
    }

    static let ways =
        [false, true].flatMap { isLasting in
            [.sync, .write, .truncate].map {
                Failing(operation: $0, isLasting: isLasting, outcome: .error)
            }
        } + [.shortWrite, .diskFull].map { Failing(operation: .write, isLasting: false, outcome: $0) }

    private let temporary: TemporaryFolder

    init() throws {
        temporary = try TemporaryFolder()
    }

    @Test("whichever operation fails, and however", arguments: ways, ReleasePlacement.allCases)
    func everyOperation(way: Failing, placement: ReleasePlacement) async throws {
        let fixedRun = try FixedRun(placement)
        let count = try await countOfRunWithoutFault(fixedRun, way.operation)
        var failedCommitCount = 0
        for number in 1...count {
            let name = "\(number)"
            let watched = try FaultyFolder(temporary.file("\(name)/state"))
            watched.set(
                .init(
                    way.operation, number: number, isLasting: way.isLasting, outcome: way.outcome))
            let progress = await fixedRun.run(in: watched.path)
            #expect(watched.hasFailed && progress.error != nil, "\(way) \(number) is not seen")
            if let store = progress.store, let acknowledged = progress.acknowledged {
                failedCommitCount += 1
                watched.set(nil)
                let next = fixedRun.commits[min(acknowledged, fixedRun.commits.count - 1)]
                await #expect(throws: AggregatorStorageError(.failed, ""), "\(way) \(number)") {
                    try await store.commit(next)
                }
            }
            let images = [
                try copyOfState(watched.path, into: temporary, "\(name)/killed"),
                try watched.writeImage(losing: .whole, to: temporary.file("\(name)/lost")),
                try watched.writeImage(
                    losing: .partial(seed: UInt64(number)), to: temporary.file("\(name)/torn")),
            ]
            for (index, image) in images.enumerated() {
                try await check(
                    image, of: fixedRun, after: progress, goesOn: index == number % images.count,
                    "\(way) \(number), \(image)")
            }
            watched.unwatch()
            // A store that is closing may remove a file of its own meanwhile.
            try? temporary.remove(name)
        }
        #expect(failedCommitCount > 0)
    }

    private func countOfRunWithoutFault(
        _ fixedRun: FixedRun, _ operation: FaultyFolder.Operation
    ) async throws -> Int {
        let watched = try FaultyFolder(temporary.file("fine"))
        let progress = await fixedRun.run(in: watched.path)
        #expect(progress.error == nil && progress.acknowledged == fixedRun.commits.count)
        let image = try watched.writeImage(losing: .whole, to: temporary.file("image"))
        watched.unwatch()
        try expectEqual(
            try await fixedRun.open(image).load(), fixedRun.states[fixedRun.commits.count], "without fault")
        let checkpointed = try await openDatabase(image).read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM checkpoint WHERE version > 0")
        }
        #expect(checkpointed == fixedRun.plan.tasks.count, "each task has a checkpoint")
        return watched.count(of: operation)
    }

    /// Checks that a state is the one after the commits that returned, or after the one that failed, and that a run goes
    /// on from there to the end.
    private func check(
        _ folder: String, of fixedRun: FixedRun, after progress: FixedRun.Progress, goesOn: Bool,
        _ comment: Comment
    ) async throws {
        // Nothing of this one fails; it is watched because real syncs take their time.
        let watched = try FaultyFolder(folder)
        defer { watched.unwatch() }
        let store = try fixedRun.open(folder)
        let loaded = try await store.load()
        var next = 0
        if let loaded {
            let acknowledged = progress.acknowledged ?? 0
            let candidates = acknowledged...min(acknowledged + 1, fixedRun.commits.count)
            next = try #require(
                candidates.first { fixedRun.states[$0].progress == loaded.progress },
                "\(comment): version \(loaded.progress.version), \(acknowledged) commits were acknowledged")
            try expectEqual(loaded, fixedRun.states[next], comment)
        } else {
            try #require(progress.acknowledged == nil, comment)
            try await store.create(fixedRun.states[0])
        }
        if goesOn {
            for transactions in fixedRun.commits[next...] {
                try await store.commit(transactions)
                try await store.maintain()
            }
            next = fixedRun.commits.count
        }
        let log = try await store.updates(after: 0, limit: fixedRun.log.count + 1)
        #expect(log.elementsEqual(fixedRun.log.prefix(Int(fixedRun.states[next].progress.version))), comment)
    }

    @Test("the disk of these tests forgets what was not synced")
    func control() throws {
        let watched = try FaultyFolder(temporary.file("control"))
        defer { watched.unwatch() }
        let queue = try DatabaseQueue(path: watched.path + "/a")
        func insert(_ number: Int, synchronous: String) throws {
            try queue.writeWithoutTransaction { database in
                try database.execute(
                    sql: "PRAGMA synchronous = \(synchronous); INSERT INTO t VALUES (\(number))")
            }
        }
        try queue.writeWithoutTransaction { database in
            _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
            try database.execute(sql: "CREATE TABLE t (x INTEGER)")
        }
        try insert(1, synchronous: "FULL")
        try insert(2, synchronous: "NORMAL")
        let image = try watched.writeImage(losing: .whole, to: temporary.file("image"))
        let kept = try DatabaseQueue(path: image + "/a").read { try Int.fetchAll($0, sql: "SELECT x FROM t") }
        #expect(kept == [1])
        #expect(try queue.read { try Int.fetchAll($0, sql: "SELECT x FROM t") } == [1, 2])
    }
}
