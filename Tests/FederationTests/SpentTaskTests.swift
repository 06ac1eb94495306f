internal import Federation
internal import ReleaseEncoding
internal import Testing

@Suite("Nobody waits for updates of a spent task, and everybody waits until its owner has the result")
struct SpentTaskTests {
    private static let stopped = StudyPhase.finished(.budgetsSpent)

    private func isDone(_ actions: [AggregatorAction]) -> Bool {
        actions.contains { if case .done = $0 { true } else { false } }
    }

    private func notes(_ actions: [AggregatorAction]) -> [AggregatorNote] {
        actions.compactMap { if case .note(let note) = $0 { note } else { nil } }
    }

    private func finals(_ messages: [AggregatorMessage]) -> [TaskName] {
        messages.compactMap { if case .final(let final) = $0 { final.task } else { nil } }
    }

    @Test("once every task is spent, the study is finished, and ends when all have their result")
    func budgetsSpent() throws {
        var bench = try AggregatorBench { $0.siteCount = 1 }
        _ = try bench.handle(.connected(bench.connection, bench.site))
        _ = try bench.messages(bench.request(tasks: ["t0", "t1"]))
        let column = try bench.read(bench.task)
        _ = try bench.messages(.update(try bench.update([1, 2, 3, 4, 5], column)))
        let first = try bench.handle(.received(bench.connection, .spent(task: TaskName("t0"))))
        #expect(notes(first) == [.spent(TaskName("t0"))])
        #expect(bench.machine.phase == .running)
        #expect(finals(try bench.messages(.spent(task: TaskName("t1")))) == [TaskName("t0"), TaskName("t1")])
        #expect(bench.machine.phase == Self.stopped)
        #expect(bench.machine.relativeResidual == nil, "no column moves any more")
        #expect(bench.machine.owesReleases)
        let one = try bench.handle(.received(bench.connection, .fetched(task: TaskName("t0"))))
        #expect(!isDone(one), "the other task's owner has not fetched")
        #expect(isDone(try bench.handle(.received(bench.connection, .fetched(task: TaskName("t1"))))))
        #expect(!bench.machine.owesReleases)
    }

    @Test(
        "tasks that are abandoned or without a key are not waited for beside spent ones; alone they stop nothing"
    )
    func withOthers() throws {
        var bench = try AggregatorBench { $0.tasksPerSite = 1 }
        let sites = try (0..<3).map { try bench.join("site\($0)", task: "t\($0)", UInt64($0 + 1)) }
        _ = try bench.messages(.abandoned(task: TaskName("t0")), from: sites[0])
        _ = try bench.handle(.revoked(SiteName("site1")))
        #expect(bench.machine.phase == .running)
        let answers = try bench.messages(.spent(task: TaskName("t2")), from: sites[2])
        #expect(finals(answers) == [TaskName("t2")])
        #expect(bench.machine.phase == Self.stopped)
        #expect(isDone(try bench.handle(.received(sites[2], .fetched(task: TaskName("t2"))))))

        var others = try AggregatorBench { $0.tasksPerSite = 1 }
        for index in 0..<3 {
            let site = try others.join("site\(index)", task: "t\(index)", UInt64(index + 1))
            _ = try others.messages(.abandoned(task: TaskName("t\(index)")), from: site)
        }
        #expect(others.machine.phase == .running)
    }

    @Test("a join takes it back, its owner says it again, and only a repetition is a fault")
    func rejoin() throws {
        var bench = try AggregatorBench { $0.tasksPerSite = 1 }
        for round in 0..<300 {
            let site = try bench.join("site0", task: "t0", 1)
            let actions = try bench.handle(.received(site, .spent(task: TaskName("t0"))))
            #expect(notes(actions) == [.spent(TaskName("t0"))], "round \(round)")
        }
        let limit = FederationLimits.maximumRefusalsPerConnection
        for count in 1...limit {
            let actions = try bench.handle(.received(bench.connection, .spent(task: TaskName("t0"))))
            let isClosed = actions.contains { if case .close = $0 { true } else { false } }
            #expect(isClosed == (count == limit), "repetition \(count)")
        }
    }

