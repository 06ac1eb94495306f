internal import AggregatorStorage
internal import Federation
internal import GRDB
internal import TestSupport
internal import Testing

@Suite("What a start replays is bounded")
struct ReplayBoundTests {
    /// Releases of so many numbers do not reach the bound in bytes before the others.
    private static let dimension = 200

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(
        "a task gets a checkpoint at the bound, neither before nor after",
        arguments: [(5, 1_000_000), (1_000, 20)])
    func bounds(updateCount: Int, window: UInt64) async throws {
        let plan = try StoredStudy.plan(dimension: Self.dimension)
        var study = try StoredStudy(plan, seed: 41)
        let path = folder.file("state")
        let store = try AggregatorStore(
            folder: path, plan: plan,
            retention: StateRetention(updateCount: 1_000_000, releaseByteCount: 1 << 28),
            replayedUpdateCount: updateCount, replayWindow: window)
        try await store.create(study.state)
        let reader = try openDatabase(path)
        var expected: [[UInt64]] = Array(repeating: [], count: plan.tasks.count)
        var longest = 0
        var widest: UInt64 = 0
        while study.machine.version < 120 {
            for (task, update) in try await commitStep(of: &study, to: store, plan) {
                expected[task].append(update.version)
                if expected[task].count == updateCount { expected[task] = [] }
                for task in expected.indices {
                    guard let first = expected[task].first else { continue }
                    guard update.version - first < window else {
                        expected[task] = []
                        continue
                    }
                    widest = max(widest, update.version - first)
                }
                longest = max(longest, expected.map(\.count).max() ?? 0)
            }
            #expect(try await replayed(reader, plan) == expected, "version \(study.machine.version)")
        }
        #expect(longest == updateCount - 1 || widest == window - 1)
        let copy = try copyOfState(path, into: folder, "copy")
        try expectEqual(try await loadState(copy, plan), study.state, "\(updateCount), \(window)")
    }

    @Test("a task gets a checkpoint once its releases have more than 8 times the checkpoint's bytes")
    func byteBound() async throws {
        let plan = try StoredStudy.plan(dimension: 3)
        var study = try StoredStudy(plan, seed: 43)
        let path = folder.file("state")
        let store = try openStore(path, plan)
        try await store.create(study.state)
        let reader = try openDatabase(path)
        var expected: [[UInt64]] = Array(repeating: [], count: plan.tasks.count)
        var byteCounts = Array(repeating: 0, count: plan.tasks.count)
        var checkpointCount = 0
        while checkpointCount < 3 {
            for (task, update) in try await commitStep(of: &study, to: store, plan) {
                expected[task].append(update.version)
                byteCounts[task] += update.releaseByteCount
                // Two vectors of 3 float64 numbers.
                guard byteCounts[task] > 8 * 48 else { continue }
                (expected[task], byteCounts[task]) = ([], 0)
                checkpointCount += 1
            }
            #expect(try await replayed(reader, plan) == expected, "version \(study.machine.version)")
        }
    }

    /// Commits what the study's next event leads to; returns the updates, each with its task.
    private func commitStep(
        of study: inout StoredStudy, to store: AggregatorStore, _ plan: StudyPlan
    ) async throws -> [(task: Int, update: AppliedUpdate)] {
        let transactions = try study.step()
        guard !transactions.isEmpty else { return [] }
        try await store.commit(transactions)
        return try transactions.compactMap(\.applied).map { update in
            (try #require(plan.tasks.firstIndex { $0.name == update.task }), update)
        }
    }

    /// The versions of each task that are not in its checkpoint.
    private func replayed(_ reader: DatabaseQueue, _ plan: StudyPlan) async throws -> [[UInt64]] {
        try await reader.read { database in
            try plan.tasks.indices.map { task in
                try UInt64.fetchAll(
                    database,
                    sql: """
                        SELECT version FROM accepted WHERE task = ?1
                        AND version > coalesce((SELECT version FROM checkpoint WHERE task = ?1), 0) ORDER BY version
                        """, arguments: [task])
            }
        }
    }
}
