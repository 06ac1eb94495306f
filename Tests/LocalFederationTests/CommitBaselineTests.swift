internal import AggregatorStorage
internal import Federation
internal import GRDB
internal import MultiTaskLearning
internal import ReleaseEncoding
internal import TestSupport
internal import Testing

@testable internal import ThroughputBench

/// The bare commits that a federation is measured beside.
@Suite struct CommitBaselineTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Has a store commit two updates of one of three tasks; returns the newest.
    private func writeState(
        _ path: String, segments: SegmentSizes = SegmentSizes()
    ) async throws -> AppliedUpdate {
        let names = (0..<3).map { TaskName("task-\($0)") }
        let plan = try StudyPlan(
            name: "bare", digest: Array(repeating: 7, count: 32), dimension: 5,
            tasks: names.map { StudyPlan.Task(name: $0, owner: SiteName("north")) },
            regularizer: Regularizer(.mean), lambda: 0.1,
            splitting: .backwardForward(BackwardForward(eta: 0.5)),
            relaxation: 0.9, relaxationPolicy: .constant, mode: .asynchronous, encoding: .float32,
            normBound: 1e6, stoppingRule: StoppingRule(maximumUpdateCount: 9, residualTolerance: nil))
        let store = try AggregatorStore(
            folder: path, plan: plan, retention: StateRetention(updateCount: 10, releaseByteCount: 1_000),
            segments: segments)
        var machine = try AggregatorMachine(plan: plan, state: try await store.begin().state)
        var applied: AppliedUpdate?
        func handle(_ event: AggregatorEvent) async throws {
            let transactions = try machine.handle(event, at: .seconds(1)).compactMap {
                if case .commit(let transaction) = $0 { transaction } else { nil }
            }
            try await store.commit(transactions)
            applied = transactions.compactMap(\.applied).last ?? applied
        }
        let connection = ConnectionIdentifier(1)
        try await handle(.connected(connection, SiteName("north")))
        let request = JoinRequest(
            study: plan.name, studyDigest: plan.digest,
            tasks: names.map { .init(name: $0, dimension: 5, nextSequence: 0) })
        try await handle(.received(connection, .join(request)))
        try await handle(.received(connection, .read(ReadRequest(task: names[1], reference: .none))))
        for x in [1.0, 2.5] {
            let record = machine.state.tasks[1]
            let issued = try #require(record.issued)
            let release = try ReleaseCodec.encode(
                Array(repeating: x, count: 5), relativeTo: record.updateReference, encoding: .float32
            ).release
            let update = Update(
                task: names[1], sequence: issued.sequence, columnVersion: issued.version,
                columnReference: issued.reference, release: release,
                next: ReadRequest(task: names[1], reference: issued.reference))
            try await handle(.received(connection, .update(update)))
        }
        await store.close()
        return try #require(applied)
    }

    @Test("they write the rows that the store writes for an update, in its tables")
    func rows() async throws {
        let newest = try await writeState(folder.file("state"))
        let commits = try CommitBaseline(state: folder.file("state"))
            .seconds(for: .milliseconds(1), in: folder.path)
        let tables = "name IN ('accepted', 'accepted_release', 'task', 'progress')"
        let schema = try await DatabaseQueue(path: folder.file("state/aggregator.sqlite")).read {
            try String.fetchAll($0, sql: "SELECT sql FROM sqlite_master WHERE \(tables) ORDER BY name")
        }
        #expect(schema.count == 4)
        try await DatabaseQueue(path: folder.file("commits.sqlite")).read { database in
            let same = try String.fetchAll(database, sql: "SELECT sql FROM sqlite_master ORDER BY name")
            #expect(same == schema)
            let versions = try Int.fetchAll(database, sql: "SELECT version FROM accepted ORDER BY version")
            #expect(versions == Array(1...commits.count))
            let sizes = try Int.fetchSet(database, sql: "SELECT length(bytes) FROM accepted_release")
            #expect(sizes == [newest.releaseByteCount])
            let hashes = try String.fetchSet(database, sql: "SELECT lower(hex(release_hash)) FROM accepted")
            let hash = newest.releaseHash.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            #expect(hashes == [hash])
            #expect(try Int.fetchOne(database, sql: "SELECT version FROM progress") == 2)
            let names = try String.fetchSet(database, sql: "SELECT name FROM task")
            #expect(names == ["task-1"])
        }
    }

    @Test("a large release goes to a reserved file, and the row names its place, as the store's do")
    func segments() async throws {
        // Room for three releases and a rest.
        let segmentByteCount = 150
        let newest = try await writeState(
            folder.file("state"),
            segments: SegmentSizes(smallestReleaseByteCount: 1, segmentByteCount: segmentByteCount))
        try #require(newest.releaseByteCount * 3 <= segmentByteCount)
        try #require(newest.releaseByteCount * 4 > segmentByteCount)
        let commits = try CommitBaseline(state: folder.file("state"))
            .seconds(for: .milliseconds(1), in: folder.path)
        let places = try await DatabaseQueue(path: folder.file("commits.sqlite")).read { database in
            #expect(try !database.tableExists("accepted_release"))
            let names = try String.fetchAll(database, sql: "SELECT name FROM sqlite_master ORDER BY name")
            #expect(names == ["accepted", "progress", "release_place", "task"])
            return try Row.fetchAll(database, sql: "SELECT * FROM release_place ORDER BY version").map {
                [$0[0] as Int, $0[1], $0[2]]
            }
        }
        #expect(
            places
                == (0..<commits.count).map { [$0 + 1, $0 / 3 + 1, $0 % 3 * newest.releaseByteCount] })
        // Full ones are removed.
        let last = "commits.sqlite-releases\((commits.count - 1) / 3 + 1)"
        #expect(try folder.names().filter { $0.contains("-releases") } == [last])
        let bytes = try contents(of: folder.file(last))
        let end = ((commits.count - 1) % 3 + 1) * newest.releaseByteCount
        #expect(bytes.count == segmentByteCount)
        #expect(bytes[..<end].allSatisfy { $0 == 7 } && bytes[end...].allSatisfy { $0 == 0 })
    }
}
