internal import Federation
internal import MultiTaskLearning
internal import ReleaseEncoding
internal import Testing

/// The sizes of a study, at their bounds.
@Suite struct LimitsTests {
    private func plan(dimension: Int, taskCount: Int) throws -> StudyPlan {
        try StudyPlan(
            name: "test", digest: Array(repeating: 7, count: 32), dimension: dimension,
            tasks: (0..<taskCount).map {
                StudyPlan.Task(name: TaskName("t\($0)"), owner: SiteName("site"))
            },
            regularizer: Regularizer(.nuclear), lambda: 1,
            splitting: .backwardForward(BackwardForward(eta: 0.1)),
            relaxation: 0.9,
            relaxationPolicy: .constant, mode: .asynchronous, encoding: .float32, normBound: 1,
            stoppingRule: StoppingRule(maximumUpdateCount: 1, residualTolerance: nil))
    }

    /// Expects a plan, or the refusal that names the bound.
    private func expect(_ isAllowed: Bool, bound: Int, dimension: Int, taskCount: Int) {
        do {
            let plan = try plan(dimension: dimension, taskCount: taskCount)
            #expect(isAllowed && plan.dimension == dimension && plan.tasks.count == taskCount)
        } catch {
            #expect(!isAllowed && (error as? FederationError)?.code == .invalidStudy, "\(error)")
            #expect("\(error)".contains("\(bound)"), "\(error)")
        }
    }

    @Test("a model's rows", arguments: [-1, 0, 1])
    func dimension(offset: Int) {
        let bound = FederationLimits.maximumDimension
        expect(offset <= 0, bound: bound, dimension: bound + offset, taskCount: 1)
        expect(offset >= 0, bound: bound, dimension: 1 + offset, taskCount: 1)
    }

    @Test("a model's columns", arguments: [-1, 0, 1])
    func taskCount(offset: Int) {
        let bound = FederationLimits.maximumTaskCount
        expect(offset <= 0, bound: bound, dimension: 1, taskCount: bound + offset)
        expect(offset >= 0, bound: bound, dimension: 1, taskCount: 1 + offset)
    }

    @Test("a model's entries", arguments: [-1, 0, 1])
    func entryCount(offset: Int) {
        let bound = FederationLimits.maximumModelEntryCount
        expect(offset <= 0, bound: bound, dimension: bound / 512 + offset, taskCount: 512)
    }

    @Test("a site's tasks", arguments: [-1, 0, 1])
    func tasksOfSite(offset: Int) throws {
        let bound = FederationLimits.maximumTasksPerSite
        for (count, isAllowed) in [(bound + offset, offset <= 0), (1 + offset, offset >= 0)] {
            let plan = try plan(dimension: 1, taskCount: max(count, 1))
            do {
                let machine = try SiteMachine(
                    plan: plan, site: SiteName("site"), tasks: Array(plan.tasks.map(\.name).prefix(count)))
                #expect(isAllowed && !machine.awaitsOnlyReleases)
            } catch {
                #expect(!isAllowed && error.code == .invalidStudy, "\(error)")
                #expect("\(error)".contains("\(bound)"), "\(error)")
            }
        }
    }
}
