internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning
internal import ReleaseEncoding
internal import Testing

@Suite("A site keeps its exchanges going and gives up only what cannot be mended")
struct SiteMachineTests {
    let plan: StudyPlan
    let instance: InstanceIdentifier

    init() throws {
        let study = TestStudy()
        plan = try study.plan(for: study.objectives())
        instance = try #require(InstanceIdentifier(bytes: Array(repeating: 1, count: 16)))
    }

    func machine(readsInFlight: Int = 1) throws -> SiteMachine {
        try SiteMachine(
            plan: plan, site: SiteName("site0"), tasks: [TaskName("t0"), TaskName("t3")],
            readsInFlight: readsInFlight)
    }

    func welcome(
        next: UInt64 = 1, awaited: [String] = [], instance: InstanceIdentifier? = nil
    ) -> SiteEvent {
        let tasks = ["t0", "t3"].map {
            Welcome.Task(name: TaskName($0), nextSequence: next, isAwaited: awaited.contains($0))
        }
        return .received(.welcome(Welcome(instance: instance ?? self.instance, tasks: tasks)))
    }

    func column(_ task: String, sequence: UInt64 = 1, version: UInt64 = 0) throws -> SiteEvent {
        let release = try ReleaseCodec.encodeFull([0.5, 0, 0, 0, 0]).release
        return .received(
            .column(Column(task: TaskName(task), sequence: sequence, version: version, release: release)))
    }

    func sent(_ actions: [SiteAction]) -> [SiteMessage] {
        actions.compactMap { if case .send(let message) = $0 { message } else { nil } }
    }

    func computed(_ machine: inout SiteMachine, _ task: String) -> Update? {
        let step = LocalStep(update: [1, 2, 3, 4, 5], loss: 7)
        return sent(machine.handle(.computed(task: TaskName(task), step: step))).compactMap {
            if case .update(let update) = $0 { update } else { nil }
        }.first
    }

    func refused(_ code: Refusal.Code, _ task: String?, sequence: UInt64? = nil) -> SiteEvent {
        .received(
            .refusal(Refusal(code, task: task.map { TaskName($0) }, sequence: sequence, message: "test")))
    }

    @Test("join, read, compute, update: the update names the task that comes next")
    func way() throws {
        var site = try machine()
        guard case .join(let join) = sent(site.handle(.connected)).first else {
            Issue.record("no join")
            return
        }
        #expect(join.tasks.map(\.nextSequence) == [0, 0])
        let reads = sent(site.handle(welcome()))
        #expect(reads == [.read(ReadRequest(task: TaskName("t0"), reference: .none))])
        let actions = site.handle(try column("t0"))
        guard case .compute(TaskName("t0"), let values, nil) = actions.first else {
            Issue.record("no computation: \(actions)")
            return
        }
        #expect(values == [0.5, 0, 0, 0, 0])
        let update = try #require(computed(&site, "t0"))
        let name = try ReleaseCodec.encodeFull(values).next.hash
        #expect(update.sequence == 1 && update.columnReference == name)
        #expect(update.next?.task == TaskName("t3"))
        #expect(update.loss == nil, "losses stay at the site unless the study says so")
    }

