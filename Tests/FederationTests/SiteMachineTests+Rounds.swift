internal import Federation
internal import Testing

/// A site in a synchronous study.
extension SiteMachineTests {
    @Test("after a kill in a round, the tasks that it waits for are read before those that have arrived")
    func awaited() throws {
        var site = try machine()
        _ = site.handle(.connected)
        // t3 is computed, and the connection lost before its acceptance.
        _ = site.handle(welcome(awaited: ["t3"]))
        _ = site.handle(try column("t3"))
        #expect(try #require(computed(&site, "t3")).next?.task == TaskName("t0"))
        _ = site.handle(.disconnected)
        _ = site.handle(.connected)
        // It was applied in the round before: this one waits for the next update, and t0 has arrived.
        let again = sent(site.handle(welcome(next: 2, awaited: ["t3"])))
        guard case .update(let resent)? = again.first else {
            Issue.record("not sent again: \(again)")
            return
        }
        #expect(again.count == 1 && resent.next == nil, "a read of t0 would take t3's place")
        let acceptance = Acceptance(
            task: TaskName("t3"), sequence: 1, version: 2, staleness: 0, relaxation: 0.9)
        let reads = sent(site.handle(.received(.acceptance(acceptance))))
        guard case .read(let read)? = reads.first else {
            Issue.record("not read: \(reads)")
            return
        }
        #expect(reads.count == 1 && read.task == TaskName("t3"))
        _ = site.handle(try column("t3", sequence: 2, version: 3))
        #expect(try #require(computed(&site, "t3")).next?.task == TaskName("t0"))
    }

    @Test("a refused update in a round is begun again before tasks that have arrived take its place")
    func refusedInRound() throws {
        var site = try machine(readsInFlight: 2)
        _ = site.handle(.connected)
        _ = site.handle(welcome(awaited: ["t0", "t3"]))
        _ = site.handle(try column("t0"))
        _ = site.handle(try column("t3"))
        _ = try #require(computed(&site, "t0"))
        _ = try #require(computed(&site, "t3"))
        let acceptance = Acceptance(
            task: TaskName("t0"), sequence: 1, version: 1, staleness: 0, relaxation: 0.9)
        _ = site.handle(.received(.acceptance(acceptance)))
        let joins = sent(site.handle(refused(.staleRead, "t3", sequence: 1)))
        #expect(joins.contains { if case .join = $0 { true } else { false } })
        let tasks = [
            Welcome.Task(name: TaskName("t0"), nextSequence: 2),
            Welcome.Task(name: TaskName("t3"), nextSequence: 2, isNumberTaken: true, isAwaited: true),
        ]
        let reads = sent(site.handle(.received(.welcome(Welcome(instance: instance, tasks: tasks)))))
        let names = reads.compactMap { if case .read(let read) = $0 { read.task } else { nil } }
        #expect(names.first == TaskName("t3"), "\(reads)")
    }
}
