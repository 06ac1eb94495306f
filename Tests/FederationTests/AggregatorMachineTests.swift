internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning
internal import ReleaseEncoding
internal import Testing

@Suite("The aggregator refuses by type and goes on")
struct RefusalTests {
    @Test("a join of another study, other settings, foreign or unknown tasks, another dimension")
    func joins() throws {
        var bench = try AggregatorBench()
        _ = try bench.handle(.connected(bench.connection, bench.site))
        let cases: [(SiteMessage, Refusal.Code)] = [
            (bench.request(study: "other"), .unknownStudy),
            (bench.request(digest: 8), .studyMismatch),
            (bench.request(tasks: ["t1"]), .foreignTask),
            (bench.request(tasks: ["t9"]), .unknownTask),
            (bench.request(dimension: 6), .wrongDimension),
            (bench.request(tasks: []), .malformed),
            (bench.request(tasks: ["t0", "t0"]), .malformed),
            (bench.request(next: FederationLimits.maximumSequence + 1), .sequence),
            (.read(ReadRequest(task: bench.task, reference: .none)), .notJoined),
            (.fetched(task: bench.task), .notJoined),
        ]
        for (message, code) in cases {
            #expect(try bench.refusal(message)?.code == code, "\(message)")
        }
        try bench.join()
        _ = try bench.read(bench.task)
    }

    @Test("an update that is foreign, stale, out of sequence, misshapen, not finite, too long, or unknown")
    func updates() throws {
        var bench = try AggregatorBench { $0.normBound = 10 }
        try bench.join()
        let column = try bench.read(bench.task)
        let good = try bench.update([1, 2, 3, 4, 5], column)
        func altered(_ change: (inout Update) -> Void) -> SiteMessage {
            var update = good
            change(&update)
            return .update(update)
        }
        let five = Reference(dimension: 5)
        let another = try five.moved().hash
        let cases: [(String, SiteMessage, Refusal.Code)] = [
            ("foreign", altered { $0.task = TaskName("t1") }, .foreignTask),
            ("unknown", altered { $0.task = TaskName("x") }, .unknownTask),
            ("ahead", altered { $0.sequence += 1 }, .sequence),
            ("behind", altered { $0.sequence -= 1 }, .sequence),
            ("another version", altered { $0.columnVersion += 1 }, .staleRead),
            (
                "another column", altered { $0.columnReference = another },
                .staleRead
            ),
            ("garbage", altered { $0.release = Array(repeating: 0xA5, count: 40) }, .malformed),
            ("empty", altered { $0.release = [] }, .malformed),
            (
                "too many bytes",
                altered {
                    let bound = ReleaseCodec.maximumReleaseByteCount(dimension: 5)
                    $0.release = Array(repeating: 0, count: bound + 1)
                }, .oversized
            ),
            (
                "another dimension",
                altered { $0.release = (try? ReleaseCodec.encodeFull([1, 2, 3, 4]).release) ?? [] },
                .wrongDimension
            ),
            (
                "NaN",
                .update(try bench.update([1, 2, 3, 4, 5], column).with(bitPattern: Double.nan.bitPattern)),
                .nonFinite
            ),
            (
                "infinity",
                .update(
                    try bench.update([1, 2, 3, 4, 5], column).with(bitPattern: Double.infinity.bitPattern)),
                .nonFinite
            ),
            ("norm", .update(try bench.update([10.001, 0, 0, 0, 0], column)), .normBound),
            (
                "reference",
                .update(try bench.update([1, 2, 3, 4, 5], column, relativeTo: try five.moved())),
                .unknownReference
            ),
        ]
        for (name, message, code) in cases {
            #expect(try bench.refusal(message)?.code == code, "\(name)")
            #expect(bench.machine.version == 0, "\(name): nothing was applied")
        }
        let answers = try bench.messages(.update(good))
        guard case .acceptance(let acceptance) = answers.first else {
            Issue.record("the good update was not accepted: \(answers)")
            return
        }
        #expect(acceptance.version == 1 && acceptance.sequence == good.sequence)
    }