    @Test("a spent task's column is frozen: it is left out of the residual, and thaws with an update")
    func frozen() throws {
        var bench = try AggregatorBench {
            $0.tasksPerSite = 1
            $0.siteCount = 2
            $0.residualTolerance = 0.5
        }
        let first = try bench.join("site0", task: "t0", 1)
        let second = try bench.join("site1", task: "t1", 2)
        let far = try bench.read(TaskName("t0"), from: first)
        _ = try bench.messages(.update(try bench.update([100, 0, 0, 0, 0], far)), from: first)
        #expect(bench.machine.relativeResidual == nil)
        _ = try bench.messages(.spent(task: TaskName("t0")), from: first)
        let near = try bench.read(TaskName("t1"), from: second)
        _ = try bench.messages(.update(try bench.update([1e-3, 0, 0, 0, 0], near)), from: second)
        #expect(bench.machine.phase == .finished(.residual), "the spent task's residual does not count")

        var other = try AggregatorBench { $0.siteCount = 1 }
        _ = try other.handle(.connected(other.connection, other.site))
        _ = try other.messages(other.request(tasks: ["t0", "t1"]))
        let column = try other.read(other.task)
        _ = try other.messages(.spent(task: other.task))
        _ = try other.messages(.update(try other.update([1, 2, 3, 4, 5], column)))
        #expect(!other.machine.state.tasks[0].isSpent, "what was sent is applied, and counts again")
    }

    @Test("a round does not wait for a spent task")
    func barrier() throws {
        var bench = try AggregatorBench {
            $0.tasksPerSite = 1
            $0.siteCount = 2
            $0.mode = .synchronous(Barrier(timeout: .seconds(60), absentRule: .end))
        }
        let first = try bench.join("site0", task: "t0", 1)
        let second = try bench.join("site1", task: "t1", 2)
        let column = try bench.read(TaskName("t0"), from: first)
        var update = try bench.update([1, 2, 3, 4, 5], column)
        update.next = ReadRequest(task: TaskName("t0"), reference: column.1.hash)
        #expect(
            try bench.messages(.update(update), from: first).count == 1, "the read waits for the other task")
        let actions = try bench.handle(.received(second, .spent(task: TaskName("t1"))))
        let isAnswered = actions.contains {
            if case .send(first, .column) = $0 { true } else { false }
        }
        #expect(isAnswered)
        bench.now += .seconds(600)
        _ = try bench.handle(.clock)
        #expect(bench.machine.phase == .ended(.absent([TaskName("t0")])), "and the clock names nobody else")
    }

    @Test(
        "a restarted aggregator knows what is spent, finishes what its process did not, and answers late ones"
    )
    func restart() throws {
        var bench = try AggregatorBench { $0.tasksPerSite = 1 }
        for index in 0..<3 {
            let site = try bench.join("site\(index)", task: "t\(index)", UInt64(index + 1))
            guard index < 2 else { break }
            _ = try bench.messages(.spent(task: TaskName("t\(index)")), from: site)
        }
        // The last task's owner loses its key while the aggregator is down.
        try bench.restart(keys: ["site0", "site1"])
        #expect(bench.machine.phase == .running, "the third was never heard: it is waited for")
        try bench.restart(keys: ["site0", "site1", "site2"])
        try bench.restart(keys: ["site0", "site1"])
        #expect(bench.machine.phase == Self.stopped)

        _ = try bench.join("site0", task: "t0", 7)
        let answers = try bench.messages(.spent(task: TaskName("t0")), from: ConnectionIdentifier(7))
        #expect(
            finals(answers) == [TaskName("t0")],
            "a spent task reads nothing, and gets its result all the same")
        #expect(bench.machine.state.tasks[0].isSpent)
    }

    @Test("a column that will not be answered takes no place among the outstanding reads")
    func outstanding() throws {
        var bench = try AggregatorBench { $0.tasksPerSite = 1 }
        let site = try bench.join("site0", task: "t0", 1)
        _ = try bench.read(TaskName("t0"), from: site)
        _ = try bench.messages(.spent(task: TaskName("t0")), from: site)
        let again = try bench.messages(
            .read(ReadRequest(task: TaskName("t0"), reference: .none)), from: site)
        guard case .column? = again.first else {
            Issue.record("no column: \(again)")
            return
        }
    }
}
