internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning
internal import ReleaseEncoding
internal import SeededRandom
internal import Simulation
internal import Testing

@Suite("Douglas-Rachford through the exchange")
struct DouglasRachfordFederationTests {
    private func study(_ adjust: (inout TestStudy) -> Void = { _ in }) throws -> TestStudy {
        var study = TestStudy()
        study.splitting = .douglasRachford(try DouglasRachford())
        study.relaxation = DouglasRachford.defaultRelaxation
        study.residualTolerance = 1e-7
        adjust(&study)
        return study
    }

    @Test(
        "asynchronous and synchronous, every regularizer",
        arguments: RegularizerKind.allCases.filter { $0.requiredStructure == nil }, [false, true])
    func optimum(regularizer: RegularizerKind, synchronous: Bool) throws {
        let study = try study {
            $0.regularizer = regularizer
            $0.losses = [.squared, .logistic]
            if synchronous { $0.mode = .synchronous(Barrier(timeout: .seconds(60), absentRule: .end)) }
        }
        let (result, suboptimality) = try study.run(seed: 3)
        #expect(result.phase == .finished(.residual))
        #expect(suboptimality.magnitude < 1e-8)
        #expect(result.outcomes.values.allSatisfy { $0 == .complete })
        #expect(result.gammas.last?.epoch == UInt64(result.gammas.count))
    }

    @Test("every relaxation policy", arguments: RelaxationPolicy.allCases)
    func policies(policy: RelaxationPolicy) throws {
        let study = try study {
            $0.relaxationPolicy = policy
            // AMTL's multiplier is at least 2.3.
            $0.relaxation = policy == .amtlDynamic ? 0.5 : 0.9
        }
        let (result, suboptimality) = try study.run(seed: 4)
        #expect(result.phase == .finished(.residual))
        #expect(suboptimality.magnitude < 1e-7)
        if policy == .arock {
            let bound = ArockRelaxation.bound(
                maximumDelay: Int(result.store.progress.statistics.stalenessMaximum),
                taskCount: study.taskNames.count, c: 0.9)
            #expect(result.log.last?.relaxation == bound)
        }
    }

    @Test("exactly once and to the optimum through killed processes and lost connections", arguments: 1...8)
    func faults(seed: UInt64) throws {
        let (result, suboptimality) = try study().run(seed: seed) {
            $0.readsInFlight = 1 + Int(seed % 3)
            $0.faults.connectionLoss = 0.01
            $0.faults.siteKill = 0.005
            $0.faults.aggregatorKill = 0.003
        }
        let isDone = result.isDone
        #expect(isDone, "seed \(seed)")
        #expect(suboptimality.magnitude < 1e-7, "seed \(seed): \(suboptimality)")
        #expect(result.aggregatorKillCount > 0 && result.siteKillCount > 0, "seed \(seed)")
        var sequences: [TaskName: UInt64] = [:]
        for (offset, applied) in result.log.enumerated() {
            #expect(applied.version == UInt64(offset + 1), "seed \(seed)")
            #expect(applied.sequence > sequences[applied.task, default: 0], "seed \(seed)")
            sequences[applied.task] = applied.sequence
        }
    }

    // Columns of the prox differ by what the factor's policy allows: a start decomposes V anew. Without a tolerance that
    // is their last bits, as a Gram matrix that is kept up to date rounds otherwise than one that a start forms.
    @Test(
        "an aggregator that is killed and started again after every event goes through the same gammas",
        arguments: [(FactorPolicy.exact, 1e-9), (.current, 1e-4)])
    func restart(policy: FactorPolicy, bound: Double) throws {
        var study = try study()
        study.siteCount = 1
        study.tasksPerSite = 9
        study.residualTolerance = nil
        study.maximumUpdateCount = 9 * 60
        study.factorPolicy = policy
        let (straight, restarted) = (
            try drive(study, restarts: false), try drive(study, restarts: true)
        )
        #expect(straight.gammas.count > 5)
        #expect(straight.gammas.map(\.epoch) == restarted.gammas.map(\.epoch))
        for (gamma, other) in zip(straight.gammas, restarted.gammas) {
            #expect((gamma.value / other.value - 1).magnitude < bound)
        }
        let difference = straight.store.auxiliary.adding(restarted.store.auxiliary, scaledBy: -1)
        #expect(difference.frobeniusNorm < bound * straight.store.auxiliary.frobeniusNorm)
        #expect(straight.store.progress.method.gamma?.version == UInt64(9 * 60))
        #expect(restarted.store.progress.method.gamma?.version == UInt64(9 * 60))
        #expect(straight.oldAnswerCount > 0, "no answer to an older gamma was tried")
    }

    private struct Driven {
        var store: AggregatorState
        var gammas: [Column.Gamma] = []
        /// Updates that were computed with a gamma that had changed meanwhile.
        var oldAnswerCount = 0
    }

