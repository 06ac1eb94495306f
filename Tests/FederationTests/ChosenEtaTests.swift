internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning
internal import ReleaseEncoding
internal import Simulation
internal import Testing

@Suite("eta is chosen from the tasks' Lipschitz constants")
struct ChosenEtaTests {
    private func study(_ adjust: (inout TestStudy) -> Void = { _ in }) -> TestStudy {
        var study = TestStudy()
        study.splitting = .backwardForward(nil)
        study.residualTolerance = 1e-8
        adjust(&study)
        return study
    }

    private func largestConstant(_ objectives: [TaskName: TaskObjective]) throws -> Double {
        try #require(try objectives.values.map { try $0.lipschitzConstant() }.max())
    }

    @Test(
        "asynchronous and synchronous, squared and logistic tasks, to the optimum", arguments: [false, true])
    func optimum(synchronous: Bool) throws {
        let study = study {
            $0.losses = [.squared, .logistic]
            if synchronous { $0.mode = .synchronous(Barrier(timeout: .seconds(60), absentRule: .end)) }
        }
        let (result, suboptimality) = try study.run(seed: 3)
        #expect(result.phase == .finished(.residual))
        #expect(suboptimality.magnitude < 1e-7)
        let eta = EtaRule.State(eta: 1.9 / (try largestConstant(study.objectives())))
        #expect(result.store.progress.method.eta == eta)
        #expect(
            result.notes.contains(.etaChosen(eta.eta, epoch: 0, without: [])), "\(result.notes.prefix(9))")
        if synchronous { #expect(result.log.allSatisfy { $0.staleness == 0 }) }
    }

    @Test("a run is that of a study which sets the same eta, bit for bit")
    func explicit() throws {
        func model(_ splitting: Splitting) throws -> [Double] {
            let study = study {
                $0.tasksPerSite = 1
                $0.siteCount = 6
                $0.splitting = splitting
                $0.residualTolerance = nil
                $0.maximumUpdateCount = 6 * 40
            }
            let objectives = try study.objectives()
            var simulation = try ArrivalSimulation(
                plan: study.plan(for: objectives), objectives: study.taskNames.compactMap { objectives[$0] },
                readAge: .uniform(0...5), meanInterval: .seconds(1), seed: 8)
            var elements: [Double] = []
            try simulation.run { epoch, aggregator in
                elements = try aggregator.model().elements
                return epoch == 40
            }
            return elements
        }
        let objectives = try study {
            $0.tasksPerSite = 1
            $0.siteCount = 6
        }.objectives()
        let eta = 1.9 / (try largestConstant(objectives))
        let chosen = try model(.backwardForward(nil))
        #expect(chosen.contains { $0 != 0 })
        #expect(try model(.backwardForward(BackwardForward(eta: eta))) == chosen)
    }

    @Test("through killed processes and lost connections, the same eta", arguments: 1...6)
    func faults(seed: UInt64) throws {
        let study = study()
        let (result, suboptimality) = try study.run(seed: seed) {
            $0.readsInFlight = 1 + Int(seed % 3)
            $0.faults.connectionLoss = 0.01
            $0.faults.siteKill = 0.005
            $0.faults.aggregatorKill = 0.01
        }
        let isDone = result.isDone
        #expect(isDone, "seed \(seed)")
        #expect(suboptimality.magnitude < 1e-7, "seed \(seed): \(suboptimality)")
        #expect(result.aggregatorKillCount > 0 && result.siteKillCount > 0, "seed \(seed)")
        let eta = EtaRule.State(eta: 1.9 / (try largestConstant(study.objectives())))
        #expect(result.store.progress.method.eta == eta, "seed \(seed)")
    }

    @Test("a site that never joins is waited for until the timeout, and no longer")
    func absentSite() throws {
        let study = study {
            $0.residualTolerance = nil
            $0.maximumUpdateCount = 200
        }
        let (result, _) = try study.run(seed: 5) { $0.faults.neverJoin = [SiteName("site2")] }
        #expect(result.phase == .finished(.updateCount))
        let absent = result.notes.compactMap { note -> [TaskName]? in
            if case .etaChosen(_, 0, let absent) = note { absent } else { nil }
        }
        #expect(absent == [[TaskName("t2"), TaskName("t5")]])
        let first = try #require(result.log.first)
        #expect(first.time > .seconds(30), "no update before eta")
    }

    @Test("a synchronous study that ends without absent tasks names them")
    func absentSiteEnds() throws {
        let study = study { $0.mode = .synchronous(Barrier(timeout: .seconds(60), absentRule: .end)) }
        let (result, _) = try study.run(seed: 5) { $0.faults.neverJoin = [SiteName("site2")] }
        #expect(result.phase == .ended(.absent([TaskName("t2"), TaskName("t5")])))
        #expect(result.log.isEmpty)
    }

