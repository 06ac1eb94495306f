package import Federation
package import OperatorEndpoint
internal import Reporting
internal import Synchronization
internal import Transport

/// What the aggregator's operator can see, gathered as it happens and drawn only when somebody looks.
///
/// Gathering costs a short critical section an update; a page or a list of metrics is made from a copy, on the
/// endpoint's thread.
package final class StatusBoard: UpdateRecorder {
    /// What the sockets have carried and turned away.
    struct Traffic: Sendable {
        var statistics = ServerStatistics()
        var bytes = ByteCounts(written: 0, read: 0)
    }

    private let plan: StudyPlan
    private let process = ProcessMetrics()
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private let startTime: Timestamp
    private let status: Mutex<StudyStatus>
    private let transport = Mutex<(@Sendable () -> Traffic)?>(nil)

    /// Creates a board of a study about which nothing is known yet.
    package init(plan: StudyPlan) {
        self.plan = plan
        start = clock.now
        startTime = .now()
        status = Mutex(StudyStatus(plan: plan, at: .zero))
    }

    private var now: Duration { clock.now - start }

    package func record(_ update: AppliedUpdate) {
        let now = now
        status.withLock { $0.record(update, at: now) }
    }

    package func record(_ note: AggregatorNote) {
        let now = now
        status.withLock { $0.record(note, at: now) }
    }

    /// Sites can connect from now on.
    func listening(_ transport: @escaping @Sendable () -> Traffic) {
        self.transport.withLock { $0 = transport }
        status.withLock { $0.isListening = true }
    }

    package func recordCommit(updateCount: Int, duration: Duration) {
        status.withLock { $0.record(commitSeconds: duration.seconds) }
    }

    package func recordRefresh(_ refresh: FactorRefreshRecord) {
        status.withLock { $0.record(refresh) }
    }

    /// The study goes on from a stored state.
    func resumed(_ state: AggregatorState) {
        let now = now
        status.withLock { $0.resume(state, at: now) }
    }

    /// What the operator's endpoint serves.
    package var content: OperatorContent {
        OperatorContent(
            page: { self.snapshot.page().html() }, metrics: { self.snapshot.metrics() },
            readiness: { self.snapshot.readiness })
    }

    private var snapshot: StatusSnapshot {
        StatusSnapshot(
            plan: plan, status: status.withLock { $0 },
            transport: transport.withLock { $0 }?() ?? Traffic(), process: process, now: now,
            startTime: startTime)
    }
}
