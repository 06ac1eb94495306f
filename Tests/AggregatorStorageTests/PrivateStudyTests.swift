internal import AggregatorStorage
internal import Federation
internal import GRDB
internal import TestSupport
internal import Testing

@Suite("What the state keeps of a private study")
struct PrivateStudyTests {
    private static let updateCount: UInt64 = 5

    private let folder: TemporaryFolder
    private let plan: StudyPlan

    init() throws {
        folder = try TemporaryFolder()
        plan = try StoredStudy.plan(isPrivate: true)
    }

    /// What was opened, by site.
    private struct Opened: Equatable {
        var accepted: [[UInt8]] = []
        var refused: [[UInt8]] = []
    }

    private func record(_ transactions: [Transaction], _ opened: inout [SiteName: Opened]) {
        for transaction in transactions {
            if let update = transaction.applied,
                let task = plan.tasks.first(where: { $0.name == update.task })
            {
                opened[task.owner, default: Opened()].accepted.append(update.releaseHash)
            }
            if let refused = transaction.refused {
                opened[refused.site, default: Opened()].refused.append(refused.releaseHash)
            }
        }
    }

    @Test("that a task is spent, and that a study stopped for it")
    func spent() async throws {
        let path = folder.file("state")
        var study = try StoredStudy(plan, seed: 41)
        let transactions = try study.steps(toVersion: 20).flatMap { $0 }
        var expected = study.state
        expected.tasks[1].isSpent = true
        expected.progress.phase = .finished(.budgetsSpent)
        try await withStore(path, plan) { store in
            try await store.create(
                AggregatorState(
                    instance: study.state.instance, dimension: plan.dimension, taskCount: plan.tasks.count))
            try await store.commit(transactions)
            try await store.commit([Transaction(progress: expected.progress, record: (1, expected.tasks[1]))])
        }
        try expectEqual(try await loadState(path, plan), expected, "spent")
        expected.tasks[1].isSpent = false
        try await withStore(path, plan) { store in
            _ = try await store.load()
            try await store.commit([Transaction(progress: expected.progress, record: (1, expected.tasks[1]))])
        }
        try expectEqual(try await loadState(path, plan), expected, "taken back")
    }

    @Test(
        "no row is removed before its book has it, and removed ones are counted",
        arguments: [42, 43] as [UInt64])
    func retention(seed: UInt64) async throws {
        let path = folder.file("state")
        var study = try StoredStudy(plan, seed: seed)
        var opened: [SiteName: Opened] = [:]
        var store = try openStore(path, plan, updateCount: Self.updateCount, releaseByteCount: 0)
        try await store.create(study.state)
        func commit(toVersion version: UInt64) async throws {
            for transactions in try study.steps(toVersion: version) where !transactions.isEmpty {
                record(transactions, &opened)
                try await store.commit(transactions)
            }
        }
        func expectTotals(_ comment: Comment) async throws {
            let totals = try await store.receiptTotals()
            for (site, opened) in opened {
                let (removed, kept) = totals[site] ?? (ReceiptCounts(), ReceiptCounts())
                #expect(removed.accepted + kept.accepted == UInt64(opened.accepted.count), comment)
                #expect(removed.refused + kept.refused == UInt64(opened.refused.count), comment)
            }
        }
        try await commit(toVersion: 600)
        #expect(try await store.updates(after: 0, limit: .max).count == 600)
        try await expectTotals("before")

        let refusals = try await store.refusals(after: 0, limit: .max)
        try #require(refusals.count > 8)
        let place = ReceiptPlace(version: 100, refusal: refusals[2].number)
        try await store.releaseReceipts(before: place)
        try await commit(toVersion: 700)
        #expect(try await store.updates(after: 0, limit: .max).first?.version == 101)
        #expect(try await store.refusals(after: 0, limit: .max).first?.number == refusals[3].number)
        try await expectTotals("in between")

        // A new process removes nothing before it was told, and knows what was removed.
        await store.close()
        store = try openStore(path, plan, updateCount: Self.updateCount, releaseByteCount: 0)
        study = try StoredStudy(plan, seed: seed + 100, state: try #require(try await store.load()))
        try await commit(toVersion: 750)
        #expect(try await store.updates(after: 0, limit: .max).first?.version == 101)
        try await expectTotals("after a restart")
        await store.close()
    }

    @Test("the place before a site's newest rows is found")
    func places() async throws {
        let path = folder.file("state")
        var study = try StoredStudy(plan, seed: 44)
        try await withStore(path, plan) { store in
            try await store.create(study.state)
            try await store.commit(try study.steps(toVersion: 80).flatMap { $0 })
            let updates = try await store.updates(after: 0, limit: .max)
            let refusals = try await store.refusals(after: 0, limit: .max)
            let refusedCount = UInt64(refusals.count { $0.release.site == SiteName("site0") })
            let owners = Dictionary(uniqueKeysWithValues: plan.tasks.map { ($0.name, $0.owner) })
            for (first, second) in [(0, 0), (1, 0), (0, 3), (5, 2), (20, 20)] as [(UInt64, UInt64)] {
                let wanted = [
                    SiteName("site0"): ReceiptCounts(accepted: first, refused: min(first, refusedCount)),
                    SiteName("site1"): ReceiptCounts(accepted: second),
                ]
                let (place, older) = try await store.place(beforeNewest: wanted)
                for (site, counts) in wanted {
                    let accepted = updates.filter { $0.version > place.version && owners[$0.task] == site }
                    let refused = refusals.filter { $0.number > place.refusal && $0.release.site == site }
                    let rest = older[site] ?? ReceiptCounts()
                    #expect(UInt64(accepted.count) == counts.accepted + rest.accepted)
                    #expect(UInt64(refused.count) == counts.refused + rest.refused)
                }
                guard first + second > 0 else {
                    #expect(place.version == 80)
                    continue
                }
                let oldest = try #require(updates.first { $0.version == place.version + 1 })
                let site = try #require(owners[oldest.task])
                #expect((older[site]?.accepted ?? 0) == 0, "the last place before the newest rows")
            }
        }
    }
}
