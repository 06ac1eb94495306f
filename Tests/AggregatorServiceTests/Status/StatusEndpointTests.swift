internal import AggregatorService
internal import AggregatorStorage
internal import Federation
internal import InMemoryLogging
internal import Logging
internal import OperatorEndpoint
internal import SiteAgent
internal import TestSupport
internal import Testing

/// What a running federation's boards say.
@Suite(.timeLimit(.minutes(3)))
struct StatusEndpointTests {
    @Test("after a training, both sides' numbers agree with what happened")
    func training() async throws {
        let study = try TestStudy()
        let deployment = try TestFederation.Deployment(study)
        let board = StatusBoard(plan: study.plan)
        let agent = AgentBoard(plan: study.plan, site: SiteName("east"), tasks: study.tasks(of: "east"))
        #expect(agent.content.readiness() == .unready("no connection was made yet"))
        let run = try await TestFederation.run(deployment, port: 0, stops: false, board: board) {
            federation in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for site in ["north", "south"] { group.addTask { try await federation.completeAgent(site) } }
                let outcome = try await federation.runAgent("east", recorder: agent)
                #expect(outcome == .complete)
                try await group.waitForAll()
            }
            return federation.history.value
        }
        let read = try MetricsReader(board.content.metrics())
        #expect(read.value("atoll_updates_applied_total") == Double(run.result.applied.count))
        #expect(read.value("atoll_study_phase", ["phase": "finished"]) == 1)
        #expect(read.value("atoll_models_fetched") == Double(study.plan.tasks.count))
        #expect(
            read.value("atoll_exchange_received_bytes_total")
                == Double(run.outcome.progress.statistics.bytesUp))
        #expect(
            read.value("atoll_exchange_sent_bytes_total") == Double(run.outcome.progress.statistics.bytesDown)
        )
        #expect(board.content.page().contains("finished: residual"))

        let own = try MetricsReader(agent.content.metrics())
        #expect(
            own.value("atoll_agent_updates_accepted_total")
                == read.value("atoll_site_updates_applied_total", ["site": "east"]))
        #expect(own.value("atoll_agent_models_kept") == 2)
        #expect(own.value("atoll_agent_connections_total") == 1)
    }

    @Test(
        "the port of the exchange serves none of the operator's paths",
        arguments: ["/", "/metrics", "/readyz", "/status"])
    func exchangePort(path: String) async throws {
        let deployment = try TestFederation.Deployment(TestStudy())
        try await TestFederation.run(deployment, port: 0, stops: true) { federation in
            let answer = try await HTTPAnswer.text(
                port: federation.port, to: "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 404 Not Found\r\n"))
            #expect(!answer.contains("three-sites"))
        }
    }

    @Test("a stranger's handshake is counted by its reason")
    func strangers() async throws {
        let study = try TestStudy()
        let board = StatusBoard(plan: study.plan)
        let deployment = try TestFederation.Deployment(study, unauthorized: ["east"])
        try await TestFederation.run(deployment, port: 0, stops: true, board: board) { federation in
            _ = try? await federation.connect(as: federation.party("east")) { peer in try await peer.join() }
            // The stranger may see the close before the server has counted it; the suite's time limit ends the wait.
            var count: Double? = 0
            while count == 0 {
                try await Task.sleep(for: .milliseconds(5))
                let read = try MetricsReader(board.content.metrics())
                count = read.value("atoll_handshake_failures_total", ["reason": "unauthorizedKey"])
            }
            #expect(count == 1)
            #expect(board.content.page().contains("handshake failed: unauthorizedKey"))
        }
    }
}
