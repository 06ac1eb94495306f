internal import Federation
internal import ReleaseEncoding
internal import Testing

/// An aggregator that comes back with a state from before what a site knows.
extension SiteMachineTests {
    @Test("where the aggregator's state is older, what was in flight is dropped, and full values follow")
    func olderAggregator() throws {
        var site = try machine(readsInFlight: 2)
        _ = site.handle(.connected)
        _ = site.handle(welcome(next: 5))
        for task in ["t0", "t3"] {
            _ = site.handle(try column(task, sequence: 5))
            _ = computed(&site, task)
        }
        let accepted = Acceptance(task: TaskName("t3"), sequence: 5, version: 1, staleness: 0, relaxation: 1)
        _ = site.handle(.received(.acceptance(accepted)))
        _ = site.handle(.disconnected)
        _ = site.handle(.connected)
        func taken(_ numbers: [UInt64], of names: [String] = ["t0", "t3"]) -> SiteEvent {
            let tasks = zip(["t0", "t3"], numbers).map {
                Welcome.Task(name: TaskName($0), nextSequence: $1, isNumberTaken: names.contains($0))
            }
            return .received(.welcome(Welcome(instance: instance, tasks: tasks)))
        }
        let actions = site.handle(taken([5, 6]))
        #expect(olderStates(actions) == [2])
        let joins = sent(actions)
        guard case .join(let join)? = joins.first else {
            Issue.record("sent: \(joins)")
            return
        }
        #expect(join.tasks.map(\.nextSequence) == [6, 6], "the number in flight is burnt")
        let rejoined = site.handle(taken([6, 6], of: ["t0"]))
        #expect(olderStates(rejoined).isEmpty, "it is said once")
        #expect(sent(rejoined).count == 2, "nothing is sent again; both tasks are read")
        for task in ["t0", "t3"] {
            _ = site.handle(try column(task, sequence: 6))
            let update = try #require(computed(&site, task))
            #expect(try ReleaseHeader(of: update.release).reference == .none)
        }
    }

    @Test("a number that was burnt here, or sent to a state that is gone, makes no state an older one")
    func burntNumber() throws {
        var site = try machine()
        _ = site.handle(.connected)
        _ = site.handle(welcome(next: 5))
        _ = site.handle(try column("t0", sequence: 5))
        _ = try #require(computed(&site, "t0"))
        _ = site.handle(refused(.staleRead, "t0", sequence: 5))
        func taken(_ number: UInt64, by instance: InstanceIdentifier) -> SiteEvent {
            let tasks = [
                Welcome.Task(name: TaskName("t0"), nextSequence: number, isNumberTaken: true),
                Welcome.Task(name: TaskName("t3"), nextSequence: 5, isNumberTaken: instance != self.instance),
            ]
            return .received(.welcome(Welcome(instance: instance, tasks: tasks)))
        }
        #expect(olderStates(site.handle(taken(6, by: instance))).isEmpty, "burnt")
        _ = site.handle(.disconnected)
        _ = site.handle(.connected)
        let other = try #require(InstanceIdentifier(bytes: Array(repeating: 2, count: 16)))
        #expect(olderStates(site.handle(taken(6, by: other))).isEmpty, "new")
        _ = site.handle(.disconnected)
        _ = site.handle(.connected)
        #expect(olderStates(site.handle(taken(6, by: other))) == [2], "and now it is older")
    }

    private func olderStates(_ actions: [SiteAction]) -> [Int] {
        actions.compactMap { if case .note(.olderState(let taskCount)) = $0 { taskCount } else { nil } }
    }

    @Test("a site whose result the aggregator does not have takes part again, by one join")
    func unfinishedAfterTheEnd() throws {
        var site = try machine()
        _ = site.handle(.connected)
        _ = site.handle(welcome(next: 5))
        for task in ["t0", "t3"] {
            let release = try ReleaseCodec.encodeFull([1, 2, 3, 4, 5]).release
            let final = FinalColumn(task: TaskName(task), version: 9, release: release)
            _ = site.handle(.received(.final(final)))
            _ = site.handle(.kept(task: TaskName(task)))
        }
        _ = site.handle(.received(.released(task: TaskName("t0"))))
        _ = site.handle(.disconnected)
        _ = site.handle(.connected)
        let told = sent(site.handle(welcome(next: 5)))
        #expect(told == [.fetched(task: TaskName("t3"))])
        let joins = sent(site.handle(refused(.notFinished, "t3")))
        guard case .join(let join)? = joins.first else {
            Issue.record("sent: \(joins)")
            return
        }
        #expect(join.tasks.map(\.name) == [TaskName("t0"), TaskName("t3")])
        #expect(join.tasks.map(\.nextSequence) == [5, 5])
        #expect(sent(site.handle(refused(.notFinished, "t0"))).isEmpty)
        let reads = sent(site.handle(welcome(next: 5)))
        #expect(reads == [.read(ReadRequest(task: TaskName("t0"), reference: .none))])
    }
}
