package import Federation
package import OperatorEndpoint
internal import Synchronization

/// What the site's administrator can see of the agent, gathered as it happens and drawn only when somebody looks.
package final class AgentBoard: SiteRecorder {
    private let plan: StudyPlan
    private let site: SiteName
    private let process = ProcessMetrics()
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private let status: Mutex<AgentStatus>

    /// Creates a board of an agent that did nothing yet.
    package init(plan: StudyPlan, site: SiteName, tasks: [TaskName]) {
        self.plan = plan
        self.site = site
        start = clock.now
        status = Mutex(AgentStatus(tasks: tasks))
    }

    private var now: Duration { clock.now - start }

    package func record(_ acceptance: Acceptance) {
        let now = now
        status.withLock { $0.record(acceptance, at: now) }
    }

    package func record(loss: Double, errorBound: Double, task: TaskName) {
        status.withLock { $0.record(loss: loss, errorBound: errorBound, task: task) }
    }

    package func flushAcceptances() {
        // Nothing of a board is on disk.
    }

    package func keep(_ model: FinalModel) {
        status.withLock { $0.keep(model.task) }
    }

    package func record(_ note: SiteNote) {
        let now = now
        status.withLock { $0.record(note, at: now) }
    }

    package func connected() {
        status.withLock { $0.connected() }
    }

    package func disconnected(_ reason: String) {
        let now = now
        status.withLock { $0.disconnected(reason, at: now) }
    }

    /// What the operator's endpoint serves.
    package var content: OperatorContent {
        OperatorContent(
            page: { self.snapshot.page().html() }, metrics: { self.snapshot.metrics() },
            readiness: { self.snapshot.readiness })
    }

    private var snapshot: AgentSnapshot {
        AgentSnapshot(plan: plan, site: site, status: status.withLock { $0 }, process: process, now: now)
    }
}