    @Test(
        "a lost acceptance: the same bytes are sent again under the same number, and a site that was applied goes on"
    )
    func resend() throws {
        var site = try machine()
        _ = site.handle(.connected)
        _ = site.handle(welcome())
        _ = site.handle(try column("t0"))
        let update = try #require(computed(&site, "t0"))
        _ = site.handle(.disconnected)
        guard case .join(let join) = sent(site.handle(.connected)).first else {
            Issue.record("no join")
            return
        }
        #expect(
            join.tasks.map(\.nextSequence) == [1, 1],
            "the pending number is the lowest that will still be sent")
        // The aggregator did apply it.
        let tasks = [
            Welcome.Task(name: TaskName("t0"), nextSequence: 2),
            Welcome.Task(name: TaskName("t3"), nextSequence: 1),
        ]
        let again = sent(site.handle(.received(.welcome(Welcome(instance: instance, tasks: tasks)))))
        guard case .update(let resent) = again.first else {
            Issue.record("not sent again: \(again)")
            return
        }
        #expect(resent.release == update.release && resent.sequence == update.sequence)
        let acceptance = Acceptance(
            task: TaskName("t0"), sequence: 1, version: 1, staleness: 0, relaxation: 0.9)
        let actions = site.handle(.received(.acceptance(acceptance)))
        #expect(actions.contains { if case .accepted(acceptance) = $0 { true } else { false } })
    }

    /// What a machine's actions left in a journal.
    private func journal(_ actions: [SiteAction], in state: inout SiteState) {
        for case .persist(let changes) in actions { for change in changes { state.apply(change) } }
    }

    @Test(
        "what an update needs is in the journal before it is sent; a new process sends the same bytes again")
    func restart() throws {
        var site = try machine()
        var state = SiteState()
        for event in [.connected, welcome(), try column("t0")] { journal(site.handle(event), in: &state) }
        #expect(state == SiteState(), "nothing is written until there is something to send")
        let step = LocalStep(update: [1, 2, 3, 4, 5], loss: 7)
        let actions = site.handle(.computed(task: TaskName("t0"), step: step))
        guard case .persist = actions.first, case .send(.update(let update)) = actions.dropFirst().first
        else {
            Issue.record("not persisted and then sent: \(actions)")
            return
        }
        journal(actions, in: &state)
        #expect(state.instance == instance)
        #expect(state.tasks[TaskName("t0")]?.pending?.release == update.release)
        #expect(state.tasks[TaskName("t0")]?.nextSequence == 2)

        var again = try SiteMachine(
            plan: plan, site: SiteName("site0"), tasks: [TaskName("t0"), TaskName("t3")], restored: state)
        guard case .join(let join) = sent(again.handle(.connected)).first else {
            Issue.record("no join")
            return
        }
        #expect(join.tasks.map(\.nextSequence) == [1, 1])
        let resent = sent(again.handle(welcome())).compactMap {
            if case .update(let update) = $0 { update } else { nil }
        }
        #expect(resent.map(\.release) == [update.release])
        #expect(resent.map(\.columnReference) == [update.columnReference])
        // Accepted, it goes on with differences in both directions.
        let acceptance = Acceptance(
            task: TaskName("t0"), sequence: 1, version: 1, staleness: 0, relaxation: 0.9)
        _ = again.handle(.received(.acceptance(acceptance)))
        _ = again.handle(try column("t3"))
        _ = try #require(computed(&again, "t3"))
        _ = again.handle(try column("t0", sequence: 2, version: 1))
        let next = try #require(computed(&again, "t0"))
        #expect(
            try ReleaseHeader(of: next.release).reference == state.tasks[TaskName("t0")]?.pending?.next.hash)
    }

    @Test(
        "an older journal: an update of another time is dropped, and it is said how many are missing",
        arguments: [1, 2, 3, 4] as [UInt64])
    func olderJournal(next: UInt64) throws {
        var site = try machine()
        var state = SiteState()
        for event in [.connected, welcome(), try column("t0")] { journal(site.handle(event), in: &state) }
        let step = LocalStep(update: [1, 2, 3, 4, 5], loss: 7)
        journal(site.handle(.computed(task: TaskName("t0"), step: step)), in: &state)
        var older = try SiteMachine(
            plan: plan, site: SiteName("site0"), tasks: [TaskName("t0")], restored: state)
        _ = older.handle(.connected)
        let tasks = [Welcome.Task(name: TaskName("t0"), nextSequence: next)]
        let actions = older.handle(.received(.welcome(Welcome(instance: instance, tasks: tasks))))
        let missing = actions.compactMap { action -> UInt64? in
            if case .note(.journalBehind(TaskName("t0"), let missing)) = action { missing } else { nil }
        }
        // Its own number and the next are no other time's.
        #expect(missing == (next <= 2 ? [] : [next - 2]))
        #expect(sent(actions).contains { if case .update = $0 { true } else { false } } == (next <= 2))
    }

    @Test("a state of another dimension is refused")
    func otherDimension() throws {
        var state = SiteState()
        let reference = Reference(dimension: 4)
        state.apply(
            .task(
                SiteTaskState(
                    name: TaskName("t0"), nextSequence: 3, columnReference: reference,
                    updateReference: reference, pending: nil)))
        #expect(throws: FederationError(.stateMismatch, "")) {
            _ = try SiteMachine(plan: plan, site: SiteName("site0"), tasks: [TaskName("t0")], restored: state)
        }
    }

    @Test("a new instance: what was pending is dropped, and full values follow")
    func newInstance() throws {
        var site = try machine()
        _ = site.handle(.connected)
        _ = site.handle(welcome())
        _ = site.handle(try column("t0"))
        _ = try #require(computed(&site, "t0"))
        _ = site.handle(.disconnected)
        _ = site.handle(.connected)
        let other = try #require(InstanceIdentifier(bytes: Array(repeating: 2, count: 16)))
        guard case .join(let join) = sent(site.handle(welcome(next: 1, instance: other))).first else {
            Issue.record("no join")
            return
        }
        #expect(join.tasks.map(\.nextSequence) == [2, 1], "the number that was in flight is not used again")
        let messages = sent(site.handle(welcome(next: 2, instance: other)))
        guard case .read(let read) = messages.first, messages.count == 1 else {
            Issue.record("not one read: \(messages)")
            return
        }
        _ = site.handle(try column(read.task.rawValue, sequence: 2))
        let update = try #require(computed(&site, read.task.rawValue))
        #expect(try ReleaseHeader(of: update.release).reference == .none)
    }

    @Test(
        "a refusal that can be mended burns the number and joins again",
        arguments: [
            Refusal.Code.unknownReference, .staleRead, .sequence,
        ])
    func mended(code: Refusal.Code) throws {
        var site = try machine()
        _ = site.handle(.connected)
        _ = site.handle(welcome())
        _ = site.handle(try column("t0"))
        _ = try #require(computed(&site, "t0"))
        guard case .join(let join) = sent(site.handle(refused(code, "t0", sequence: 1))).first else {
            Issue.record("no join")
            return
        }
        #expect(join.tasks.first?.nextSequence == 2)
        #expect(sent(site.handle(welcome(next: 2))).contains { if case .read = $0 { true } else { false } })
    }

    @Test("a task that is refused too often in a row is given up; the others go on", arguments: [-1, 0])
    func givesUp(offset: Int) throws {
        var site = try SiteMachine(plan: plan, site: SiteName("site0"), tasks: [TaskName("t0")])
        _ = site.handle(.connected)
        var outcome: SiteOutcome?
        for count in 1...(FederationLimits.maximumConsecutiveRefusals + offset) {
            let next = UInt64(count)
            let tasks = [Welcome.Task(name: TaskName("t0"), nextSequence: next)]
            _ = site.handle(.received(.welcome(Welcome(instance: instance, tasks: tasks))))
            _ = site.handle(try column("t0", sequence: next))
            _ = try #require(computed(&site, "t0"))
            for action in site.handle(refused(.staleRead, "t0", sequence: next)) {
                if case .done(let ended) = action { outcome = ended }
            }
        }
        #expect((outcome != nil) == (offset == 0))
    }

    @Test("a task whose update is out of bounds ends; the site's other task goes on")
    func fatalForTask() throws {
        var site = try machine()
        _ = site.handle(.connected)
        _ = site.handle(welcome())
        _ = site.handle(try column("t0"))
        _ = try #require(computed(&site, "t0"))
        let actions = site.handle(refused(.normBound, "t0", sequence: 1))
        #expect(
            sent(actions) == [
                .abandoned(task: TaskName("t0")), .read(ReadRequest(task: TaskName("t3"), reference: .none)),
            ])
        #expect(!actions.contains { if case .done = $0 { true } else { false } })
    }

    @Test(
        "a refused join ends the site with the reason",
        arguments: [
            Refusal.Code.unknownStudy, .studyMismatch, .foreignTask, .unknownTask, .wrongDimension,
        ])
    func fatalForSite(code: Refusal.Code) throws {
        var site = try machine()
        _ = site.handle(.connected)
        let outcome = site.handle(refused(code, nil)).compactMap { action -> SiteOutcome? in
            if case .done(let outcome) = action { outcome } else { nil }
        }.first
        guard case .incomplete(let refusals) = outcome else {
            Issue.record("outcome: \(String(describing: outcome))")
            return
        }
        #expect(refusals.map(\.code) == [code, code])
    }

    @Test("a step that is not finite ends the task and says so")
    func divergence() throws {
        var site = try machine()
        _ = site.handle(.connected)
        _ = site.handle(welcome())
        _ = site.handle(try column("t0"))
        let step = LocalStep(update: [1, .nan, 3, 4, 5], loss: .nan)
        let notes = site.handle(.computed(task: TaskName("t0"), step: step)).compactMap {
            action -> Refusal? in
            if case .note(.refused(let refusal)) = action { refusal } else { nil }
        }
        #expect(notes.first?.code == .nonFinite)
    }

    @Test("a difference beyond the encoding's range is sent in full")
    func outOfRange() throws {
        var site = try machine()
        _ = site.handle(.connected)
        _ = site.handle(welcome())
        _ = site.handle(try column("t0"))
        let step = LocalStep(update: [1e200, 2, 3, 4, 5], loss: 1)
        let messages = sent(site.handle(.computed(task: TaskName("t0"), step: step)))
        guard case .update(let update) = messages.first else {
            Issue.record("no update: \(messages)")
            return
        }
        let decoded = try ReleaseCodec.decode(
            update.release, reference: Reference(dimension: 5), dimension: 5)
        #expect(decoded.value == step.update)
    }

    @Test("final columns: kept, then fetched, then released, and only then done")
    func end() throws {
        var site = try machine()
        _ = site.handle(.connected)
        _ = site.handle(welcome())
        for task in ["t0", "t3"] {
            let release = try ReleaseCodec.encodeFull([1, 2, 3, 4, 5]).release
            let final = FinalColumn(task: TaskName(task), version: 9, release: release)
            let kept = site.handle(.received(.final(final)))
            #expect(
                kept.contains {
                    if case .keep(let model) = $0 { model.weights == [1, 2, 3, 4, 5] } else { false }
                })
            #expect(sent(site.handle(.kept(task: TaskName(task)))) == [.fetched(task: TaskName(task))])
            let last = site.handle(.received(.released(task: TaskName(task))))
            #expect(last.contains { if case .done(.complete) = $0 { true } else { false } } == (task == "t3"))
        }
    }

    @Test(
        "an update in flight stays so beside the final column, over a lost connection, until its answer",
        arguments: ["accepted", "not applied", "refused"])
    func endWithUpdateInFlight(answer: String) throws {
        var site = try SiteMachine(plan: plan, site: SiteName("site0"), tasks: [TaskName("t0")])
        var state = SiteState()
        let first = [Welcome.Task(name: TaskName("t0"), nextSequence: 1)]
        let begin = SiteEvent.received(.welcome(Welcome(instance: instance, tasks: first)))
        for event in [.connected, begin, try column("t0")] { journal(site.handle(event), in: &state) }
        let step = LocalStep(update: [1, 2, 3, 4, 5], loss: 7)
        journal(site.handle(.computed(task: TaskName("t0"), step: step)), in: &state)
        let final = SiteEvent.received(
            .final(
                FinalColumn(
                    task: TaskName("t0"), version: 9,
                    release: try ReleaseCodec.encodeFull([1, 2, 3, 4, 5]).release)))
        _ = site.handle(final)
        #expect(sent(site.handle(.kept(task: TaskName("t0")))) == [.fetched(task: TaskName("t0"))])
        _ = site.handle(.disconnected)
        _ = site.handle(.connected)
        let again = sent(site.handle(begin))
        // In this order, so that the answer comes before the release.
        guard again.count == 2, case .update(let resent) = again[0],
            again[1] == .fetched(task: TaskName("t0"))
        else {
            Issue.record("not sent again and then fetched: \(again)")
            return
        }
        switch answer {
        case "accepted":
            let acceptance = Acceptance(
                task: TaskName("t0"), sequence: resent.sequence, version: 1, staleness: 0, relaxation: 0.9)
            let actions = site.handle(.received(.acceptance(acceptance)))
            #expect(actions.contains { if case .accepted(acceptance) = $0 { true } else { false } })
        case "refused":
            #expect(sent(site.handle(refused(.sequence, "t0", sequence: resent.sequence))).isEmpty)
        default:
            _ = site.handle(final)
        }
        let last = site.handle(.received(.released(task: TaskName("t0"))))
        #expect(last.contains { if case .done(.complete) = $0 { true } else { false } })
        journal(last, in: &state)
        #expect(state.tasks[TaskName("t0")]?.pending == nil)
    }

    @Test("a site ends without the aggregator's last word only once it has told it of every model")
    func endWithoutRelease() throws {
        var site = try machine()
        _ = site.handle(.connected)
        _ = site.handle(welcome())
        for task in ["t0", "t3"] {
            let release = try ReleaseCodec.encodeFull([1, 2, 3, 4, 5]).release
            _ = site.handle(
                .received(.final(FinalColumn(task: TaskName(task), version: 9, release: release))))
            #expect(!site.awaitsOnlyReleases)
            #expect(site.handle(.releasesGivenUp).isEmpty)
            _ = site.handle(.kept(task: TaskName(task)))
        }
        #expect(site.awaitsOnlyReleases)
        _ = site.handle(.disconnected)
        #expect(site.awaitsOnlyReleases)
        let actions = site.handle(.releasesGivenUp)
        #expect(actions.contains { if case .done(.complete) = $0 { true } else { false } })
    }

    @Test("a result that was not released is not a new instance's: the task takes part again")
    func newInstanceAfterTheEnd() throws {
        var site = try SiteMachine(plan: plan, site: SiteName("site0"), tasks: [TaskName("t0")])
        _ = site.handle(.connected)
        let first = [Welcome.Task(name: TaskName("t0"), nextSequence: 1)]
        _ = site.handle(.received(.welcome(Welcome(instance: instance, tasks: first))))
        let final = FinalColumn(
            task: TaskName("t0"), version: 9, release: try ReleaseCodec.encodeFull([1, 2, 3, 4, 5]).release)
        _ = site.handle(.received(.final(final)))
        _ = site.handle(.kept(task: TaskName("t0")))
        _ = site.handle(.disconnected)
        _ = site.handle(.connected)
        let other = try #require(InstanceIdentifier(bytes: Array(repeating: 2, count: 16)))
        let messages = sent(site.handle(.received(.welcome(Welcome(instance: other, tasks: first)))))
        #expect(messages == [.read(ReadRequest(task: TaskName("t0"), reference: .none))])
    }

    @Test(
        "tasks that are not the site's, no tasks, and reads in flight out of bounds",
        arguments: [
            (["t1"], 1), ([], 1), (["t0", "t0"], 1), (["t0"], 0),
            (["t0"], FederationLimits.maximumReadsPerConnection + 1),
        ])
    func invalid(tasks: [String], readsInFlight: Int) throws {
        #expect(throws: FederationError.self) {
            _ = try SiteMachine(
                plan: plan, site: SiteName("site0"), tasks: tasks.map { TaskName($0) },
                readsInFlight: readsInFlight)
        }
    }
}
