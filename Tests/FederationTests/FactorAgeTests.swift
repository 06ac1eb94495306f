internal import Federation
internal import MultiTaskLearning
internal import ReleaseEncoding
internal import Testing

@Suite("The factor behind an answered column may be old, and its age is part of the staleness")
struct FactorAgeTests {
    private func bench(maximumAge: Int) throws -> AggregatorBench {
        var bench = try AggregatorBench()
        bench.machine = try AggregatorMachine(
            plan: bench.plan, state: bench.machine.state,
            factorPolicy: FactorPolicy(maximumAge: maximumAge, taskCount: bench.plan.tasks.count))
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
}
