internal import Federation
internal import ReleaseEncoding
internal import SeededRandom
internal import Testing

@Suite("What an aggregator knew of keys and rounds holds over a restart")
struct AggregatorRestartTests {
    private static let timeout = Duration.seconds(5)
    private static let modes = [
        StudyPlan.Mode.asynchronous, .synchronous(Barrier(timeout: timeout, absentRule: .end)),
    ]
    private static let values = [1.0, 2, 3, 4, 5]

    /// Two sites with one task each.
    private func bench(_ mode: StudyPlan.Mode, maximumUpdateCount: UInt64? = nil) throws -> AggregatorBench {
        try AggregatorBench {
            $0.siteCount = 2
            $0.tasksPerSite = 1
            $0.mode = mode
            if let maximumUpdateCount {
                $0.maximumUpdateCount = maximumUpdateCount
                $0.residualTolerance = nil
            }
        }
    }

    private func update(
        _ bench: AggregatorBench, _ column: (Column, Reference), relativeTo reference: Reference? = nil
    ) throws -> SiteMessage {
        .update(try bench.update(Self.values, column, relativeTo: reference))
    }

    @Test("the residual is the same to the last bit", arguments: 1...8 as ClosedRange<UInt64>)
    func residual(seed: UInt64) throws {
        let dimension = 65
        var bench = try AggregatorBench {
            $0.siteCount = 2
            $0.tasksPerSite = 1
            $0.dimension = dimension
        }
        var random = SeededGenerator(seed: seed)
        for index in 0..<2 {
            let connection = try bench.join("site\(index)", task: "t\(index)", UInt64(index + 1))
            let column = try bench.read(TaskName("t\(index)"), from: connection)
            let values = (0..<dimension).map { _ in random.normal() }
            _ = try bench.messages(.update(bench.update(values, column)), from: connection)
        }
        let residual = try #require(bench.machine.relativeResidual)
        try bench.restart(keys: ["site0", "site1"])
        #expect(bench.machine.relativeResidual == residual, "seed \(seed)")
    }

    // MARK: Keys

    /// How the key of a site that joined went.
    enum Removal: CaseIterable {
        case beforeTheRestart
        case whileDown
    }

    @Test(
        "a removed key's columns stay frozen, and the end does not wait for them", arguments: modes,
        Removal.allCases)
    func removedKey(mode: StudyPlan.Mode, removal: Removal) throws {
        var bench = try bench(mode)
        _ = try bench.handle(.keysListed([SiteName("site0"), SiteName("site1")]))
        _ = try bench.join("site0", task: "t0", 1)
        let other = try bench.join("site1", task: "t1", 2)
        let column = try bench.read(TaskName("t1"), from: other)
        if removal == .beforeTheRestart { _ = try bench.handle(.revoked(SiteName("site1"))) }
        let notes = try bench.restart(keys: ["site0"]).compactMap(\.note)
        #expect(notes == [.keyRemoved(SiteName("site1"))])

        // A session that was confirmed before its key went is not heard.
        _ = try bench.handle(.connected(other, SiteName("site1")))
        #expect(try bench.messages(bench.request(tasks: ["t1"]), from: other).isEmpty)
        _ = try bench.messages(update(bench, column), from: other)
        #expect(bench.machine.version == 0)

        let first = try bench.join("site0", task: "t0", 1)
        _ = try bench.handle(.stopRequested)
        let last = try bench.handle(.received(first, .fetched(task: TaskName("t0"))))
        #expect(last.contains { $0.isDone })
    }

    @Test("an owner that never had a key is waited for; so is one whose key is back", arguments: modes)
    func expectedOwners(mode: StudyPlan.Mode) throws {
        for isBack in [false, true] {
            var bench = try bench(mode)
            _ = try bench.handle(.keysListed([SiteName("site0")]))
            if isBack {
                _ = try bench.handle(.authorized(SiteName("site1")))
                _ = try bench.handle(.revoked(SiteName("site1")))
                try bench.restart(keys: ["site0"])
            }
            let notes = try bench.restart(keys: isBack ? ["site0", "site1"] : ["site0"]).compactMap(\.note)
            #expect(notes == (isBack ? [.keyReturned(SiteName("site1"))] : []))
            let first = try bench.join("site0", task: "t0", 1)
            _ = try bench.handle(.stopRequested)
            let isDone = try bench.handle(.received(first, .fetched(task: TaskName("t0"))))
                .contains { $0.isDone }
            #expect(!isDone, "the key is back: \(isBack)")
        }
    }

    @Test("a round that waited for a key that went meanwhile passes at the start")
    func roundWithoutKey() throws {
        var bench = try bench(Self.modes[1])
        _ = try bench.handle(.keysListed([SiteName("site0"), SiteName("site1")]))
        let first = try bench.join("site0", task: "t0", 1)
        _ = try bench.join("site1", task: "t1", 2)
        let column = try bench.read(TaskName("t0"), from: first)
        _ = try bench.messages(update(bench, column), from: first)
        try bench.restart(keys: ["site0"])
        _ = try bench.join("site0", task: "t0", 1)
        #expect(try bench.read(TaskName("t0"), from: first).0.version == 1)
    }

