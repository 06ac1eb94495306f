internal import Federation
internal import ReleaseEncoding
internal import Simulation
internal import Testing

@Suite("A site sends no update beyond its number of releases or its ledger, and still takes the result")
struct SiteSpendingTests {
    private static let names = [TaskName("t0"), TaskName("t3")]
    private let plan: StudyPlan
    private let instance: InstanceIdentifier

    init() throws {
        var study = TestStudy()
        study.privacy = TestStudy.Privacy(releases: 2)
        plan = try study.plan(for: study.objectives())
        instance = try #require(InstanceIdentifier(bytes: Array(repeating: 1, count: 16)))
    }

    private func machine(
        _ tasks: [TaskName] = [TaskName("t0")], restored: SiteState = SiteState()
    ) throws -> SiteMachine {
        try SiteMachine(plan: plan, site: SiteName("site0"), tasks: tasks, restored: restored)
    }

    private func welcome(
        next: UInt64, _ tasks: [TaskName] = [TaskName("t0")], instance: UInt8 = 1
    ) throws -> SiteEvent {
        let identifier = try #require(InstanceIdentifier(bytes: Array(repeating: instance, count: 16)))
        return .received(
            .welcome(
                Welcome(
                    instance: identifier, tasks: tasks.map { Welcome.Task(name: $0, nextSequence: next) })))
    }

    private func column(_ task: String, _ sequence: UInt64) throws -> SiteEvent {
        let release = try ReleaseCodec.encodeFull([0.5, 0, 0, 0, 0]).release
        return .received(
            .column(Column(task: TaskName(task), sequence: sequence, version: 0, release: release)))
    }

    private func final(_ task: String) throws -> SiteEvent {
        let release = try ReleaseCodec.encodeFull([1, 2, 3, 4, 5]).release
        return .received(.final(FinalColumn(task: TaskName(task), version: 9, release: release)))
    }

    private func accepted(_ task: String, _ sequence: UInt64) -> SiteEvent {
        .received(
            .acceptance(
                Acceptance(
                    task: TaskName(task), sequence: sequence, version: sequence, staleness: 0, relaxation: 1))
        )
    }

    private func sent(_ actions: [SiteAction]) -> [SiteMessage] {
        actions.compactMap { if case .send(let message) = $0 { message } else { nil } }
    }

    private func notes(_ actions: [SiteAction]) -> [TaskName] {
        actions.compactMap { if case .note(.spent(let task, _)) = $0 { task } else { nil } }
    }

    /// Takes a column and sends what is computed from it; returns the messages.
    private func exchange(
        _ site: inout SiteMachine, _ task: String, _ sequence: UInt64
    ) throws -> [SiteMessage] {
        _ = site.handle(try column(task, sequence))
        let step = LocalStep(update: [1, 2, 3, 4, Double(sequence)], loss: 1)
        return sent(site.handle(.computed(task: TaskName(task), step: step)))
    }

    private func update(_ messages: [SiteMessage]) -> Update? {
        messages.compactMap { if case .update(let update) = $0 { update } else { nil } }.first
    }

    @Test("the last number's update asks for no column, and its acceptance makes the task spent")
    func lastNumber() throws {
        var site = try machine()
        _ = site.handle(.connected)
        _ = site.handle(try welcome(next: 1))
        #expect(update(try exchange(&site, "t0", 1))?.next?.task == TaskName("t0"))
        _ = site.handle(accepted("t0", 1))
        #expect(update(try exchange(&site, "t0", 2)) != nil)
        let last = site.handle(accepted("t0", 2))
        #expect(sent(last) == [.spent(task: TaskName("t0"))])
        #expect(notes(last) == [TaskName("t0")])
        // A column that is on its way is of no use.
        #expect(site.handle(try column("t0", 3)).isEmpty)
        let kept = site.handle(try final("t0"))
        guard case .keep(let model)? = kept.first else {
            Issue.record("no model: \(kept)")
            return
        }
        #expect(model.weights == [1, 2, 3, 4, 5])
        #expect(sent(site.handle(.kept(task: TaskName("t0")))) == [.fetched(task: TaskName("t0"))])
        let done = site.handle(.received(.released(task: TaskName("t0"))))
        #expect(done.contains { if case .done(.complete) = $0 { true } else { false } })
    }

