internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning
internal import Simulation
internal import Testing

@Suite("One update at a time")
struct ArrivalSimulationTests {
    private func study(_ splitting: Splitting? = nil) -> TestStudy {
        var study = TestStudy()
        study.tasksPerSite = 1
        study.siteCount = 8
        study.splitting = splitting
        study.residualTolerance = nil
        study.maximumUpdateCount = 8 * 400
        if splitting != nil { study.relaxation = DouglasRachford.defaultRelaxation }
        return study
    }

    private func run(
        _ study: TestStudy, readAge: ArrivalSimulation.ReadAge, seed: UInt64 = 1, epochs: Int = 400
    ) throws -> (simulation: ArrivalSimulation, suboptimality: Double) {
        let objectives = try study.objectives()
        var simulation = try ArrivalSimulation(
            plan: study.plan(for: objectives), objectives: study.taskNames.compactMap { objectives[$0] },
            readAge: readAge, meanInterval: .seconds(2), seed: seed)
        let optimum = try study.optimum(objectives).objective
        var record = ConvergenceRecord(optimum: optimum, target: 1e-10) {
            try study.objective(of: $0, objectives)
        }
        try simulation.run { epoch, aggregator in
            let isEnough = try record.observe(aggregator.model(), epoch: epoch)
            return isEnough || epoch == epochs
        }
        return (simulation, try #require(record.relativeSuboptimality))
    }

    static let readAges: [ArrivalSimulation.ReadAge] = [.none, .uniform(0...8), .overlapping(0...8)]

    @Test("Douglas-Rachford reaches the optimum, whatever the age", arguments: readAges)
    func douglasRachford(readAge: ArrivalSimulation.ReadAge) throws {
        let study = study(.douglasRachford(try DouglasRachford()))
        let (simulation, suboptimality) = try run(study, readAge: readAge)
        #expect(suboptimality <= 1e-10 && suboptimality > -1e-9)
        #expect(!simulation.result.gammas.isEmpty)
        #expect(simulation.result.releaseBytesUp > 0 && simulation.result.releaseBytesDown > 0)
    }

    @Test("backward-forward reaches the optimum, whatever the age", arguments: readAges)
    func backwardForward(readAge: ArrivalSimulation.ReadAge) throws {
        let (simulation, suboptimality) = try run(study(), readAge: readAge)
        #expect(suboptimality < 1e-6)
        #expect(simulation.result.gammas.isEmpty)
    }

    @Test("ages are as drawn, and not older than the task's own last update where that is asked for")
    func staleness() throws {
        let study = study(.douglasRachford(try DouglasRachford()))
        let none = try run(study, readAge: .none, epochs: 20).simulation.result.progress
        #expect(none.statistics.stalenessMaximum == 0 && none.version == 160)
        let old = try run(study, readAge: .overlapping(8...8), epochs: 20).simulation.result.progress
        // But for the first 8 updates, before which there is no older prox.
        #expect(old.statistics.stalenessSum == 8 * (160 - 8) + 28)
        let own = try run(study, readAge: .uniform(100...100), epochs: 20).simulation.result.progress
        // The mean of a geometric law over 8 tasks is 7.
        let mean = Double(own.statistics.stalenessSum) / 160
        #expect(mean > 4 && mean < 10)
    }

    @Test("time passes as from one update every two seconds and task")
    func time() throws {
        let result = try run(study(), readAge: .none, epochs: 100).simulation.result
        // Exponential intervals of 1/4 s: some hundred of them deviate by some per cent.
        let count = Double(result.progress.version)
        #expect(count > 200)
        #expect(((result.virtualTime.seconds / (count / 4)) - 1).magnitude < 0.25)
    }

    @Test("a study whose sites have several tasks is refused")
    func severalTasks() throws {
        var study = TestStudy()
        study.siteCount = 2
        let objectives = try study.objectives()
        let plan = try study.plan(for: objectives)
        #expect(throws: FederationError(.invalidStudy, "")) {
            try ArrivalSimulation(
                plan: plan, objectives: study.taskNames.compactMap { objectives[$0] }, readAge: .none,
                meanInterval: .seconds(1), seed: 1)
        }
    }
}
