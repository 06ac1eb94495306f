internal import Federation
internal import MultiTaskLearning
internal import Simulation
internal import Testing

@Suite("A factor that takes virtual time to compute")
struct SimulatedRefreshTests {
    /// 16 tasks, so that T/8 is 2 and T/2 is 8.
    private func study(age: Int, _ splitting: Splitting? = nil) throws -> TestStudy {
        var study = TestStudy()
        (study.siteCount, study.tasksPerSite) = (8, 2)
        study.splitting = splitting
        if case .douglasRachford = splitting { study.relaxation = DouglasRachford.defaultRelaxation }
        study.residualTolerance = 1e-7
        study.factorPolicy = try FactorPolicy(maximumAge: age, taskCount: 16)
        return study
    }

    private func run(
        _ study: TestStudy, seed: UInt64, refresh: DelayLaw?,
        _ adjust: (inout SimulationSettings) -> Void = { _ in }
    ) throws -> (result: SimulationResult, relativeSuboptimality: Double) {
        try study.run(seed: seed) {
            $0.refreshDelay = refresh
            adjust(&$0)
        }
    }

    @Test(
        "the oldest factor is within the bound, answers wait for the next, and one seed gives one run",
        arguments: [1, 2, 8])
    func ages(bound: Int) throws {
        let law = DelayLaw.offsetExponential(offset: .milliseconds(5), mean: .milliseconds(20))
        let (result, _) = try run(study(age: bound), seed: 1, refresh: law)
        #expect(result.phase == .finished(.residual))
        #expect(result.refreshCount > 0 && result.waitCount > 0)
        // One more than the bound: an update without a read of its own does not wait.
        #expect((1...(bound + 1)).contains(result.largestFactorAge), "\(result.largestFactorAge)")
        #expect(result.log.allSatisfy { $0.version - 1 - $0.columnVersion == $0.staleness })
        let (again, _) = try run(study(age: bound), seed: 1, refresh: law)
        #expect(again.log == result.log && again.virtualTime == result.virtualTime)
        let (other, _) = try run(study(age: bound), seed: 2, refresh: law)
        #expect(other.log != result.log)
    }

    @Test(
        "a factor is there when its time has passed: no more updates than the bound allows are applied before"
    )
    func virtualTime() throws {
        let bound = 2
        let (result, _) = try run(study(age: bound), seed: 1, refresh: .constant(.seconds(1)))
        #expect(result.phase == .finished(.residual))
        let refreshes = result.log.count / (bound + 1)
        #expect(result.refreshCount >= refreshes)
        #expect(result.virtualTime >= .seconds(refreshes - 1))
        let (quick, _) = try run(study(age: bound), seed: 1, refresh: .constant(.milliseconds(1)))
        #expect(quick.virtualTime < result.virtualTime / 5)
    }

    @Test(
        "T/8 costs about nothing, and T/2 converges", arguments: [false, true])
    func convergence(isDouglasRachford: Bool) throws {
        let splitting: Splitting? = isDouglasRachford ? .douglasRachford(try DouglasRachford()) : nil
        func updates(age: Int, seed: UInt64) throws -> Int {
            let (result, suboptimality) = try run(
                study(age: age, splitting), seed: seed, refresh: age > 0 ? .constant(.milliseconds(3)) : nil)
            #expect(result.phase == .finished(.residual), "age \(age), seed \(seed)")
            #expect(suboptimality.magnitude < 1e-8, "age \(age), seed \(seed): \(suboptimality)")
            return result.log.count
        }
        let seeds: [UInt64] = [1, 2, 3]
        func total(age: Int) throws -> Double {
            try Double(seeds.reduce(0) { try $0 + updates(age: age, seed: $1) })
        }
        let (current, eighth, half) = (try total(age: 0), try total(age: 2), try total(age: 8))
        #expect(eighth < 1.15 * current, "\(eighth) against \(current)")
        #expect(half < 1.5 * current, "\(half) against \(current)")
    }

    @Test(
        "functions of singular values that are decomposed each time bear old factors too",
        arguments: [RegularizerKind.learnedCovariance, .cmtl, .jacob], [false, true])
    func decomposedFactors(kind: RegularizerKind, isDouglasRachford: Bool) throws {
        let splitting: Splitting? = isDouglasRachford ? .douglasRachford(try DouglasRachford()) : nil
        func updates(age: Int) throws -> Int {
            var study = try study(age: age, splitting)
            study.regularizer = kind
            let (result, suboptimality) = try run(
                study, seed: 1, refresh: age > 0 ? .constant(.milliseconds(3)) : nil)
            #expect(result.phase == .finished(.residual), "age \(age)")
            #expect(suboptimality.magnitude < 1e-8, "age \(age): \(suboptimality)")
            #expect((result.refreshCount > 0) == (age > 0))
            return result.log.count
        }
        let (current, half) = (try updates(age: 0), try updates(age: 8))
        #expect(half < 2 * current, "\(half) against \(current)")
    }

    @Test(
        "an aggregator that is killed while it computes begins anew, and no event is lost for good",
        arguments: 1...4 as ClosedRange<UInt64>, [false, true])
    func faults(seed: UInt64, isDouglasRachford: Bool) throws {
        let splitting: Splitting? = isDouglasRachford ? .douglasRachford(try DouglasRachford()) : nil
        let (result, suboptimality) = try run(
            study(age: 4, splitting), seed: seed, refresh: .constant(.milliseconds(20))
        ) {
            $0.readsInFlight = 2
            $0.faults.connectionLoss = 0.01
            $0.faults.siteKill = 0.005
            $0.faults.aggregatorKill = 0.003
        }
        let isDone = result.isDone
        #expect(isDone && result.aggregatorKillCount > 0 && result.refreshCount > 0, "seed \(seed)")
        #expect(suboptimality.magnitude < 1e-7, "seed \(seed): \(suboptimality)")
        #expect(result.log.map(\.version) == Array(1...UInt64(result.log.count)), "seed \(seed)")
    }
}
