internal import AggregatorService
internal import Federation
internal import LinearAlgebra
internal import TestSupport
internal import Testing

@Suite(.timeLimit(.minutes(3)))
struct HonestFederationTests {
    @Test(
        "sites reach the optimum of all data in one place",
        arguments: ["asynchronous", "synchronous"], ["float64", "bfloat16"])
    func optimum(mode: String, encoding: String) async throws {
        let study = try TestStudy(settings: ["mode=\(mode)", "encoding=\(encoding)"])
        try await expectOptimum(study)
    }

    @Test("regressions and classifications are trained together", arguments: ["asynchronous", "synchronous"])
    func mixedLosses(mode: String) async throws {
        try await expectOptimum(TestStudy(settings: ["mode=\(mode)"], mixesLosses: true))
    }

    @Test("a site with several reads in flight reaches the optimum")
    func readsInFlight() async throws {
        let study = try TestStudy()
        let run = try await TestFederation.run(study) { federation in
            try await federation.withAgents(["north", "south"]) {
                try await federation.runAgent("east", readsInFlight: 2)
            }
        }
        #expect(run.result == .complete)
        let model = try #require(run.outcome.model)
        #expect(try study.relativeSuboptimality(of: model).magnitude < 1e-7)
    }

    private func expectOptimum(_ study: TestStudy) async throws {
        let histories = TestStudy.sites.map { _ in TestSiteRecorder() }
        let run = try await TestFederation.run(study) { federation in
            try await withThrowingTaskGroup(of: SiteOutcome?.self) { group in
                for (site, history) in zip(TestStudy.sites, histories) {
                    group.addTask { try await federation.runAgent(site, recorder: history) }
                }
                for try await outcome in group { #expect(outcome == .complete) }
            }
            return federation.history.value
        }
        #expect(run.outcome.phase == .finished(.residual))
        let model = try #require(run.outcome.model)
        // The objective is flat at the optimum: 1e-7 is far above the square of the residual's tolerance.
        #expect(try study.relativeSuboptimality(of: model).magnitude < 1e-7)

        // Every update has a version of its own, and its site heard of it.
        let applied = run.result.applied
        #expect(applied.map(\.version) == Array(1...UInt64(applied.count)))
        #expect(run.outcome.version == UInt64(applied.count))
        let acceptances = histories.flatMap(\.value.acceptances)
        for acceptance in acceptances {
            let line = applied[Int(acceptance.version) - 1]
            #expect(line.task == acceptance.task && line.sequence == acceptance.sequence)
        }
        #expect(Set(acceptances.map(\.version)).count == acceptances.count)
        // What the sites keep is what the aggregator computed, to the last bit.
        for final in histories.flatMap(\.value.models) {
            let column = try #require(study.plan.tasks.firstIndex { $0.name == final.task })
            #expect(final.weights == model.column(column))
        }
        #expect(histories.map(\.value.models.count) == [2, 2, 2])
        if case .synchronous = study.plan.mode { #expect(applied.allSatisfy { $0.staleness == 0 }) }
        let statistics = run.outcome.progress.statistics
        #expect(statistics.bytesUp > 0 && statistics.bytesDown > 0)
        #expect(run.result.refusals.isEmpty)
    }
}
