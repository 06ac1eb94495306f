internal import Federation
internal import Testing

@testable internal import AggregatorService

@Suite("Whether ARock's theorem covers a run")
struct ArockConditionTests {
    /// With 6 tasks and a largest staleness of 5 the bound is 0.99 / (10 / sqrt(6) + 1), with none 0.99.
    @Test(
        "a constant relaxation is judged by the largest staleness that was seen",
        arguments: [
            (staleness: 5 as UInt64, relaxation: 0.9, bound: 0.194_787, isExceeded: true),
            (5, 0.19, 0.194_787, false), (0, 0.9, 0.99, false), (0, 1, 0.99, true),
        ])
    func constant(staleness: UInt64, relaxation: Double, bound: Double, isExceeded: Bool) throws {
        let condition = try #require(
            ArockCondition(
                plan: TestStudy().plan, statistics: statistics(staleness: staleness, relaxation: relaxation)))
        #expect((condition.bound - bound).magnitude < 1e-6)
        #expect(condition.isExceeded == isExceeded)
    }

    @Test("a run without an update exceeds nothing")
    func noUpdate() throws {
        let condition = ArockCondition(plan: try TestStudy().plan, statistics: StudyStatistics())
        #expect(condition?.isExceeded == false)
    }

    @Test(
        "the theorem says nothing of rounds, of Douglas-Rachford and of policies that come below the bound",
        arguments: [
            "mode=synchronous", "splitting=douglas-rachford", "relaxation_policy=arock",
            "relaxation_policy=decreasing",
        ])
    func otherSteps(setting: String) throws {
        let plan = try TestStudy(settings: [setting]).plan
        #expect(ArockCondition(plan: plan, statistics: statistics(staleness: 5, relaxation: 1.5)) == nil)
    }

    private func statistics(staleness: UInt64, relaxation: Double) -> StudyStatistics {
        var statistics = StudyStatistics()
        statistics.stalenessMaximum = staleness
        statistics.relaxationMaximum = relaxation
        return statistics
    }
}
