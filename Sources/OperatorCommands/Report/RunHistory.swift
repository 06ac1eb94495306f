internal import Reporting

/// What a report shows of a run's history, gathered in bounded memory.
struct RunHistory {
    /// The study's fixed-point residual |U - V|_F against updates, from where every task was heard to where the budget of
    /// the first is spent: before and after, the sum has no part of some.
    private(set) var residualByUpdate = CurveThinner()
    /// The same against seconds.
    private(set) var residualByTime = CurveThinner()
    /// How stale updates were.
    private(set) var staleness = IntegerDistribution()
    /// The residual after the last update.
    private(set) var lastResidual = 0.0
    /// Updates in all.
    private(set) var updateCount = 0
    /// Times that the study began again, in an aggregator without its state; only what followed the last is shown.
    private(set) var restartCount = 0

    /// The last version that the curves show; nil where they show all.
    let curveEnd: UInt64?

    private let tasks: Set<String>
    private var unheardTasks: Set<String>
    private var lastVersion: UInt64 = 0
    private var lastTime = 0.0
    /// Seconds of the aggregator's earlier processes, where it went on after a restart and its clock began again.
    private var earlierSeconds = 0.0

    /// Reads a run's history.
    ///
    /// - Parameters:
    ///   - tasks: Those of the study; the curves begin once each was heard, as the residual that the study stops by does.
    ///   - hasSpentBudgets: Whether the study ended as no task had a release left.
    /// - Throws: `ReportingError` where the file is absent or broken.
    /// - Complexity: O(updates) time; O(tasks) memory.
    init(path: String, tasks: [String], hasSpentBudgets: Bool) throws {
        self.tasks = Set(tasks)
        unheardTasks = self.tasks
        curveEnd = hasSpentBudgets ? try Self.firstEnd(inFileAt: path) : nil
        try HistoryReader.forEach(path: path) { add($0) }
    }

    /// The version of the last update of the task that ended first.
    private static func firstEnd(inFileAt path: String) throws -> UInt64? {
        var ends: [String: UInt64] = [:]
        try HistoryReader.forEach(path: path) { record in
            if record.version == 1 { ends.removeAll() }
            ends[record.task] = record.version
        }
        return ends.values.min()
    }

    private mutating func add(_ record: HistoryRecord) {
        if record.version == 1, lastVersion > 0 { beginAgain() }
        // Written twice by an aggregator that was killed between its history and its state.
        guard record.version > lastVersion else { return }
        let seconds = record.time / .seconds(1)
        if seconds < lastTime { earlierSeconds += lastTime }
        lastVersion = record.version
        lastTime = seconds
        updateCount += 1
        staleness.add(record.staleness)
        lastResidual = record.residual
        unheardTasks.remove(record.task)
        guard unheardTasks.isEmpty, record.version <= curveEnd ?? .max else { return }
        residualByUpdate.append(x: Double(record.version), y: lastResidual)
        residualByTime.append(x: earlierSeconds + seconds, y: lastResidual)
    }

    private mutating func beginAgain() {
        restartCount += 1
        residualByUpdate = CurveThinner()
        residualByTime = CurveThinner()
        staleness = IntegerDistribution()
        updateCount = 0
        unheardTasks = tasks
        earlierSeconds = 0
        lastTime = 0
        lastVersion = 0
    }
}
