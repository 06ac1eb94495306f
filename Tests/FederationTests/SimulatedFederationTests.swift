internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning
internal import ReleaseEncoding
internal import Simulation
internal import Testing

@Suite("A simulated federation reaches the optimum")
struct SimulatedFederationTests {
    /// What must hold after every run, whatever went wrong in it.
    private func expectExactlyOnce(_ result: SimulationResult, _ study: TestStudy, seed: UInt64) {
        var sequences: [TaskName: UInt64] = [:]
        for (offset, applied) in result.log.enumerated() {
            #expect(applied.version == UInt64(offset + 1), "seed \(seed): versions are consecutive")
            #expect(
                applied.sequence > sequences[applied.task, default: 0],
                "seed \(seed): task \(applied.task) applied \(applied.sequence) twice or out of order")
            sequences[applied.task] = applied.sequence
        }
    }

    @Test("the aggregator's work takes its time: one update after another, and once a round")
    func aggregatorWork() throws {
        let (compute, update, round) = (
            Duration.seconds(1), Duration.milliseconds(100), Duration.milliseconds(700)
        )
        let roundCount = 4
        var study = TestStudy()
        (study.siteCount, study.tasksPerSite) = (5, 1)
        study.residualTolerance = nil
        study.maximumUpdateCount = UInt64(study.siteCount * roundCount)
        func lastUpdateTime(_ work: AggregatorWork?) throws -> Duration {
            try study.run(seed: 1) { settings in
                settings.networkDelay = .constant(.zero)
                settings.computeDelay = .constant(compute)
                settings.aggregatorWork = work
            }.result.store.progress.statistics.lastUpdateTime
        }
        study.mode = .synchronous(Barrier(timeout: .seconds(600), absentRule: .end))
        #expect(try lastUpdateTime(nil) == compute * roundCount)
        #expect(try lastUpdateTime(AggregatorWork()) == compute * roundCount)
        // The last round's columns are not waited for.
        #expect(
            try lastUpdateTime(AggregatorWork(update: update, round: round))
                == compute * roundCount + update * 5 * roundCount + round * (roundCount - 1))
        study.mode = .asynchronous
        // Five sites at once: the first is answered after one update's time, the last after five. From then on each
        // comes back while the aggregator rests.
        #expect(
            try lastUpdateTime(AggregatorWork(update: update, round: round))
                == compute * roundCount + update * (5 + roundCount - 1))
        // With more work than the sites bring in the time of a step, the aggregator never rests.
        #expect(
            try lastUpdateTime(AggregatorWork(update: compute)) == compute * (1 + 5 * roundCount))
    }

    @Test(
        "asynchronous and synchronous, every regularizer",
        arguments: RegularizerKind.allCases.filter { $0.requiredStructure == nil }, [false, true])
    func optimum(regularizer: RegularizerKind, synchronous: Bool) throws {
        var study = TestStudy()
        study.regularizer = regularizer
        if synchronous {
            study.mode = .synchronous(Barrier(timeout: .seconds(60), absentRule: .end))
        }
        let (result, suboptimality) = try study.run(seed: 3)
        #expect(result.phase == .finished(.residual))
        #expect(abs(suboptimality) < 1e-8, "\(regularizer) \(synchronous): \(suboptimality)")
        #expect(Set(result.kept.keys) == Set(study.taskNames))
        #expect(result.outcomes.values.allSatisfy { $0 == .complete })
        if synchronous { #expect(result.log.allSatisfy { $0.staleness == 0 }) }
        expectExactlyOnce(result, study, seed: 3)
    }

    @Test("squared and logistic tasks in one study")
    func mixedLosses() throws {
        var study = TestStudy()
        study.losses = [.squared, .logistic]
        study.residualTolerance = 1e-8
        let (result, suboptimality) = try study.run(seed: 4)
        #expect(result.phase == .finished(.residual))
        #expect(abs(suboptimality) < 1e-7)
    }

    @Test("every encoding reaches the fixed point", arguments: VectorEncoding.allCases)
    func encodings(encoding: VectorEncoding) throws {
        var study = TestStudy()
        study.encoding = encoding
        let (_, suboptimality) = try study.run(seed: 5)
        #expect(abs(suboptimality) < 1e-8, "\(encoding): \(suboptimality)")
    }

    @Test("a site that keeps several reads in flight", arguments: [1, 2, 4, 64])
    func readsInFlight(count: Int) throws {
        var study = TestStudy()
        study.tasksPerSite = 5
        let (result, suboptimality) = try study.run(seed: 6) { $0.readsInFlight = count }
        #expect(abs(suboptimality) < 1e-8)
        let outstanding = study.siteCount * min(count, study.tasksPerSite)
        #expect(
            result.meanStaleness <= 2 * Double(outstanding),
            "columns are computed when they are needed: mean staleness \(result.meanStaleness)")
    }

    @Test(
        "what sites report and the regularizer's value are the objective, and nothing is told unasked",
        arguments: [false, true])
    func objective(isDouglasRachford: Bool) throws {
        var study = TestStudy()
        if isDouglasRachford { study.splitting = .douglasRachford(try DouglasRachford()) }
        let silent = try study.run(seed: 7).result
        #expect(silent.log.allSatisfy { $0.loss == nil } && regularizerValues(silent.notes).isEmpty)
        study.reportsLoss = true
        let result = try study.run(seed: 7).result
        let told = regularizerValues(result.notes)
        let count = UInt64(study.taskNames.count)
        #expect(told.map(\.version) == (1...UInt64(told.count)).map { $0 * count })
        var losses: [TaskName: Double] = [:]
        let last = try #require(told.last)
        for update in result.log where update.version <= last.version { losses[update.task] = update.loss }
        let reported = try study.taskNames.reduce(last.value) { $0 + (try #require(losses[$1])) }
        let optimum = try study.optimum(study.objectives()).objective
        #expect(abs(reported / optimum - 1) < 1e-6, "\(reported), \(optimum)")
    }

    private func regularizerValues(_ notes: [AggregatorNote]) -> [(version: UInt64, value: Double)] {
        notes.compactMap { note in
            if case .regularizerValue(let value, let version) = note { (version, value) } else { nil }
        }
    }

    @Test(
        "exactly once and to the optimum through lost connections, killed sites and killed aggregators",
        arguments: 1...12, [false, true])
    func faults(seed: UInt64, synchronous: Bool) throws {
        var study = TestStudy()
        study.residualTolerance = 1e-8
        if synchronous {
            // No fault may make a round wait for its timeout: that ends the study here.
            study.tasksPerSite = 4
            study.mode = .synchronous(Barrier(timeout: .seconds(60), absentRule: .end))
        }
        let (result, suboptimality) = try study.run(seed: seed) {
            $0.readsInFlight = 1 + Int(seed % 3)
            $0.faults.connectionLoss = 0.01
            $0.faults.siteKill = 0.005
            $0.faults.aggregatorKill = 0.003
        }
        let isDone = result.isDone
        #expect(isDone, "seed \(seed): \(result.eventCount) events, version \(result.log.count)")
        #expect(abs(suboptimality) < 1e-7, "seed \(seed): \(suboptimality)")
        let faultCounts = [result.siteKillCount, result.aggregatorKillCount, result.connectionLossCount]
        #expect(faultCounts.allSatisfy { $0 > 0 }, "seed \(seed): \(faultCounts)")
        expectExactlyOnce(result, study, seed: seed)
        expectAcceptancesInLog(result, seed: seed)
        let heard = Set(result.acceptances.map(\.version))
        let unheard = result.log.map(\.version).filter { !heard.contains($0) }
        #expect(unheard.isEmpty, "seed \(seed): acceptances that no site heard of")
        // A site whose journal is whole is never behind, and what was in flight is sent again.
        #expect(missing(result) == 0, "seed \(seed)")
        #expect(result.siteNotes.contains { if case .resent = $0 { true } else { false } })
        #expect(!result.notes.contains { if case .siteBehind = $0 { true } else { false } })
    }

    private func expectAcceptancesInLog(_ result: SimulationResult, seed: UInt64) {
        for acceptance in result.acceptances {
            let applied = result.log.contains {
                $0.task == acceptance.task && $0.sequence == acceptance.sequence
                    && $0.version == acceptance.version
            }
            #expect(applied, "seed \(seed): an acceptance that the log does not hold: \(acceptance)")
        }
    }

    /// Updates that sites' journals were found not to hold.
    private func missing(_ result: SimulationResult) -> UInt64 {
        result.siteNotes.reduce(0) { sum, note in
            if case .journalBehind(_, let missing) = note { sum + missing } else { sum }
        }
    }

    @Test(
        "exactly once and to the optimum where killed sites lose their journals or find older copies of them",
        arguments: 1...12, [false, true])
    func lostAndOlderJournals(seed: UInt64, synchronous: Bool) throws {
        var study = TestStudy()
        study.residualTolerance = 1e-8
        if synchronous {
            // No fault may make a round wait for its timeout: that ends the study here.
            study.tasksPerSite = 4
            study.mode = .synchronous(Barrier(timeout: .seconds(60), absentRule: .end))
        }
        let (result, suboptimality) = try study.run(seed: seed) {
            $0.readsInFlight = 1 + Int(seed % 3)
            $0.faults.connectionLoss = 0.005
            $0.faults.siteKill = 0.005
            $0.faults.aggregatorKill = 0.002
            $0.faults.journalLoss = seed.isMultiple(of: 2) ? 0.5 : 0
            $0.faults.journalRestore = 0.5
        }
        let isDone = result.isDone
        #expect(isDone, "seed \(seed): \(result.eventCount) events, version \(result.log.count)")
        #expect(abs(suboptimality) < 1e-7, "seed \(seed): \(suboptimality)")
        #expect(result.outcomes.values.allSatisfy { $0 == .complete }, "seed \(seed): \(result.outcomes)")
        expectExactlyOnce(result, study, seed: seed)
        expectAcceptancesInLog(result, seed: seed)
        #expect(missing(result) > 0, "seed \(seed): it is said that the journals were behind")
        let joined = result.notes.compactMap {
            if case .siteBehind(_, _, let joined) = $0 { joined } else { nil }
        }
        #expect(!joined.isEmpty, "seed \(seed): it is said at the aggregator too")
        // Half of the faults of even seeds take the journal away.
        #expect(joined.contains(0) || !seed.isMultiple(of: 2), "seed \(seed): \(joined)")
    }

    @Test("an aggregator that comes back with an older state takes the sites' higher numbers")
    func olderStore() throws {
        // Whether a copy misses anything is chance; most seeds must have shown it.
        let seedCount: UInt64 = 16
        var restoredCount = 0
        for seed in 1...seedCount where try runWithOlderStore(seed: seed) { restoredCount += 1 }
        #expect(restoredCount >= 10, "\(restoredCount) of \(seedCount) seeds")
    }

    /// Returns whether updates were missing in a store that was put back, and a gap was noted.
    private func runWithOlderStore(seed: UInt64) throws -> Bool {
        var study = TestStudy()
        study.residualTolerance = 1e-8
        let (result, suboptimality) = try study.run(seed: seed) {
            $0.readsInFlight = 1 + Int(seed % 2)
            $0.faults.siteKill = 0.002
            $0.faults.aggregatorKill = 0.004
            $0.faults.aggregatorRestore = 0.5
        }
        let isDone = result.isDone
        #expect(isDone, "seed \(seed)")
        #expect(abs(suboptimality) < 1e-7, "seed \(seed): \(suboptimality)")
        #expect(result.outcomes.values.allSatisfy { $0 == .complete }, "seed \(seed): \(result.outcomes)")
        expectExactlyOnce(result, study, seed: seed)
        // No number of a task is ever applied with two meanings; one that was taken back may come again.
        let reused = result.appliedHashes.values.flatMap(\.values).filter { $0.count > 1 }
        #expect(reused.isEmpty, "seed \(seed): \(reused.count)")
        let gaps = result.notes.count { if case .sequenceGap = $0 { true } else { false } }
        return result.discardedCount > 0 && gaps > 0
    }

    @Test(
        "a site that was killed goes on with differences; one that lost its journal sends a full value first")
    func differencesAfterRestart() throws {
        func fullUpdates(journalLoss: Double) throws -> (full: Int, kills: Int, tasks: Int) {
            let study = TestStudy()
            let (result, _) = try study.run(seed: 5) {
                $0.faults.siteKill = 0.01
                $0.faults.journalLoss = journalLoss
            }
            return (result.fullUpdateCount, result.siteKillCount, study.taskNames.count)
        }
        let kept = try fullUpdates(journalLoss: 0)
        #expect(kept.kills > 10)
        // One for each task's beginning, and that again where it is resent before its acceptance.
        #expect(kept.full <= 2 * kept.tasks, "\(kept)")
        let lost = try fullUpdates(journalLoss: 1)
        #expect(lost.full > kept.full + lost.kills / 2, "\(lost)")
    }

    @Test("an aggregator that loses its state has its sites rejoin", arguments: 1...4)
    func lostState(seed: UInt64) throws {
        var study = TestStudy()
        study.residualTolerance = 1e-7
        let (result, suboptimality) = try study.run(seed: seed) {
            $0.faults.aggregatorKill = 0.0005
            $0.faults.aggregatorLosesState = true
        }
        let isDone = result.isDone
        #expect(isDone, "seed \(seed)")
        #expect(abs(suboptimality) < 1e-6, "seed \(seed): \(suboptimality)")
    }

    @Test("a study ends without a revoked key, though its aggregator is killed", arguments: 1...8)
    func revocationOverKills(seed: UInt64) throws {
        let (result, _) = try TestStudy().run(seed: seed) {
            $0.eventLimit = 300_000
            $0.faults.aggregatorKill = 0.003
            $0.faults.revocations[SiteName("site2")] = .milliseconds(500)
        }
        let isDone = result.isDone
        #expect(isDone, "seed \(seed)")
        #expect(result.phase == .finished(.residual), "seed \(seed)")
        #expect(result.notes.contains(.keyRemoved(SiteName("site2"))))
    }

    @Test("a seed reproduces a run")
    func reproducible() throws {
        let study = TestStudy()
        let first = try study.run(seed: 9) { $0.faults.connectionLoss = 0.01 }
        let second = try study.run(seed: 9) { $0.faults.connectionLoss = 0.01 }
        #expect(first.result.log == second.result.log)
        #expect(first.result.model == second.result.model)
    }

    @Test("a machine that starts from the committed state serves the same model")
    func replay() throws {
        let study = TestStudy()
        let clean = try study.run(seed: 10)
        for (index, task) in study.taskNames.enumerated() {
            #expect(clean.result.kept[task]?.weights == clean.result.model.column(index))
        }
        // The store holds what transactions brought to it, and nothing of the machine that made them.
        var restarted = try AggregatorMachine(
            plan: study.plan(for: study.objectives()), state: clean.result.store)
        let model = try restarted.model()
        let difference = model.adding(clean.result.model, scaledBy: -1).frobeniusNorm
        #expect(difference <= 1e-12 * clean.result.model.frobeniusNorm, "\(difference)")
        #expect(clean.result.store.version == UInt64(clean.result.log.count))
    }
}

@Suite("Synchronous rounds do not wait for ever")
struct BarrierTests {
    private func run(
        _ rule: Barrier.AbsentRule, seed: UInt64 = 21, _ adjust: (inout FaultSettings) -> Void
    ) throws -> SimulationResult {
        var study = TestStudy()
        study.mode = .synchronous(Barrier(timeout: .seconds(2), absentRule: rule))
        study.maximumUpdateCount = 300
        study.residualTolerance = nil
        let objectives = try study.objectives()
        var settings = SimulationSettings(seed: seed)
        settings.eventLimit = 200_000
        adjust(&settings.faults)
        var federation = try SimulatedFederation(
            plan: study.plan(for: objectives), objectives: objectives, settings: settings)
        return try federation.run()
    }

    private func absences(_ result: SimulationResult) -> [[TaskName]] {
        result.notes.compactMap { if case .absent(let tasks, _) = $0 { tasks } else { nil } }
    }

    @Test("a site that dies: its last columns stand, and it is waited for once")
    func death() throws {
        let result = try run(.proceed) { $0.deaths[SiteName("site1")] = .seconds(1) }
        #expect(result.phase == .finished(.updateCount))
        #expect(absences(result).flatMap { $0 }.sorted() == [TaskName("t1"), TaskName("t4")])
    }

    @Test("a site that dies ends a study that says so, and is named")
    func deathEnds() throws {
        let result = try run(.end) { $0.deaths[SiteName("site1")] = .seconds(1) }
        guard case .ended(.absent(let tasks)) = result.phase else {
            Issue.record("phase is \(result.phase)")
            return
        }
        #expect(tasks.contains(TaskName("t1")) || tasks.contains(TaskName("t4")))
        #expect(tasks.allSatisfy { $0 == TaskName("t1") || $0 == TaskName("t4") })
        let isDone = result.isDone
        #expect(isDone)
        #expect(result.outcomes[SiteName("site0")].map { $0 != .complete } == true)
    }

    @Test("an aggregator that is killed goes on with the round that was under way", arguments: 1...8)
    func killedAggregator(seed: UInt64) throws {
        let result = try run(.end, seed: seed) {
            $0.aggregatorKill = 0.01
            $0.siteKill = 0.003
        }
        #expect(result.aggregatorKillCount > 0)
        #expect(result.phase == .finished(.updateCount), "seed \(seed)")
        #expect(result.log.count == 300, "seed \(seed): whole rounds, none of them counted twice")
        #expect(result.log.allSatisfy { $0.staleness == 0 }, "seed \(seed)")
    }

    @Test("a revoked key is not waited for by an aggregator that is killed", arguments: 1...8)
    func revocationOverKills(seed: UInt64) throws {
        let result = try run(.end, seed: seed) {
            $0.aggregatorKill = 0.01
            $0.revocations[SiteName("site2")] = .seconds(1)
        }
        let isDone = result.isDone
        #expect(isDone, "seed \(seed)")
        #expect(result.aggregatorKillCount > 0)
        #expect(result.phase == .finished(.updateCount), "seed \(seed)")
        #expect(absences(result).isEmpty)
    }

    @Test("a site whose key is revoked is not waited for at all")
    func revocation() throws {
        let result = try run(.end) { $0.revocations[SiteName("site2")] = .seconds(1) }
        #expect(result.phase == .finished(.updateCount))
        #expect(absences(result).isEmpty)
        let after = result.log.filter { $0.time > .seconds(1) }
        #expect(!after.isEmpty && after.allSatisfy { $0.task != TaskName("t2") && $0.task != TaskName("t5") })
    }

    @Test("a site that never joins")
    func neverJoins() throws {
        let proceeding = try run(.proceed) { $0.neverJoin = [SiteName("site0")] }
        #expect(proceeding.phase == .finished(.updateCount))
        #expect(absences(proceeding).flatMap { $0 }.sorted() == [TaskName("t0"), TaskName("t3")])
        let ending = try run(.end) { $0.neverJoin = [SiteName("site0")] }
        #expect(ending.phase == .ended(.absent([TaskName("t0"), TaskName("t3")])))
    }
}