    @Test("a constant that comes after the timeout lowers eta and V, and leaves the model as it is")
    func lowered() throws {
        var bench = try AggregatorBench {
            $0.siteCount = 2
            $0.tasksPerSite = 1
            $0.splitting = .backwardForward(nil)
        }
        func join(_ connection: UInt64, _ site: String, _ task: String, _ constant: Double?) throws {
            _ = try bench.handle(.connected(ConnectionIdentifier(connection), SiteName(site)))
            let request = JoinRequest(
                study: "test", studyDigest: bench.plan.digest,
                tasks: [
                    JoinRequest.Task(
                        name: TaskName(task), dimension: 5, nextSequence: 0, lipschitzConstant: constant)
                ])
            _ = try bench.messages(.join(request), from: ConnectionIdentifier(connection))
        }
        try join(1, "site0", "t0", 1)
        let reading = try bench.messages(
            .read(ReadRequest(task: TaskName("t0"), reference: .none)), from: bench.connection)
        #expect(reading.isEmpty, "reads wait for eta")
        #expect(bench.machine.nextDeadline == .seconds(30))
        bench.now = .seconds(30)
        let columns = try bench.handle(.clock).compactMap { action -> Column? in
            if case .send(_, .column(let column)) = action { column } else { nil }
        }
        let column = try #require(columns.first)
        #expect(column.gamma == Column.Gamma(value: 1.9, epoch: 0))
        let decoded = try ReleaseCodec.decode(
            column.release, reference: Reference(dimension: 5), dimension: 5)
        let update = try bench.update([9, -8, 7, -6, 5], (column, decoded))
        _ = try bench.messages(.update(update), from: bench.connection)
        #expect(bench.machine.version == 1)
        let before = try bench.machine.model()
        #expect(before.frobeniusNorm > 1)

        try join(2, "site1", "t1", 19)
        #expect(bench.machine.progress.method.eta == EtaRule.State(eta: 1.9 / 19, epoch: 1))
        let after = try bench.machine.model()
        #expect(after.adding(before, scaledBy: -1).frobeniusNorm < 1e-12 * before.frobeniusNorm)
        // A start goes on with both; a smaller constant raises nothing.
        try bench.restart(keys: ["site0", "site1"])
        #expect(
            try bench.machine.model().adding(before, scaledBy: -1).frobeniusNorm < 1e-12
                * before.frobeniusNorm)
        try join(3, "site1", "t1", 2)
        #expect(bench.machine.progress.method.eta == EtaRule.State(eta: 1.9 / 19, epoch: 1))
    }

    @Test(
        "a join without a constant, or with one out of its bounds, is refused and waited for",
        arguments: [nil, -1, .nan, .infinity, 1e101] as [Double?])
    func badConstant(constant: Double?) throws {
        var bench = try AggregatorBench { $0.splitting = .backwardForward(nil) }
        _ = try bench.handle(.connected(bench.connection, bench.site))
        let refusal = try bench.refusal(
            .join(
                JoinRequest(
                    study: "test", studyDigest: bench.plan.digest,
                    tasks: [
                        JoinRequest.Task(
                            name: bench.task, dimension: 5, nextSequence: 0, lipschitzConstant: constant)
                    ])))
        #expect(refusal?.code == .malformed && refusal?.message.contains("Lipschitz constant") == true)
        #expect(bench.machine.nextDeadline == nil)
        let plan = bench.plan
        #expect(throws: FederationError.self) {
            try SiteMachine(
                plan: plan, site: SiteName("site0"), tasks: [TaskName("t0")],
                lipschitzConstants: constant.map { [TaskName("t0"): $0] } ?? [:])
        }
    }

    @Test("a site takes no step with an eta that its data do not bear, or without one")
    func unsafeEta() throws {
        let plan = try study().plan(for: study().objectives())
        for (gamma, isTaken) in [(nil, false), (0.4, false), (0.39, true)] as [(Double?, Bool)] {
            var site = try SiteMachine(
                plan: plan, site: SiteName("site0"), tasks: [TaskName("t0")],
                lipschitzConstants: [TaskName("t0"): 5])
            _ = site.handle(.connected)
            let instance = try #require(InstanceIdentifier(bytes: Array(repeating: 1, count: 16)))
            _ = site.handle(
                .received(
                    .welcome(
                        Welcome(instance: instance, tasks: [.init(name: TaskName("t0"), nextSequence: 1)]))))
            let release = try ReleaseCodec.encodeFull([1, 2, 3, 4, 5]).release
            let actions = site.handle(
                .received(
                    .column(
                        Column(
                            task: TaskName("t0"), sequence: 1, version: 0, release: release,
                            gamma: gamma.map { .init(value: $0, epoch: 0) }))))
            let computes = actions.contains { if case .compute = $0 { true } else { false } }
            #expect(computes == isTaken, "\(gamma.map { "\($0)" } ?? "none")")
        }
    }

    @Test("eta is finite and positive whatever the constants", arguments: [0, 1e-300, 1, 1e100])
    func bounds(constant: Double) {
        for lambda in [0, 1, 1e300] {
            let eta = EtaRule.eta(lipschitzConstants: [constant, 0], lambda: lambda)
            #expect(eta > 0 && eta <= EtaRule.largestEta && (eta * lambda).isFinite)
            #expect(eta * constant < 2)
        }
    }
}
