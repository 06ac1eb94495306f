internal import Federation
internal import Glibc
internal import MultiTaskLearning
internal import ReleaseEncoding
internal import SeededRandom
internal import SiteStorage
internal import Storage
internal import TestSupport
internal import Testing

@Suite struct SiteJournalTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func plan(name: String = "study", digest: UInt8 = 7, dimension: Int = 5) throws -> StudyPlan {
        try StudyPlan(
            name: name, digest: Array(repeating: digest, count: 32), dimension: dimension,
            tasks: ["a", "b"].map { StudyPlan.Task(name: TaskName($0), owner: SiteName("site")) },
            regularizer: Regularizer(.nuclear), lambda: 1,
            splitting: .backwardForward(BackwardForward(eta: 0.1)),
            relaxation: 0.9, relaxationPolicy: .constant, mode: .asynchronous, encoding: .float32,
            normBound: 1e6, stoppingRule: StoppingRule(maximumUpdateCount: 10, residualTolerance: nil))
    }

    private func journal(
        _ plan: StudyPlan, site: String = "site", _ durability: JournalDurability = .unsynced
    ) throws -> SiteJournal {
        try SiteJournal(
            folder: folder.file("state"), plan: plan, site: SiteName(site), durability: durability)
    }

    /// Makes changes as a machine does: each follows from the state that those before it lead to.
    private struct Source {
        var state = SiteState()
        /// What an unsynced journal of a large model keeps: the same, but for columns.
        var stateWithoutColumns = SiteState()
        var random: SeededGenerator
        let dimension: Int

        init(seed: UInt64, dimension: Int) throws {
            random = SeededGenerator(seed: seed)
            self.dimension = dimension
        }

        private mutating func vector() -> [Double] { (0..<dimension).map { _ in random.normal() } }

        /// An update's whole way, now and then with something else.
        mutating func round() throws -> [SiteChange] {
            var changes: [SiteChange] = []
            func name(_ index: Int) -> TaskName { TaskName(["a", "b"][index]) }
            if state.instance == nil || random.uniform() < 0.02 {
                let bytes = (0..<16).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                changes.append(.instance(try #require(InstanceIdentifier(bytes: bytes))))
            }
            let task = name(random.integer(below: 2))
            if state.tasks[task] == nil || random.uniform() < 0.05 {
                let reference = Reference(dimension: dimension)
                changes.append(
                    .task(
                        SiteTaskState(
                            name: task, nextSequence: (state.tasks[task]?.nextSequence ?? 0) + 1,
                            columnReference: state.tasks[task]?.columnReference ?? reference,
                            updateReference: reference, pending: nil)))
            }
            for change in changes { state.apply(change) }
            let known = try #require(state.tasks[task])
            if let pending = known.pending {
                let change = SiteChange.accepted(task: task, sequence: pending.sequence)
                changes.append(change)
                state.apply(change)
            }
            let now = try #require(state.tasks[task])
            let column = try ReleaseCodec.encode(
                vector(), relativeTo: now.columnReference, encoding: .float32)
            let update = try ReleaseCodec.encode(
                vector(), relativeTo: now.updateReference, encoding: .float32)
            for change in [
                SiteChange.column(task: task, release: column.release, reference: column.next),
                .update(
                    task: task,
                    SiteTaskState.PendingUpdate(
                        sequence: now.nextSequence, columnVersion: random.next(),
                        columnReference: column.next.hash, release: update.release,
                        loss: random.uniform() < 0.5 ? random.normal() : nil, next: update.next)),
            ] {
                changes.append(change)
                state.apply(change)
            }
            for change in changes {
                if case .column = change { continue }
                stateWithoutColumns.apply(change)
            }
            return changes
        }
    }

    @Test(
        "what was added is restored to the last bit, also after the journal was rewritten many times",
        arguments: [1, 2, 3] as [UInt64], JournalDurability.allCases)
    func restored(seed: UInt64, durability: JournalDurability) throws {
        let dimension = 20_000
        let plan = try plan(dimension: dimension)
        var source = try Source(seed: seed, dimension: dimension)
        var expected: SiteState { durability == .synced ? source.state : source.stateWithoutColumns }
        var inodes: Set<UInt64> = []
        for _ in 0..<4 {
            let journal = try journal(plan, durability)
            #expect(journal.restored == expected, "seed \(seed)")
            for _ in 0..<15 {
                try journal.append(source.round())
                var status = stat()
                #expect(stat(folder.file("state/" + SiteJournal.name), &status) == 0)
                inodes.insert(UInt64(status.st_ino))
            }
        }
        #expect(try journal(plan, durability).restored == expected, "seed \(seed)")
        // The file is another one after each rewriting; its number may come back.
        #expect(inodes.count > 1)
        #expect(try folder.mode(of: "state/" + SiteJournal.name) == 0o600)
        #expect(try folder.mode(of: "state") == 0o700)
    }

    @Test("a journal of another study, of changed settings, or of another site is refused in clear words")
    func foreign() throws {
        _ = try journal(plan())
        let others: [(StudyPlan, String, String)] = try [
            (plan(name: "other"), "site", "of the study 'study'"),
            (plan(digest: 8), "site", "other settings"),
            (plan(), "elsewhere", "site 'site'"),
        ]
        for (plan, site, words) in others {
            let error = #expect(throws: StorageError(.foreign, "")) { _ = try journal(plan, site: site) }
            for part in [words, folder.file("state"), "configuration key state", "move"] {
                #expect(try #require(error).message.contains(part), "\(part)")
            }
        }
        _ = try journal(plan())
    }

    @Test("a journal that was not synced becomes one that is, and the other way round")
    func durability() throws {
        let plan = try plan()
        var source = try Source(seed: 4, dimension: plan.dimension)
        for durability: JournalDurability in [.unsynced, .synced, .unsynced] {
            let journal = try journal(plan, durability)
            #expect(journal.restored == source.state)
            for _ in 0..<3 { try journal.append(source.round()) }
        }
        #expect(try journal(plan).restored == source.state)
    }

    @Test("a journal that is synced is written anew when it is opened: the last sync may have failed")
    func writtenAnew() throws {
        func inode() throws -> UInt64 {
            var status = stat()
            try #require(stat(folder.file("state/" + SiteJournal.name), &status) == 0)
            return UInt64(status.st_ino)
        }
        let plan = try plan()
        var source = try Source(seed: 6, dimension: plan.dimension)
        do { try journal(plan, .synced).append(source.round()) }
        let before = try inode()
        #expect(try journal(plan, .synced).restored == source.state)
        #expect(try inode() != before)
    }

    @Test("a whole frame that does not follow from those before it is refused with its place")
    func inconsistent() throws {
        let plan = try plan()
        do {
            let journal = try journal(plan)
            try journal.append([
                .column(task: TaskName("a"), release: [1, 2, 3], reference: Reference(dimension: 5))
            ])
        }
        let error = #expect(throws: StorageError(.corrupted, "")) { _ = try journal(plan) }
        #expect(try #require(error).message.contains("offset"))
    }
}