    // MARK: Results

    @Test("a model that a site has of a later state than ours is refused as not finished")
    func olderThanTheResult() throws {
        var bench = try bench(.asynchronous)
        let first = try bench.join("site0", task: "t0", 1)
        let answers = try bench.messages(.fetched(task: TaskName("t0")), from: first)
        guard case .refusal(let refusal)? = answers.first else {
            Issue.record("answers: \(answers)")
            return
        }
        #expect(refusal.code == .notFinished && refusal.task == TaskName("t0"))
        #expect(try bench.read(TaskName("t0"), from: first).0.sequence == 1)
    }

    // MARK: Rounds

    @Test("a round goes on with the tasks that had arrived, and ends where it would have")
    func roundGoesOn() throws {
        let keys = ["site0", "site1"]
        var bench = try bench(Self.modes[1], maximumUpdateCount: 4)
        try bench.restart(keys: keys)
        var connections = [try bench.join("site0", task: "t0", 1), try bench.join("site1", task: "t1", 2)]
        var held = [Reference(dimension: 5), Reference(dimension: 5)]
        for round in 0..<2 {
            let columns = [
                try bench.read(TaskName("t0"), from: connections[0]),
                try bench.read(TaskName("t1"), from: connections[1]),
            ]
            #expect(columns.allSatisfy { $0.0.version == UInt64(2 * round) })
            let first = try bench.update(Self.values, columns[0], relativeTo: held[0])
            _ = try bench.messages(.update(first), from: connections[0])

            try bench.restart(keys: keys)
            connections = [try bench.join("site0", task: "t0", 1), try bench.join("site1", task: "t1", 2)]
            let early = try bench.messages(
                .read(ReadRequest(task: TaskName("t0"), reference: .none)), from: connections[0])
            #expect(early.isEmpty, "the next column waits for the round's end")
            let second = try bench.update(Self.values, columns[1], relativeTo: held[1])
            let actions = try bench.handle(.received(connections[1], .update(second)))
            let accepted = actions.compactMap { action in
                if case .send(_, .acceptance(let acceptance)) = action { acceptance } else { nil }
            }
            #expect(accepted.map(\.staleness) == [0])
            let sent = actions.compactMap { action in
                if case .send(let connection, .column) = action { connection } else { nil }
            }
            #expect(sent == (round == 0 ? [connections[0]] : []), "the read that waited is answered")
            for (index, update) in [first, second].enumerated() {
                held[index] = try ReleaseCodec.decode(
                    update.release, reference: held[index], dimension: 5)
            }
            connections[0] = try bench.join("site0", task: "t0", 1)
        }
        #expect(bench.machine.phase == .finished(.updateCount))
        #expect(bench.machine.version == 4)
    }

    @Test("a task that had not arrived gets a column of V as it is, under that version")
    func resumedColumns() throws {
        var bench = try bench(Self.modes[1])
        try bench.restart(keys: ["site0", "site1"])
        let first = try bench.join("site0", task: "t0", 1)
        let column = try bench.read(TaskName("t0"), from: first)
        _ = try bench.messages(update(bench, column), from: first)
        try bench.restart(keys: ["site0", "site1"])
        let other = try bench.join("site1", task: "t1", 2)
        let late = try bench.read(TaskName("t1"), from: other)
        #expect(late.0.version == 1)
        let answers = try bench.messages(update(bench, late), from: other)
        guard case .acceptance(let acceptance)? = answers.first else {
            Issue.record("answers: \(answers)")
            return
        }
        #expect(acceptance.staleness == 0)
    }

    @Test("after a restart the clock starts when every owner has joined again, or has had the time to")
    func clock() throws {
        let keys = ["site0", "site1"]
        var bench = try bench(Self.modes[1])
        try bench.restart(keys: keys)
        let first = try bench.join("site0", task: "t0", 1)
        #expect(bench.machine.nextDeadline == Self.timeout, "of the first start: with the first join")
        let column = try bench.read(TaskName("t0"), from: first)
        bench.now = .seconds(1)
        _ = try bench.messages(update(bench, column), from: first)

        try bench.restart(keys: keys)
        let latest = bench.now + FederationLimits.returnTimeout
        bench.now = .seconds(2)
        _ = try bench.join("site0", task: "t0", 1)
        #expect(bench.machine.nextDeadline == latest + Self.timeout)
        bench.now = .seconds(20)
        _ = try bench.handle(.clock)
        #expect(bench.machine.phase == .running)

        var joined = bench
        _ = try joined.join("site1", task: "t1", 2)
        #expect(joined.machine.nextDeadline == .seconds(20) + Self.timeout)
        var revoked = bench
        _ = try revoked.handle(.revoked(SiteName("site1")))
        #expect(revoked.machine.nextDeadline == .seconds(20) + Self.timeout)
        bench.now = latest + Self.timeout
        _ = try bench.handle(.clock)
        #expect(bench.machine.phase == .ended(.absent([TaskName("t1")])))
    }
}

extension AggregatorAction {
    fileprivate var note: AggregatorNote? { if case .note(let note) = self { note } else { nil } }
    fileprivate var isDone: Bool { if case .done = self { true } else { false } }
}
