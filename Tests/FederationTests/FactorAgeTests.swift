internal import Federation
internal import MultiTaskLearning
internal import ReleaseEncoding
internal import Testing

@Suite("The factor behind an answered column may be old, and its age is part of the staleness")
struct FactorAgeTests {
    private func bench(
        maximumAge: Int, _ adjust: (inout TestStudy) throws -> Void = { _ in }
    ) throws -> AggregatorBench {
        var bench = try AggregatorBench {
            try adjust(&$0)
            let taskCount = $0.taskNames.count
            $0.factorPolicy = try FactorPolicy(maximumAge: maximumAge, taskCount: taskCount)
        }
        bench.machine = try AggregatorMachine(
            plan: bench.plan, state: bench.machine.state, factorRefresh: .deferred)
        try bench.join()
        return bench
    }

    /// Reads the task's column, answers it, and returns the version it was of and the staleness it was accepted with.
    private func exchange(
        _ bench: inout AggregatorBench, _ reference: inout Reference, round: Int
    ) throws -> (version: UInt64, staleness: UInt64) {
        let column = try bench.read(bench.task)
        let values = (0..<5).map { Double($0 + round) }
        let update = try bench.update(values, column, relativeTo: reference)
        let answers = try bench.messages(.update(update))
        let accepted = answers.compactMap { answer -> Acceptance? in
            if case .acceptance(let acceptance) = answer { acceptance } else { nil }
        }
        let acceptance = try #require(accepted.first)
        reference = try ReleaseCodec.decode(update.release, reference: reference, dimension: 5)
        return (column.0.version, acceptance.staleness)
    }

    @Test(
        "a column is of the factor's version, which is as old as the bound at most", arguments: [0, 1, 2, 3])
    func ageBound(maximumAge: Int) throws {
        var bench = try bench(maximumAge: maximumAge)
        var reference = Reference(dimension: 5)
        for round in 0..<10 {
            let (version, staleness) = try exchange(&bench, &reference, round: round)
            let age = round % (maximumAge + 1)
            #expect(version == UInt64(round - age), "round \(round)")
            #expect(staleness == UInt64(age), "round \(round)")
        }
    }

    @Test("without a regularizer nothing waits for a factor, and nothing is stale", arguments: [0, 3])
    func zeroLambda(maximumAge: Int) throws {
        var bench = try bench(maximumAge: maximumAge) { $0.lambda = 0 }
        var reference = Reference(dimension: 5)
        for round in 0..<10 {
            let (version, staleness) = try exchange(&bench, &reference, round: round)
            #expect(version == UInt64(round) && staleness == 0, "round \(round)")
        }
        #expect(bench.machine.factorAge == 0)
    }

    @Test("a factor computed from a snapshot makes the next column a current one")
    func installing() throws {
        var bench = try bench(maximumAge: 3)
        var reference = Reference(dimension: 5)
        _ = try exchange(&bench, &reference, round: 0)
        _ = try exchange(&bench, &reference, round: 1)
        #expect(bench.machine.factorAge == 2)
        let snapshot = try #require(bench.machine.factorSnapshot())
        let isInstalled = bench.machine.install(try snapshot.refreshed())
        #expect(isInstalled)
        #expect(bench.machine.factorAge == 0)
        let (version, staleness) = try exchange(&bench, &reference, round: 2)
        #expect(version == 2)
        #expect(staleness == 0)
    }

