internal import Federation
internal import OperatorEndpoint
internal import SiteAgent
internal import TestSupport
internal import Testing

/// What a site's administrator sees of its agent, from recorded events alone.
@Suite struct AgentBoardTests {
    @Test("losses are shown only where the study lets sites report them", arguments: [false, true])
    func losses(isReported: Bool) throws {
        let study = try TestStudy(settings: isReported ? ["report=[loss]"] : [])
        let board = AgentBoard(plan: study.plan, site: SiteName("east"), tasks: study.tasks(of: "east"))
        for task in study.tasks(of: "east") { board.record(loss: 0.4375, errorBound: 0, task: task) }
        let page = board.content.page()
        #expect(page.contains("Loss on this site&#39;s records") == isReported)
        #expect(page.contains(">Loss<") == isReported && page.contains("0.4375") == isReported)
        #expect(!board.content.metrics().contains("loss"))
    }

    @Test("the least exact proximal step of all is a number that can be watched")
    func errorBound() throws {
        let study = try TestStudy()
        let board = AgentBoard(plan: study.plan, site: SiteName("east"), tasks: study.tasks(of: "east"))
        let name = "atoll_agent_proximal_error_bound"
        #expect(try MetricsReader(board.content.metrics()).value(name) == 0)
        for bound in [1e-9, 3e-7, 0] {
            board.record(loss: 1, errorBound: bound, task: try #require(study.tasks(of: "east").first))
        }
        #expect(try MetricsReader(board.content.metrics()).value(name) == 3e-7)
    }

    @Test("an aggregator that came back with an older state is an event and a count")
    func olderState() throws {
        let study = try TestStudy()
        let board = AgentBoard(plan: study.plan, site: SiteName("east"), tasks: study.tasks(of: "east"))
        let name = "atoll_agent_older_states_total"
        #expect(try MetricsReader(board.content.metrics()).value(name) == 0)
        board.record(.olderState(taskCount: 2))
        #expect(try MetricsReader(board.content.metrics()).value(name) == 1)
        #expect(board.content.page().contains("its counters of 2 tasks were behind ours"))
    }
}