    @Test("what is spent stays so over connections, new instances, processes and a study that goes on")
    func stays() throws {
        var site = try machine()
        _ = site.handle(.connected)
        // Another process made them all.
        #expect(sent(site.handle(try welcome(next: 3))) == [.spent(task: TaskName("t0"))])
        _ = site.handle(.disconnected)
        guard case .join(let join)? = sent(site.handle(.connected)).first else {
            Issue.record("no join")
            return
        }
        #expect(join.tasks.map(\.nextSequence) == [3])
        let again = site.handle(try welcome(next: 3))
        #expect(sent(again) == [.spent(task: TaskName("t0"))] && notes(again).isEmpty)

        _ = site.handle(.disconnected)
        _ = site.handle(.connected)
        #expect(sent(site.handle(try welcome(next: 3, instance: 2))) == [.spent(task: TaskName("t0"))])

        _ = site.handle(try final("t0"))
        _ = site.handle(.kept(task: TaskName("t0")))
        let refused = sent(
            site.handle(
                .received(
                    .refusal(Federation.Refusal(.notFinished, task: TaskName("t0"), message: "it runs")))))
        guard case .join? = refused.first else {
            Issue.record("no join: \(refused)")
            return
        }
        #expect(sent(site.handle(try welcome(next: 3, instance: 2))) == [.spent(task: TaskName("t0"))])
    }

    @Test("an update of the last number is sent again, not counted again")
    func resent() throws {
        var site = try machine()
        _ = site.handle(.connected)
        _ = site.handle(try welcome(next: 2))
        let first = try #require(update(try exchange(&site, "t0", 2)))
        _ = site.handle(.disconnected)
        _ = site.handle(.connected)
        let second = sent(site.handle(try welcome(next: 2)))
        #expect(update(second)?.release == first.release && second.count == 1)
        #expect(sent(site.handle(accepted("t0", 2))) == [.spent(task: TaskName("t0"))])
    }

    @Test("an update that the ledger refused is dropped, its number is burnt, and other tasks go on")
    func refusedRelease() throws {
        var site = try machine(Self.names)
        _ = site.handle(.connected)
        _ = site.handle(try welcome(next: 1, Self.names))
        let pending = try #require(update(try exchange(&site, "t0", 1)))
        #expect(pending.next?.task == TaskName("t3"))
        // The exchange held it back.
        let actions = site.handle(.releaseRefused(task: TaskName("t0"), reason: "the ceiling"))
        #expect(
            sent(actions) == [
                .spent(task: TaskName("t0")), .read(ReadRequest(task: TaskName("t3"), reference: .none)),
            ])
        #expect(notes(actions) == [TaskName("t0")])
        _ = site.handle(.disconnected)
        guard case .join(let join)? = sent(site.handle(.connected)).first else {
            Issue.record("no join")
            return
        }
        #expect(join.tasks.map(\.nextSequence) == [2, 1])
        let welcomed = site.handle(try welcome(next: 2, Self.names))
        #expect(sent(welcomed).first == .spent(task: TaskName("t0")))
    }

    @Test("a ledger that is behind ends all tasks; a head that was signed is for others")
    func heads() throws {
        var site = try machine(Self.names)
        _ = site.handle(.connected)
        let actions = site.handle(
            .received(.refusal(Federation.Refusal(.ledgerBehind, message: "an older copy"))))
        let outcome = actions.compactMap { if case .done(let outcome) = $0 { outcome } else { nil } }.first
        guard case .incomplete(let refusals)? = outcome else {
            Issue.record("no outcome: \(actions)")
            return
        }
        #expect(refusals.map(\.code) == [.ledgerBehind, .ledgerBehind])
    }

    @Test(
        "a federation whose sites make so many releases each, and no more, finishes with its result",
        arguments: [1, 7] as [UInt64])
    func federation(seed: UInt64) throws {
        var study = TestStudy()
        study.privacy = TestStudy.Privacy(releases: 5)
        study.residualTolerance = 1e-30
        var faults = FaultSettings()
        faults.siteKill = 0.01
        faults.aggregatorKill = 0.01
        faults.connectionLoss = 0.01
        for (index, faults) in [FaultSettings(), faults].enumerated() {
            for mode in [
                StudyPlan.Mode.asynchronous,
                .synchronous(Barrier(timeout: .seconds(10), absentRule: .proceed)),
            ] {
                study.mode = mode
                let result = try study.run(seed: seed) { $0.faults = faults }.result
                #expect(result.phase == .finished(.budgetsSpent), "faults \(index), \(mode)")
                #expect(result.isDone)
                #expect(result.outcomes.values.allSatisfy { $0 == .complete } && result.outcomes.count == 3)
                #expect(result.log.allSatisfy { $0.sequence <= 5 })
                if index == 0 { #expect(result.log.count == 5 * study.taskNames.count) }
            }
        }
    }
}