    /// Speaks to an aggregator as a site with two columns at a time, in an order drawn from a seed.
    private func drive(_ study: TestStudy, restarts: Bool) throws -> Driven {
        let objectives = try study.objectives()
        let plan = try study.plan(for: objectives)
        let instance = try #require(InstanceIdentifier(bytes: Array(repeating: 1, count: 16)))
        var driven = Driven(
            store: AggregatorState(
                instance: instance, dimension: plan.dimension, taskCount: plan.tasks.count))
        var machine = try AggregatorMachine(plan: plan, state: driven.store)
        var connection = ConnectionIdentifier(0)
        var locals = try objectives.mapValues { try LocalTask($0, splitting: plan.splitting) }
        var columns: [TaskName: (Column, Reference)] = [:]
        var references: [TaskName: Reference] = [:]
        func handle(_ event: AggregatorEvent) throws {
            for action in try machine.handle(event, at: .zero) {
                switch action {
                case .commit(let transaction): driven.store.apply(transaction)
                case .send(_, .column(let column)):
                    let full = try ReleaseCodec.decode(
                        column.release, reference: Reference(dimension: plan.dimension),
                        dimension: plan.dimension)
                    columns[column.task] = (column, full)
                    let gamma = try #require(column.gamma)
                    if driven.gammas.last != gamma { driven.gammas.append(gamma) }
                case .send(_, .refusal(let refusal)): Issue.record("\(refusal)")
                default: break
                }
            }
        }
        func connect() throws {
            connection = ConnectionIdentifier(connection.rawValue + 1)
            try handle(.connected(connection, SiteName("site0")))
            let tasks = plan.tasks.map {
                JoinRequest.Task(name: $0.name, dimension: plan.dimension, nextSequence: 0)
            }
            try handle(
                .received(
                    connection, .join(JoinRequest(study: plan.name, studyDigest: plan.digest, tasks: tasks))))
        }
        try connect()
        var random = SeededGenerator(seed: 5)
        while case .running = driven.store.phase {
            while columns.count < 2 {
                let task = plan.tasks[random.integer(below: plan.tasks.count)].name
                guard columns[task] == nil else { continue }
                try handle(.received(connection, .read(ReadRequest(task: task, reference: .none))))
            }
            let names = columns.keys.sorted()
            let task = names[random.integer(below: names.count)]
            let (column, point) = try #require(columns[task])
            columns[task] = nil
            var local = try #require(locals[task])
            let step = try local.step(from: point.value, gamma: column.gamma?.value)
            locals[task] = local
            let known = references[task] ?? Reference(dimension: plan.dimension)
            let encoded = try ReleaseCodec.encode(step.update, relativeTo: known, encoding: .float64)
            references[task] = encoded.next
            if column.gamma?.epoch != driven.store.progress.method.gamma?.gammaEpoch {
                driven.oldAnswerCount += 1
            }
            try handle(
                .received(
                    connection,
                    .update(
                        Update(
                            task: task, sequence: column.sequence, columnVersion: column.version,
                            columnReference: point.hash, release: encoded.release, next: nil))))
            if restarts {
                machine = try AggregatorMachine(plan: plan, state: driven.store)
                // What it had not answered yet is read again by a site that comes back; here it answers all the same.
                try connect()
            }
        }
        return driven
    }

    @Test("a column without gamma is refused by the site, which starts the task over")
    func missingGamma() throws {
        let study = try study()
        let plan = try study.plan(for: study.objectives())
        var site = try SiteMachine(
            plan: plan, site: SiteName("site0"), tasks: plan.tasks(of: SiteName("site0")))
        _ = site.handle(.connected)
        let instance = try #require(InstanceIdentifier(bytes: Array(repeating: 1, count: 16)))
        let tasks = plan.tasks(of: SiteName("site0")).map { Welcome.Task(name: $0, nextSequence: 1) }
        _ = site.handle(.received(.welcome(Welcome(instance: instance, tasks: tasks))))
        let release = try ReleaseCodec.encodeFull([1, 0, 0, 0, 0]).release
        let column = Column(task: TaskName("t0"), sequence: 1, version: 0, release: release)
        let actions = site.handle(.received(.column(column)))
        #expect(!actions.contains { if case .compute = $0 { true } else { false } })
        #expect(actions.contains { if case .send(.join) = $0 { true } else { false } })
    }

    @Test("the step is around p as the site decoded it, with inertia from the second one on")
    func stepByHand() throws {
        var bench = try AggregatorBench {
            $0.splitting = .douglasRachford(try DouglasRachford(gamma: 0.5, inertia: 0.5))
            $0.relaxation = 1.5
            $0.regularizer = .ridge
        }
        try bench.join()
        // prox of gamma lambda |.|^2 / 2 at scale 0.25: v / 1.25.
        var v = [0.0, 0, 0, 0, 0]
        var last = v
        for y in [[1.0, 2, 0, 0, 4], [0, 3, 1, 0, 0], [2, 2, 2, 2, 2]] {
            let column = try bench.read(bench.task)
            #expect(column.0.gamma == .init(value: 0.5, epoch: 0))
            let p = v.map { $0 / 1.25 }
            for (sent, expected) in zip(column.1.value, DouglasRachford.reflection(of: p, v: v)) {
                #expect((sent - expected).magnitude < 1e-12)
            }
            let answers = try bench.messages(
                .update(try bench.update(y, column, relativeTo: Reference(dimension: 5))))
            guard case .acceptance(let acceptance) = answers.first else {
                Issue.record("answers: \(answers)")
                return
            }
            #expect(acceptance.relaxation == 1.5)
            last = DouglasRachford.step(
                residual: Vector.subtracting(p, from: y), relaxation: 1.5, inertia: 0.5, lastStep: last)
            v = Vector.adding(last, to: v)
        }
    }
}
