internal import Federation
internal import OperatorEndpoint
internal import Reporting

/// What a site's administrator may see of its agent, in memory that the study's length does not change.
///
/// Never a model's number; its page shows losses only where the study lets sites report them.
struct AgentStatus: Sendable {
    struct Task: Sendable {
        var name: TaskName
        var stepCount = 0
        var acceptedCount = 0
        /// The newest acceptance.
        var acceptance: Acceptance?
        var loss: Double?
        var hasModel = false
    }

    let taskIndices: [TaskName: Int]
    var tasks: [Task]
    var isConnected = false
    /// Why there is no connection.
    var disconnection = "no connection was made yet"
    var connectionCount = 0
    var joinCount = 0
    var newInstanceCount = 0
    var olderStateCount = 0
    var sequenceMoveCount = 0
    var journalGapCount = 0
    var resentCount = 0
    var stepCount = 0
    /// How far a proximal step was from the exact one, at most, of all steps.
    var largestErrorBound = 0.0
    var acceptedCount = 0
    var lastAcceptance: Duration?
    var staleness = MetricsHistogram(bounds: [0] + (0...10).map { Double(1 << $0) })
    var refusalCounts: [Refusal.Code: Int] = [:]
    /// The sum of the tasks' newest losses by step, once every task was computed.
    var losses = CurveThinner()
    private(set) var events: [(time: Duration, text: String)] = []

    init(tasks names: [TaskName]) {
        tasks = names.map { Task(name: $0) }
        taskIndices = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($0.element, $0.offset) })
    }

    mutating func record(_ acceptance: Acceptance, at now: Duration) {
        acceptedCount += 1
        lastAcceptance = now
        staleness.record(Double(acceptance.staleness))
        guard let index = taskIndices[acceptance.task] else { return }
        tasks[index].acceptedCount += 1
        tasks[index].acceptance = acceptance
    }

    mutating func record(loss: Double, errorBound: Double, task: TaskName) {
        stepCount += 1
        largestErrorBound = max(largestErrorBound, errorBound)
        guard let index = taskIndices[task] else { return }
        tasks[index].stepCount += 1
        tasks[index].loss = loss
        tasks[index].hasModel = false
        // A point whenever each task was computed once more, on average.
        guard stepCount.isMultiple(of: tasks.count), tasks.allSatisfy({ $0.loss != nil }) else { return }
        losses.append(x: Double(stepCount), y: tasks.reduce(0) { $0 + ($1.loss ?? 0) })
    }

    mutating func keep(_ task: TaskName) {
        if let index = taskIndices[task] { tasks[index].hasModel = true }
    }

    mutating func record(_ note: SiteNote, at now: Duration) {
        switch note {
        case .joined:
            joinCount += 1
        case .newInstance:
            newInstanceCount += 1
            remember("the aggregator began a new state; everything was sent anew", at: now)
        case .olderState(let taskCount):
            olderStateCount += 1
            remember(
                "the aggregator came back with an older state: its counters of "
                    + "\(StatusText.count(taskCount, of: "task")) were behind ours; what was in flight was dropped",
                at: now)
        case .sequenceMoved(let task, let from, let to):
            sequenceMoveCount += 1
            remember(
                "the aggregator's counter of task \(task) is \(to), not \(from); the higher is taken", at: now
            )
        case .journalBehind(let task, let missing):
            journalGapCount += 1
            remember(
                "the journal is behind the aggregator: \(missing) updates of task \(task) are not in it",
                at: now)
        case .refused(let refusal):
            refusalCounts[refusal.code, default: 0] += 1
            remember("refused: \(refusal.code)", at: now)
        case .resent:
            resentCount += 1
        case .spent(let task, let reason):
            remember("no more updates of task \(task) are sent: \(reason)", at: now)
        }
    }

    mutating func connected() {
        isConnected = true
        connectionCount += 1
    }

    mutating func disconnected(_ reason: String, at now: Duration) {
        // One event a connection that was lost, not one an attempt.
        if isConnected { remember(reason, at: now) }
        isConnected = false
        disconnection = reason
    }

    private mutating func remember(_ text: String, at now: Duration) {
        events.append((now, text))
        if events.count > SiteLimits.eventCount { events.removeFirst() }
    }
}