    @Test("a column may not leave the norm bound, whatever the relaxation")
    func columnBound() throws {
        var bench = try AggregatorBench { $0.normBound = 10 }
        let base = bench.plan
        let plan = try StudyPlan(
            name: base.name, digest: base.digest, dimension: base.dimension, tasks: base.tasks,
            regularizer: base.regularizer, lambda: 0, splitting: base.splitting, relaxation: 0.9,
            relaxationPolicy: .amtlDynamic, mode: base.mode, encoding: base.encoding, normBound: 10,
            stoppingRule: base.stoppingRule)
        let instance = try #require(InstanceIdentifier(bytes: Array(repeating: 1, count: 16)))
        bench.machine = try AggregatorMachine(
            plan: plan, state: AggregatorState(instance: instance, dimension: 5, taskCount: plan.tasks.count))
        try bench.join()
        let column = try bench.read(bench.task)
        // The published factor is 0.9 * log 10 = 2.07 and V begins at 0: 2.07 * 5 is beyond the bound.
        let refused = try bench.refusal(.update(try bench.update([5, 0, 0, 0, 0], column)))
        #expect(refused?.code == .normBound)
        #expect(bench.machine.version == 0)
        _ = try bench.machine.model()
    }

    @Test("a norm at its bound passes")
    func normAtBound() throws {
        var bench = try AggregatorBench { $0.normBound = 10 }
        try bench.join()
        let column = try bench.read(bench.task)
        let refused = try bench.refusal(.update(try bench.update([(10.0).nextUp, 0, 0, 0, 0], column)))
        #expect(refused?.code == .normBound)
        #expect(try bench.refusal(.update(try bench.update([10, 0, 0, 0, 0], column))) == nil)
        #expect(bench.machine.version == 1)
    }

    @Test("more reads than a connection may have outstanding", arguments: [-1, 0, 1])
    func readBound(offset: Int) throws {
        let count = FederationLimits.maximumReadsPerConnection + offset
        var bench = try AggregatorBench {
            $0.siteCount = 1
            $0.tasksPerSite = FederationLimits.maximumReadsPerConnection + 1
        }
        _ = try bench.handle(.connected(bench.connection, bench.site))
        _ = try bench.messages(bench.request(tasks: bench.plan.tasks.map(\.name.rawValue)))
        var refusals: [Refusal.Code] = []
        for task in bench.plan.tasks.prefix(count) {
            let read = SiteMessage.read(ReadRequest(task: task.name, reference: .none))
            if let refusal = try bench.refusal(read) { refusals.append(refusal.code) }
        }
        #expect(refusals == Array(repeating: .tooManyReads, count: max(offset, 0)))
    }
}

@Suite("The aggregator applies each update once and answers by the protocol")
struct ExchangeTests {
    @Test(
        "a duplicate gets the stored acceptance and changes nothing; other bytes under its number are refused"
    )
    func duplicates() throws {
        var bench = try AggregatorBench()
        try bench.join()
        let update = try bench.update([1, 2, 3, 4, 5], bench.read(bench.task))
        let first = try bench.messages(.update(update))
        let model = try bench.machine.model()
        let second = try bench.messages(.update(update))
        #expect(first == second)
        #expect(bench.machine.version == 1)
        #expect(try bench.machine.model() == model)
        var other = update
        other.release = try ReleaseCodec.encodeFull([5, 4, 3, 2, 1]).release
        #expect(try bench.refusal(.update(other))?.code == .sequence)
    }

    @Test("the step is v + relaxation (u - v), on p exactly as the site decoded it")
    func step() throws {
        var bench = try AggregatorBench { $0.lambda = 0 }
        try bench.join()
        let column = try bench.read(bench.task)
        _ = try bench.messages(.update(try bench.update([1, 2, 3, 4, 5], column)))
        // With lambda = 0 the prox is the identity, and V began at 0.
        let second = try bench.read(bench.task, reference: column.1)
        for (index, value) in second.1.value.enumerated() {
            #expect(abs(value - 0.9 * Double(index + 1)) < 1e-6)
        }
    }

