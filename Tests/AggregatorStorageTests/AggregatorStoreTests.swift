internal import AggregatorStorage
internal import Federation
internal import GRDB
internal import MultiTaskLearning
internal import ReleaseEncoding
internal import TestSupport
internal import Testing

@Suite("The aggregator's store gives back what was committed")
struct AggregatorStoreTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("a study begins with an identifier of its own, and goes on with it")
    func begin() async throws {
        let plan = try StoredStudy.plan()
        let path = folder.file("a/state")
        let first = try await withStore(path, plan) { try await $0.begin() }
        #expect(!first.isResumed && first.state.version == 0)
        let second = try await withStore(path, plan) { try await $0.begin() }
        #expect(second.isResumed && second.state.instance == first.state.instance)
        let other = try await openStore(folder.file("other"), plan).begin()
        #expect(other.state.instance != first.state.instance)
        #expect(try folder.mode(of: "a/state") == 0o700)
        #expect(try folder.mode(of: "a/state/aggregator.sqlite") == 0o600)
    }

    @Test(
        "a state that is killed after any commit is read back bit for bit",
        arguments: Array(zip([1, 2, 3] as [UInt64], RelaxationPolicy.kept)), ReleasePlacement.allCases)
    func killedAfterAnyCommit(
        kept: (seed: UInt64, policy: RelaxationPolicy), placement: ReleasePlacement
    ) async throws {
        let encodings: [VectorEncoding] = [.float64, .float32, .bfloat16]
        try await killAfterAnyCommit(
            StoredStudy.plan(encoding: encodings[Int(kept.seed) % 3], relaxationPolicy: kept.policy),
            seed: kept.seed, placement)
    }

    @Test(
        "so is one of Douglas-Rachford, with gamma, the snapshot of the rule, and each task's last step",
        arguments: [4, 5] as [UInt64], ReleasePlacement.allCases)
    func douglasRachfordKilled(seed: UInt64, placement: ReleasePlacement) async throws {
        let plan = try StoredStudy.plan(splitting: .douglasRachford(DouglasRachford()))
        let state = try await killAfterAnyCommit(plan, seed: seed, placement)
        let gamma = try #require(state.progress.method.gamma)
        #expect(gamma.gammaEpoch > 2 && gamma.snapshot != nil && gamma.version == state.version)
        #expect(state.tasks.contains { !$0.lastStep.isEmpty && $0.issued?.point.isEmpty == false })
    }

    @Test(
        "so is one that chooses eta, with the tasks' constants, and V as each lowering left it",
        arguments: [6, 7] as [UInt64], ReleasePlacement.allCases)
    func chosenEtaKilled(seed: UInt64, placement: ReleasePlacement) async throws {
        let plan = try StoredStudy.plan(splitting: .backwardForward(nil))
        let state = try await killAfterAnyCommit(plan, seed: seed, placement)
        let eta = try #require(state.progress.method.eta)
        let largest = try #require(state.tasks.compactMap(\.lipschitzConstant).max())
        #expect(eta.epoch > 0 && eta.eta == 1.9 / largest)
    }

    @Test("a Douglas-Rachford state without the point of a column that was sent is refused")
    func missingPoint() async throws {
        let plan = try StoredStudy.plan(splitting: .douglasRachford(DouglasRachford()))
        var study = try StoredStudy(plan, seed: 5)
        let path = folder.file("state")
        let store = try openStore(path, plan)
        try await store.create(study.state)
        try await store.commit(try study.steps(toVersion: 20).flatMap { $0 })
        let copy = try copyOfState(path, into: folder, "copy")
        try await openDatabase(copy).write { try $0.execute(sql: "DELETE FROM task_method") }
        let error = await #expect(throws: AggregatorStorageError(.corrupted, "")) {
            try await loadState(copy, plan)
        }
        #expect(error?.message.contains("task_method") == true)
    }

    @discardableResult
    private func killAfterAnyCommit(
        _ plan: StudyPlan, seed: UInt64, _ placement: ReleasePlacement
    ) async throws -> AggregatorState {
        var study = try StoredStudy(plan, seed: seed)
        let path = folder.file("state")
        let store = try openStore(path, plan, placement)
        try await store.create(study.state)
        var commitCount = 0
        while study.machine.version < 120 {
            // Several events share a commit.
            var transactions: [Transaction] = []
            for _ in 0...Int(study.machine.version % 3) { transactions += try study.step() }
            guard !transactions.isEmpty else { continue }
            try await store.commit(transactions)
            try await store.maintain()
            commitCount += 1
            let copy = try copyOfState(path, into: folder, "killed-\(commitCount)")
            try expectEqual(
                try await loadState(copy, plan), study.state, "seed \(seed), commit \(commitCount)")
        }
        let counted = study.state.progress.statistics
        #expect(counted.bytesUp > 0 && counted.stalenessMaximum > 0 && study.state.progress.elapsed > .zero)
        return study.state
    }

    @Test("a round that is under way is read back, with the tasks that have arrived in it")
    func round() async throws {
        let plan = try StoredStudy.plan(
            mode: .synchronous(Barrier(timeout: .seconds(60), absentRule: .end)))
        var study = try StoredStudy(plan, seed: 7)
        let path = folder.file("state")
        let store = try openStore(path, plan)
        try await store.create(study.state)
        var starts: Set<UInt64?> = []
        for transactions in try study.steps(toVersion: 40) where !transactions.isEmpty {
            try await store.commit(transactions)
            starts.insert(transactions.last?.progress.roundStart)
        }
        #expect(starts.count > 2)
        try expectEqual(
            try await loadState(copyOfState(path, into: folder, "copy"), plan), study.state, "round")
    }

    @Test("a machine that goes on from a stored state takes the update of the column that was issued before")
    func updateInFlight() async throws {
        let plan = try StoredStudy.plan()
        var study = try StoredStudy(plan, seed: 5)
        let path = folder.file("state")
        let store = try openStore(path, plan)
        try await store.create(study.state)
        for transactions in try study.steps(toVersion: 20) where !transactions.isEmpty {
            try await store.commit(transactions)
        }
        let loaded = try #require(try await store.load())
        #expect(loaded.tasks.contains { $0.issued != nil })
        #expect(loaded.tasks.map(\.issued) == study.state.tasks.map(\.issued))
    }

    @Test("the log is read in parts")
    func log() async throws {
        let plan = try StoredStudy.plan()
        var study = try StoredStudy(plan, seed: 6)
        let store = try openStore(folder.file("state"), plan)
        try await store.create(study.state)
        var applied: [AppliedUpdate] = []
        for transactions in try study.steps(toVersion: 50) where !transactions.isEmpty {
            try await store.commit(transactions)
            applied += transactions.compactMap(\.applied)
        }
        let first = try await store.updates(after: 0, limit: 30)
        let rest = try await store.updates(after: 30, limit: 30)
        var expected = applied
        for index in expected.indices { expected[index].release = [] }
        #expect(first + rest == expected)
    }

    @Test("two aggregators never open one state")
    func lock() async throws {
        let plan = try StoredStudy.plan()
        let path = folder.file("state")
        let store = try openStore(path, plan)
        _ = try await store.begin()
        #expect(throws: AggregatorStorageError(.locked, "")) { try openStore(path, plan) }
        _ = try await store.load()
    }

    @Test("a study whose tasks are in another order is refused by the first that is out of place")
    func otherOrder() async throws {
        let path = folder.file("state")
        let plan = try StoredStudy.plan()
        _ = try await withStore(path, plan) { try await $0.begin() }
        var names = plan.tasks.map(\.name.rawValue)
        names.swapAt(2, 4)
        let store = try openStore(path, StoredStudy.plan(taskNames: names))
        let error = await #expect(throws: AggregatorStorageError(.otherStudy, "")) { try await store.load() }
        #expect(error?.message.contains("number 3 is 't2' in the state and 't4' in the file") == true)
    }

    @Test("a start waits for a backup that reads an older moment, and says so where it stays")
    func backupUnderWay() async throws {
        let plan = try StoredStudy.plan()
        var study = try StoredStudy(plan, seed: 8)
        let path = folder.file("state")
        let store = try openStore(path, plan)
        try await store.create(study.state)
        let backup = try openDatabase(path)
        try await backup.writeWithoutTransaction { database in
            try database.execute(sql: "BEGIN")
            #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM accepted") == 0)
        }
        try await store.commit(try study.steps(toVersion: 10).flatMap { $0 })
        await store.close()

        let error = #expect(throws: AggregatorStorageError(.locked, "")) {
            try openStore(path, plan, busyTimeoutSeconds: 0.01)
        }
        #expect(error?.message.contains("as a backup does") == true)
        async let opened = openStore(path, plan, busyTimeoutSeconds: 60)
        try await backup.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        try expectEqual(try await opened.load(), study.state, "after the backup")
    }

    @Test("another study's state is refused by name")
    func otherStudy() async throws {
        let path = folder.file("state")
        _ = try await withStore(path, StoredStudy.plan()) { try await $0.begin() }
        for plan in [try StoredStudy.plan(name: "another"), try StoredStudy.plan(digest: 8)] {
            let error = await #expect(throws: AggregatorStorageError(.otherStudy, "")) {
                try await withStore(path, plan) { try await $0.load() }
            }
            #expect(error?.message.contains("'stored'") == true)
        }
    }
}

extension RelaxationPolicy {
    /// Of different kinds of what is kept for them.
    fileprivate static let kept: [Self] = [.amtlDynamicCapped, .delayAdaptive, .residualControlled]
}