    /// Reads the task's column once and answers `count` times, each update with the read of the next column.
    private func answer(
        _ bench: inout AggregatorBench, count: Int,
        _ observe: (Acceptance, Column, AggregatorBench) throws -> Void
    ) throws {
        var reference = Reference(dimension: 5)
        var column = try bench.read(bench.task)
        for round in 0..<count {
            let values = (0..<5).map { Double(($0 + round) % 4) }
            let update = try bench.update(
                values, column, relativeTo: reference,
                next: ReadRequest(task: bench.task, reference: .none))
            let answers = try bench.messages(.update(update))
            reference = try ReleaseCodec.decode(update.release, reference: reference, dimension: 5)
            let acceptance = try #require(
                answers.compactMap { if case .acceptance(let acceptance) = $0 { acceptance } else { nil } }
                    .first)
            let next = try #require(
                answers.compactMap { if case .column(let column) = $0 { column } else { nil } }.first)
            let decoded = try ReleaseCodec.decode(
                next.release, reference: Reference(dimension: 5), dimension: 5)
            column = (next, decoded)
            try observe(acceptance, next, bench)
        }
    }

    @Test("Douglas-Rachford steps to a column that is current, by a factor that is not, are as long as ever")
    func relaxationWithAgedFactor() throws {
        var bench = try bench(maximumAge: 3) {
            $0.splitting = .douglasRachford(try DouglasRachford(gamma: 0.1))
            $0.relaxation = 1.5
        }
        var stalenesses: [UInt64] = []
        try answer(&bench, count: 12) { acceptance, column, bench in
            #expect(acceptance.relaxation == 1.5, "version \(acceptance.version)")
            #expect(bench.machine.version - column.version == UInt64(bench.machine.factorAge))
            stalenesses.append(acceptance.staleness)
        }
        // Each column was read with the task's own update, so that its staleness is the factor's age alone.
        #expect(stalenesses == [0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3])
    }

    @Test("the window of a delay-adaptive step begins at the factor's version")
    func relaxationSum() throws {
        var bench = try bench(maximumAge: 3) { $0.relaxationPolicy = .delayAdaptive }
        var sums = [0.0]
        try answer(&bench, count: 10) { acceptance, column, bench in
            sums.append((sums.last ?? 0) + acceptance.relaxation)
            let issued = try #require(bench.machine.state.tasks[0].issued)
            #expect(issued.version == column.version)
            #expect(issued.relaxationSum == sums[Int(column.version)], "version \(acceptance.version)")
        }
    }

    @Test("an event is to wait where its answer needs a newer factor, and no other")
    func waiting() throws {
        var bench = try bench(maximumAge: 2)
        var reference = Reference(dimension: 5)
        let first = try bench.read(bench.task)
        let other = SiteMessage.read(ReadRequest(task: TaskName("t3"), reference: .none))
        func waits(_ message: SiteMessage) -> Bool {
            bench.machine.awaitsFactor(for: .received(bench.connection, message))
        }
        #expect(!waits(other), "the first column's factor is at hand")
        #expect(bench.machine.factorSnapshot() == nil, "and current")
        let update = try bench.update([1, 2, 3, 4, 5], first)
        let withRead = try bench.update(
            [1, 2, 3, 4, 5], first, next: ReadRequest(task: bench.task, reference: .none))
        #expect(!waits(.update(withRead)))
        _ = try bench.messages(.update(update))
        reference = try ReleaseCodec.decode(update.release, reference: reference, dimension: 5)
        for round in 1..<3 {
            #expect(bench.machine.factorAge == round)
            #expect(waits(.update(withRead)) == (round == 2), "round \(round)")
            #expect(!waits(.update(update)), "without a read it asks no column")
            #expect(!waits(other))
            let column = try bench.read(bench.task)
            let next = try bench.update([5, 4, 3, 2, Double(round)], column, relativeTo: reference)
            _ = try bench.messages(.update(next))
            reference = try ReleaseCodec.decode(next.release, reference: reference, dimension: 5)
        }
        #expect(bench.machine.factorAge == 3)
        #expect(waits(other))
        #expect(!bench.machine.awaitsFactor(for: .clock))
        let snapshot = try #require(bench.machine.factorSnapshot())
        let isInstalled = bench.machine.install(try snapshot.refreshed())
        #expect(isInstalled)
        #expect(!waits(other) && !waits(.update(withRead)))
    }

    @Test("a machine that starts waits for its first factor; one that computes its own never waits")
    func first() throws {
        let bench = try bench(maximumAge: 2)
        let read = AggregatorEvent.received(
            bench.connection, .read(ReadRequest(task: bench.task, reference: .none)))
        #expect(bench.machine.awaitsFactor(for: read))
        #expect(bench.machine.factorSnapshot() != nil)
        let immediate = try AggregatorMachine(plan: bench.plan, state: bench.machine.state)
        #expect(!immediate.awaitsFactor(for: read))
        #expect(immediate.factorSnapshot() == nil)
        let unaged = try self.bench(maximumAge: 0)
        #expect(!unaged.machine.awaitsFactor(for: read))
        #expect(unaged.machine.factorSnapshot() == nil)
    }

    @Test("a plan whose factors would be older than half of its tasks is refused", arguments: [3, 4])
    func bound(age: Int) throws {
        var study = TestStudy()
        study.factorPolicy = try FactorPolicy(maximumAge: age, taskCount: 100)
        let objectives = try study.objectives()
        guard age > 3 else {
            #expect(try study.plan(for: objectives).factorPolicy.maximumAge == age)
            return
        }
        let error = #expect(throws: FederationError.self) { try study.plan(for: objectives) }
        #expect("\(try #require(error))".contains("is 4; it must be at most 3, half of the 6 tasks"))
    }

    @Test("only a study whose factors cost more than handing them over has them computed beside the exchange")
    func suitedRefresh() throws {
        func suited(
            _ dimension: Int, sites: Int, age: Int, _ mode: StudyPlan.Mode = .asynchronous,
            _ regularizer: RegularizerKind = .nuclear
        ) throws
            -> FactorRefresh
        {
            var study = TestStudy()
            (study.dimension, study.siteCount, study.recordCount, study.mode) = (dimension, sites, 1, mode)
            study.factorPolicy = try FactorPolicy(maximumAge: age, taskCount: 2 * sites)
            study.regularizer = regularizer
            return .suited(to: try study.plan(for: study.objectives()))
        }
        #expect(try suited(28, sites: 70, age: 16) == .immediate)
        #expect(try suited(200, sites: 50, age: 12) == .deferred)
        #expect(try suited(200, sites: 50, age: 0) == .immediate)
        let barrier = Barrier(timeout: .seconds(1), absentRule: .end)
        #expect(try suited(200, sites: 50, age: 12, .synchronous(barrier)) == .immediate)
        for kind in [RegularizerKind.learnedCovariance, .cmtl, .jacob] {
            #expect(try suited(19, sites: 10, age: 2, .asynchronous, kind) == .immediate)
            #expect(try suited(20, sites: 10, age: 2, .asynchronous, kind) == .deferred)
        }
        #expect(try suited(200, sites: 50, age: 12, .asynchronous, .l21) == .immediate)
    }
}
