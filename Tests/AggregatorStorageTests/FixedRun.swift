internal import AggregatorStorage
internal import Federation
internal import StorageTestSupport
internal import TestSupport

/// A run of 50 updates, always the same: what is committed together, and the state after each commit.
struct FixedRun: Sendable {
    static let updateCount: UInt64 = 50
    /// Updates of a task after which it gets a checkpoint: each has some in the run, and updates behind the last.
    private static let replayedUpdateCount = 3
    /// Pages after which the write-ahead log is copied: several times in the run.
    private static let writeAheadPageCount = 24

    let plan: StudyPlan
    let placement: ReleasePlacement
    let commits: [[Transaction]]
    /// The state before the first commit, and after each.
    let states: [AggregatorState]
    /// The log after all of them, without the release bytes.
    let log: [AppliedUpdate]

    init(_ placement: ReleasePlacement) throws {
        self.placement = placement
        plan = try StoredStudy.plan()
        var study = try StoredStudy(plan, seed: 11)
        var states = [study.state]
        var commits: [[Transaction]] = []
        while study.machine.version < Self.updateCount {
            // One to three events share a commit.
            var transactions: [Transaction] = []
            for _ in 0...commits.count % 3 where study.machine.version < Self.updateCount {
                transactions += try study.step()
            }
            guard !transactions.isEmpty else { continue }
            commits.append(transactions)
            states.append(study.state)
        }
        self.commits = commits
        self.states = states
        log = commits.joined().compactMap(\.applied).map { update in
            var line = update
            line.release = []
            return line
        }
    }

    func open(_ folder: String) throws -> AggregatorStore {
        try AggregatorStore(
            folder: folder, plan: plan,
            retention: StateRetention(updateCount: 1_000_000, releaseByteCount: 1 << 28),
            segments: placement.sizes,
            writeAheadPageCount: Self.writeAheadPageCount, replayedUpdateCount: Self.replayedUpdateCount)
    }

    /// How far a run came.
    struct Progress {
        /// Commits that returned; nil where the state was not even begun.
        var acknowledged: Int?
        var error: (any Error)?
        var store: AggregatorStore?
    }

    /// Begins a state in a folder and commits until something fails, or to the end.
    func run(in folder: String) async -> Progress {
        var progress = Progress()
        do {
            let store = try open(folder)
            progress.store = store
            _ = try await store.load()
            try await store.create(states[0])
            progress.acknowledged = 0
            for (index, transactions) in commits.enumerated() {
                try await store.commit(transactions)
                progress.acknowledged = index + 1
                try await store.maintain()
            }
        } catch {
            progress.error = error
        }
        return progress
    }
}
