internal import AggregatorService
internal import Federation
internal import Testing

/// Rounds that a site never comes to, by the service's own clock.
@Suite(.timeLimit(.minutes(3)))
struct BarrierTimeoutTests {
    @Test("a round ends without a site that never joins, and those that are there go on")
    func absentSiteIsLeftOut() async throws {
        let study = try TestStudy(
            settings: [
                "mode=synchronous", "barrier_timeout=300ms", "barrier_absent=continue", "stop={updates: 12}",
            ])
        // East may still come for its result: the aggregator would wait for it.
        let run = try await TestFederation.run(TestFederation.Deployment(study), port: 0, stops: true) {
            federation in
            try await federation.withAgents(["north", "south"]) {}
            return federation.history.value
        }
        #expect(run.outcome.phase == .finished(.updateCount))
        let absent = Set(study.tasks(of: "east"))
        #expect(run.result.applied.count == 12)
        #expect(!run.result.applied.contains { absent.contains($0.task) })
    }

    @Test("a study that does not do without a site ends, and names its tasks")
    func absentSiteEndsTheStudy() async throws {
        let study = try TestStudy(
            settings: ["mode=synchronous", "barrier_timeout=300ms", "barrier_absent=end"])
        let run = try await TestFederation.run(study) { federation in
            try await withThrowingTaskGroup(of: Void.self) { agents in
                for site in ["north", "south"] { agents.addTask { _ = try? await federation.runAgent(site) } }
                try await agents.waitForAll()
            }
        }
        #expect(run.outcome.phase == .ended(.absent(study.tasks(of: "east"))))
    }
}
