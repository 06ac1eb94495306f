internal import AggregatorService
internal import Federation
internal import OperatorEndpoint
internal import TestSupport
internal import Testing

/// Factors of the proximal operator that are computed beside the exchange.
@Suite(.timeLimit(.minutes(3)))
struct FactorRefreshTests {
    @Test(
        "sites reach the optimum with columns of factors that are within the bound, and the operator sees their age",
        arguments: [
            ["splitting=backward-forward"], ["splitting=douglas-rachford", "relaxation=1.5"],
            ["splitting=backward-forward", "regularizer=cmtl"],
            ["splitting=douglas-rachford", "relaxation=1.5", "regularizer=jacob"],
        ])
    func optimum(settings: [String]) async throws {
        let bound = 3
        let study = try TestStudy(settings: settings + ["maximum_factor_age=\(bound)"])
        let board = StatusBoard(plan: study.plan)
        let deployment = try TestFederation.Deployment(study, factorRefresh: .deferred)
        let run = try await TestFederation.run(deployment, port: 0, stops: false, board: board) {
            federation in
            try await federation.withAgents(TestStudy.sites) {}
            return federation.history.value.applied
        }
        #expect(run.outcome.phase == .finished(.residual))
        let model = try #require(run.outcome.model)
        #expect(try study.relativeSuboptimality(of: model).magnitude < 1e-7)
        #expect(run.result.allSatisfy { $0.version - 1 - $0.columnVersion == $0.staleness })
        let read = try MetricsReader(board.content.metrics())
        let count = try #require(read.value("atoll_factor_refresh_duration_seconds_count"))
        #expect(count > 0)
        #expect(read.value("atoll_factor_age_versions_count") == count)
        // An update that comes without a read of its own does not wait.
        #expect(read.value("atoll_factor_age_versions_bucket", ["le": "4"]) == count)
        #expect(board.content.page().contains("Prox factors"))
    }

    @Test("a small study computes its factors with the columns")
    func small() async throws {
        let study = try TestStudy(settings: ["maximum_factor_age=3"])
        let board = StatusBoard(plan: study.plan)
        try await TestFederation.run(
            TestFederation.Deployment(study), port: 0, stops: false, board: board
        ) { federation in
            try await federation.withAgents(TestStudy.sites) {}
        }
        let read = try MetricsReader(board.content.metrics())
        #expect(read.value("atoll_factor_refresh_duration_seconds_count") == 0)
        #expect(!board.content.page().contains("Prox factors"))
    }
}