    @Test("an update carries the read of the task that comes next; acceptance first, then that task's column")
    func nextTask() throws {
        var bench = try AggregatorBench()
        try bench.join()
        let column = try bench.read(bench.task)
        let next = ReadRequest(task: TaskName("t3"), reference: .none)
        let answers = try bench.messages(.update(try bench.update([1, 2, 3, 4, 5], column, next: next)))
        guard case .acceptance(let acceptance) = answers[0], case .column(let fresh) = answers[1] else {
            Issue.record("answers: \(answers)")
            return
        }
        #expect(acceptance.task == bench.task)
        #expect(
            fresh.task == TaskName("t3") && fresh.version == 1, "the column is computed now, not at the join")
    }

    @Test("a refused read after an accepted update does not undo the update")
    func refusedNext() throws {
        var bench = try AggregatorBench()
        try bench.join()
        let column = try bench.read(bench.task)
        let next = ReadRequest(task: TaskName("t1"), reference: .none)
        let answers = try bench.messages(.update(try bench.update([1, 2, 3, 4, 5], column, next: next)))
        guard case .acceptance = answers[0], case .refusal(let refusal) = answers[1] else {
            Issue.record("answers: \(answers)")
            return
        }
        #expect(refusal.code == .foreignTask)
        #expect(bench.machine.version == 1)
    }

    @Test("staleness counts the versions between a column's computation and its update's arrival")
    func staleness() throws {
        var bench = try AggregatorBench()
        try bench.join()
        let slow = try bench.read(bench.task)
        for count in 1...3 {
            let column = try bench.read(TaskName("t3"))
            _ = try bench.messages(.update(try bench.update([1, 0, 0, 0, Double(count)], column)))
        }
        let answers = try bench.messages(.update(try bench.update([1, 2, 3, 4, 5], slow)))
        guard case .acceptance(let acceptance) = answers.first else {
            Issue.record("answers: \(answers)")
            return
        }
        #expect(acceptance.staleness == 3 && acceptance.version == 4)
    }

    @Test("a newer read replaces the older: only its update is applied")
    func newestRead() throws {
        var bench = try AggregatorBench()
        try bench.join()
        let old = try bench.read(bench.task)
        let other = try bench.read(TaskName("t3"))
        _ = try bench.messages(.update(try bench.update([1, 1, 1, 1, 1], other)))
        let again = SiteMessage.read(ReadRequest(task: bench.task, reference: .none))
        #expect(try bench.refusal(again)?.code == .tooManyReads, "one read is outstanding per task")
        _ = try bench.messages(bench.request())
        let new = try bench.read(bench.task)
        #expect(new.0.version == 1 && new.0.sequence == old.0.sequence)
        #expect(try bench.refusal(.update(try bench.update([1, 2, 3, 4, 5], old)))?.code == .staleRead)
        #expect(try bench.refusal(.update(try bench.update([1, 2, 3, 4, 5], new))) == nil)
    }

    @Test("a column is a difference where the site holds what was sent last, and full otherwise")
    func references() throws {
        var bench = try AggregatorBench()
        try bench.join()
        let first = try bench.read(bench.task)
        let update = try bench.update([1, 2, 3, 4, 5], first)
        _ = try bench.messages(.update(update))
        let accepted = try ReleaseCodec.decode(
            update.release, reference: Reference(dimension: 5), dimension: 5)
        let second = try bench.read(bench.task)
        #expect(try ReleaseHeader(of: second.0.release).reference == .none)
        _ = try bench.messages(
            .update(try bench.update([1, 2, 3, 4, 6], second, relativeTo: accepted)))
        let third = try bench.read(bench.task, reference: second.1)
        #expect(try ReleaseHeader(of: third.0.release).reference == second.1.hash)
    }

    @Test("a site's higher number is taken and noted; a lower one is answered with ours")
    func sequenceGap() throws {
        var bench = try AggregatorBench()
        _ = try bench.handle(.connected(bench.connection, bench.site))
        let actions = try bench.handle(.received(bench.connection, bench.request(next: 41)))
        let gaps = actions.compactMap { action -> AggregatorNote? in
            if case .note(let note) = action, case .sequenceGap = note { note } else { nil }
        }
        #expect(gaps.contains(.sequenceGap(bench.task, expected: 1, taken: 41)))
        let welcomes = actions.compactMap { action in
            if case .send(_, .welcome(let welcome)) = action { welcome } else { nil }
        }
        #expect(welcomes.first?.tasks.map(\.isNumberTaken) == [true, true])
        let answers = try bench.messages(bench.request(next: 3))
        guard case .welcome(let welcome) = answers.first else {
            Issue.record("answers: \(answers)")
            return
        }
        #expect(welcome.tasks.map(\.nextSequence) == [41, 41])
        #expect(welcome.tasks.map(\.isNumberTaken) == [false, false])
    }

    @Test("the welcome says which tasks the round waits for", arguments: [false, true])
    func awaited(synchronous: Bool) throws {
        var bench = try AggregatorBench {
            if synchronous { $0.mode = .synchronous(Barrier(timeout: .seconds(5), absentRule: .end)) }
        }
        func awaited() throws -> [Bool] {
            let answers = try bench.messages(bench.request())
            guard case .welcome(let welcome)? = answers.first else { return [] }
            return welcome.tasks.map(\.isAwaited)
        }
        try bench.join()
        #expect(try awaited() == [synchronous, synchronous])
        let column = try bench.read(bench.task)
        _ = try bench.messages(.update(try bench.update([1, 2, 3, 4, 5], column)))
        #expect(try awaited() == [false, synchronous])
    }

    @Test("a site's newer session closes the older one, whose messages are not applied any more")
    func newerSession() throws {
        var bench = try AggregatorBench()
        try bench.join()
        let column = try bench.read(bench.task)
        let newer = ConnectionIdentifier(2)
        _ = try bench.handle(.connected(newer, bench.site))
        let actions = try bench.handle(.received(newer, bench.request()))
        #expect(
            actions.contains { if case .close(bench.connection, .superseded) = $0 { true } else { false } })
        #expect(try bench.messages(.update(try bench.update([1, 2, 3, 4, 5], column))).isEmpty)
        #expect(bench.machine.version == 0)
    }

    @Test("every message leaves after the commit of what it tells")
    func commitsFirst() throws {
        var bench = try AggregatorBench()
        try bench.join()
        let column = try bench.read(bench.task)
        let update = try bench.update(
            [1, 2, 3, 4, 5], column, next: ReadRequest(task: bench.task, reference: .none))
        let kinds = try bench.handle(.received(bench.connection, .update(update))).map { action in
            switch action {
            case .commit(let transaction): transaction.applied == nil ? "commit read" : "commit update"
            case .send(_, .acceptance): "acceptance"
            case .send(_, .column): "column"
            default: "other"
            }
        }
        #expect(kinds == ["commit update", "acceptance", "commit read", "column"])
    }

    @Test("the dynamic relaxation sees the seconds between a column's issue and its update's arrival")
    func dynamicRelaxation() throws {
        var study = TestStudy()
        study.relaxation = 0.3
        let base = try study.plan(for: study.objectives())
        let plan = try StudyPlan(
            name: base.name, digest: base.digest, dimension: base.dimension, tasks: base.tasks,
            regularizer: base.regularizer, lambda: base.lambda, splitting: base.splitting,
            relaxation: base.relaxation, relaxationPolicy: .amtlDynamic, mode: base.mode,
            encoding: base.encoding, normBound: base.normBound, stoppingRule: base.stoppingRule)
        let instance = try #require(InstanceIdentifier(bytes: Array(repeating: 1, count: 16)))
        var bench = try AggregatorBench()
        bench.machine = try AggregatorMachine(
            plan: plan, state: AggregatorState(instance: instance, dimension: 5, taskCount: plan.tasks.count))
        try bench.join()
        for (delay, mean) in [(100.0, 100.0), (300, 200), (2, 134)] {
            let column = try bench.read(bench.task)
            bench.now += .seconds(delay)
            let answers = try bench.messages(.update(try bench.update([1, 2, 3, 4, delay], column)))
            guard case .acceptance(let acceptance) = answers.first else {
                Issue.record("answers: \(answers)")
                return
            }
            let expected = RelaxationPolicy.amtlDynamic.relaxation(
                base: 0.3, taskCount: bench.plan.tasks.count, delay: UpdateDelay(recentSeconds: [mean]))
            #expect(abs(acceptance.relaxation - expected) < 1e-12)
        }
    }

    @Test("the operator ends a study: final columns are pushed, fetched, released, and then it is done")
    func operatorStop() throws {
        var bench = try AggregatorBench { $0.siteCount = 1 }
        _ = try bench.handle(.connected(bench.connection, bench.site))
        _ = try bench.messages(bench.request(tasks: ["t0", "t1"]))
        let column = try bench.read(bench.task)
        _ = try bench.messages(.update(try bench.update([1, 2, 3, 4, 5], column)))
        let finals = try bench.handle(.stopRequested).compactMap { action -> FinalColumn? in
            if case .send(_, .final(let column)) = action { column } else { nil }
        }
        #expect(finals.map(\.task) == [TaskName("t0"), TaskName("t1")])
        let model = try bench.machine.model()
        for (index, final) in finals.enumerated() {
            let value = try ReleaseCodec.decode(
                final.release, reference: Reference(dimension: 5), dimension: 5
            ).value
            #expect(value == model.column(index), "final columns are exact")
        }
        #expect(try bench.messages(.fetched(task: TaskName("t0"))) == [.released(task: TaskName("t0"))])
        let last = try bench.handle(.received(bench.connection, .fetched(task: TaskName("t1"))))
        #expect(last.contains { if case .done = $0 { true } else { false } })
    }

    @Test("a task that its site gave up is not waited for; a join that names it takes it up again")
    func abandoned() throws {
        var bench = try AggregatorBench { $0.siteCount = 1 }
        _ = try bench.handle(.connected(bench.connection, bench.site))
        _ = try bench.messages(bench.request(tasks: ["t0", "t1"]))
        _ = try bench.messages(.abandoned(task: TaskName("t1")))
        let column = try bench.read(bench.task)
        _ = try bench.messages(.update(try bench.update([1, 2, 3, 4, 5], column)))
        _ = try bench.handle(.stopRequested)
        let last = try bench.handle(.received(bench.connection, .fetched(task: bench.task)))
        #expect(last.contains { if case .done = $0 { true } else { false } })

        var other = try AggregatorBench { $0.siteCount = 1 }
        _ = try other.handle(.connected(other.connection, other.site))
        _ = try other.messages(other.request(tasks: ["t0", "t1"]))
        _ = try other.messages(.abandoned(task: TaskName("t1")))
        let actions = try other.handle(.received(other.connection, other.request(tasks: ["t1"])))
        let isResumed = actions.contains {
            if case .note(.resumed(let task)) = $0 { task == TaskName("t1") } else { false }
        }
        #expect(isResumed)
    }

    @Test("a state of another shape is refused")
    func stateMismatch() throws {
        let bench = try AggregatorBench()
        let instance = try #require(InstanceIdentifier(bytes: Array(repeating: 1, count: 16)))
        #expect(throws: FederationError(.stateMismatch, "")) {
            _ = try AggregatorMachine(
                plan: bench.plan, state: AggregatorState(instance: instance, dimension: 6, taskCount: 6))
        }
    }
}

extension Update {
    /// The same update with the first element of its float64 payload replaced.
    fileprivate func with(bitPattern: UInt64) -> Update {
        var result = self
        let first = ReleaseHeader.byteCount
        for byte in 0..<8 {
            result.release[first + byte] = UInt8(truncatingIfNeeded: bitPattern >> UInt64(8 * byte))
        }
        return result
    }
}

extension Reference {
    /// A reference that nobody else holds.
    fileprivate func moved() throws -> Reference {
        try ReleaseCodec.encodeFull(value.map { $0 + 1 }).next
    }
}
