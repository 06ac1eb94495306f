internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning
internal import SeededRandom
internal import Simulation
internal import Testing

@Suite("Stochastic gradients through the exchange")
struct StochasticFederationTests {
    private static let epochs = 3_000

    private func study(_ adjust: (inout TestStudy) -> Void = { _ in }) -> TestStudy {
        var study = TestStudy()
        study.tasksPerSite = 1
        study.residualTolerance = nil
        study.maximumUpdateCount = UInt64(3 * Self.epochs)
        study.batchSize = 4
        adjust(&study)
        return study
    }

    /// Runs the study; returns its relative suboptimality, the mean over its last tenth of epochs.
    private func run(
        _ study: TestStudy, seed: UInt64, _ adjust: (inout SimulationSettings) -> Void = { _ in }
    ) throws -> (result: SimulationResult, suboptimality: Double) {
        let objectives = try study.objectives()
        var federation = try study.federation(objectives, seed: seed, adjust)
        let optimum = try study.optimum(objectives).objective
        var values: [Double] = []
        let result = try federation.run { epoch, aggregator in
            if epoch > Self.epochs * 9 / 10 {
                values.append(try study.objective(of: aggregator.model(), objectives) / optimum - 1)
            }
            return false
        }
        return (result, values.reduce(0, +) / Double(values.count))
    }

    @Test(
        "a decreasing relaxation goes well below the noise of a constant one", arguments: [1, 2] as [UInt64])
    func convergence(seed: UInt64) throws {
        let (_, constant) = try run(study { $0.relaxation = 0.3 }, seed: seed)
        let (result, decreasing) = try run(
            study {
                $0.relaxation = 0.3
                $0.relaxationPolicy = .decreasing
                $0.relaxationSchedule = try? DecreasingRelaxation(horizon: 30, power: 1)
            }, seed: seed)
        #expect(constant > 1e-4, "seed \(seed): the noise of a constant relaxation is \(constant)")
        #expect(decreasing < constant / 10, "seed \(seed): \(decreasing) after \(constant)")
        #expect(result.outcomes.values.allSatisfy { $0 == .complete })
        let last = try #require(result.log.last)
        let schedule = try DecreasingRelaxation(horizon: 30, power: 1)
        #expect(last.relaxation == schedule.relaxation(base: 0.3, count: last.sequence - 1))
    }

    @Test("a batch of all records is the study without batches, bit for bit")
    func wholeBatch() throws {
        func model(_ batchSize: Int?) throws -> [Double] {
            try run(
                study {
                    $0.batchSize = batchSize
                    $0.maximumUpdateCount = 300
                }, seed: 3
            ).result.model.elements
        }
        let whole = try model(nil)
        #expect(try model(20) == whole)
        #expect(try model(19) != whole)
    }

    @Test("what is sent again after a process was killed is what was sent before", arguments: 1...6)
    func faults(seed: UInt64) throws {
        let (result, _) = try run(
            study {
                $0.relaxationPolicy = .decreasing
                $0.maximumUpdateCount = 600
            }, seed: seed
        ) {
            $0.faults.connectionLoss = 0.01
            $0.faults.siteKill = 0.01
            $0.faults.aggregatorKill = 0.005
        }
        let isDone = result.isDone
        #expect(isDone && result.log.count == 600, "seed \(seed)")
        #expect(result.siteKillCount > 0 && result.aggregatorKillCount > 0, "seed \(seed)")
        let resent = result.siteNotes.count { if case .resent = $0 { true } else { false } }
        #expect(resent > 0, "seed \(seed)")
        let reused = result.appliedHashes.values.flatMap(\.values).filter { $0.count > 1 }
        #expect(reused.isEmpty, "seed \(seed): \(reused.count)")
    }

    @Test("the same seed draws the same records")
    func reproducible() throws {
        func hashes(_ seed: UInt64) throws -> [[UInt8]] {
            try run(study { $0.maximumUpdateCount = 30 }, seed: seed).result.log.map(\.releaseHash)
        }
        #expect(try hashes(4) == hashes(4))
        #expect(try hashes(4) != hashes(5))
    }

    @Test("Douglas-Rachford takes no batch, and a batch has a record")
    func refusals() throws {
        let objectives = try study().objectives()
        let error = #expect(throws: FederationError.self) {
            try study { $0.splitting = (try? DouglasRachford()).map { .douglasRachford($0) } }
                .plan(for: objectives)
        }
        #expect(error?.message.contains("proximal point") == true)
        #expect(throws: FederationError.self) { try study { $0.batchSize = 0 }.plan(for: objectives) }
    }
}
