internal import AggregatorStorage
internal import Federation
internal import Foundation
internal import GRDB
internal import StorageTestSupport
internal import TestSupport
internal import Testing

@Suite("A state keeps what retention says, and what a start needs")
struct RetentionTests {
    private static let updateCount: UInt64 = 25
    private static let releaseByteCount: UInt64 = 1_000
    private static let pageByteCount = 4_096

    private let folder: TemporaryFolder
    private let plan: StudyPlan

    init() throws {
        folder = try TemporaryFolder()
        plan = try StoredStudy.plan()
    }

    private struct Size {
        var fileByteCount: Int
        var lineCount: Int
        var receiptCount: Int
        var releaseByteCount: Int
        var segmentCount: Int
    }

    /// What an ended aggregator's state takes.
    private func size(of path: String, _ name: String) async throws -> Size {
        let copy = try copyOfState(path, into: folder, name)
        _ = try await loadState(copy, plan)
        let bytes = try contents(of: copy + "/aggregator.sqlite").count
        return try await openDatabase(copy).read { database in
            Size(
                fileByteCount: bytes,
                lineCount: try Int.fetchOne(database, sql: "SELECT count(*) FROM accepted") ?? 0,
                receiptCount: try Int.fetchOne(database, sql: "SELECT count(*) FROM refused") ?? 0,
                releaseByteCount: try Int.fetchOne(
                    database,
                    sql: """
                        SELECT sum(release_bytes) FROM accepted WHERE version IN
                            (SELECT version FROM accepted_release UNION SELECT version FROM release_place)
                        """) ?? 0,
                segmentCount: try segments(in: copy).count)
        }
    }

    @Test(
        "file, log, receipts and releases stop growing, and every state is read back bit for bit",
        arguments: ReleasePlacement.allCases)
    func bounded(placement: ReleasePlacement) async throws {
        var study = try StoredStudy(plan, seed: 31)
        let path = folder.file("state")
        // Real syncs take their time.
        let watched = try FaultyFolder(path)
        defer { watched.unwatch() }
        let store = try openStore(
            path, plan, updateCount: Self.updateCount, releaseByteCount: Self.releaseByteCount, placement)
        try await store.create(study.state)
        var sizes: [Size] = []
        for version in stride(from: UInt64(50), through: 2_000, by: 50) {
            for transactions in try study.steps(toVersion: version) where !transactions.isEmpty {
                try await store.commit(transactions)
            }
            guard version.isMultiple(of: 250) else { continue }
            sizes.append(try await size(of: path, "\(version)"))
            let copy = try copyOfState(path, into: folder, "\(version)-again")
            try expectEqual(try await loadState(copy, plan), study.state, "version \(version)")
        }
        // Of each task at most so much waits for a checkpoint, of 16 bytes for each number.
        let pending = plan.tasks.count * (AggregatorStorageLimits.replayedByteRatio + 1) * 16 * plan.dimension
        for size in sizes {
            #expect(size.lineCount <= Self.updateCount)
            #expect(size.receiptCount <= Self.updateCount)
            #expect(size.releaseByteCount <= Int(Self.releaseByteCount) + pending)
            // One that is not full, one of which the oldest are gone, and in each room for no whole release.
            let segmentBound =
                2 + (Int(Self.releaseByteCount) + pending) / (ReleasePlacement.segmentByteCount / 2)
            #expect(size.segmentCount <= (placement == .segments ? segmentBound : 0))
            #expect((size.segmentCount > 0) == (placement == .segments))
        }
        #expect(sizes.last?.receiptCount == Int(Self.updateCount))
        let half = sizes[sizes.count / 2 - 1].fileByteCount
        let whole = sizes[sizes.count - 1].fileByteCount
        #expect(whole <= half + 2 * Self.pageByteCount, "\(sizes.map(\.fileByteCount))")
    }

    @Test("a lowered bound is reached step by step")
    func lowered() async throws {
        var study = try StoredStudy(plan, seed: 32)
        let path = folder.file("state")
        let store = try openStore(path, plan)
        try await store.create(study.state)
        try await store.commit(try study.steps(toVersion: 1_000).flatMap { $0 })
        let copy = try copyOfState(path, into: folder, "lowered")
        let lowered = try openStore(copy, plan, updateCount: Self.updateCount, releaseByteCount: 0)
        study = try StoredStudy(plan, seed: 33, state: try #require(try await lowered.load()))
        var counts: [Int] = []
        while study.machine.version < 1_050 {
            let transactions = try study.step()
            guard transactions.contains(where: { $0.applied != nil }) else { continue }
            try await lowered.commit(transactions)
            counts.append(try await lowered.updates(after: 0, limit: .max).count)
        }
        for (earlier, later) in zip(counts, counts.dropFirst()) {
            #expect(earlier - later <= AggregatorStorageLimits.prunedRowCount)
        }
        #expect(counts.last == Int(Self.updateCount))
    }

    @Test("a silent task's vectors are kept when its updates are not")
    func silentTask() async throws {
        var study = try StoredStudy(plan, seed: 34)
        let path = folder.file("state")
        let store = try openStore(path, plan, updateCount: Self.updateCount, releaseByteCount: 0)
        try await store.create(study.state)
        func commit(toVersion version: UInt64) async throws {
            for transactions in try study.steps(toVersion: version) where !transactions.isEmpty {
                try await store.commit(transactions)
            }
        }
        try await commit(toVersion: 20)
        study.silentTasks = [2]
        let lastVersion = study.state.tasks[2].lastVersion
        #expect(lastVersion > 0)
        try await commit(toVersion: 400)
        #expect(study.state.tasks[2].lastVersion == lastVersion)
        let copy = try copyOfState(path, into: folder, "copy")
        try expectEqual(try await loadState(copy, plan), study.state, "silent")
        let kept = try await openDatabase(copy).read {
            try Int.fetchOne($0, sql: "SELECT version FROM checkpoint WHERE task = 2")
        }
        #expect(kept == Int(lastVersion))
    }
}
