internal import Reporting

/// What a report shows of a run's history, gathered in one reading and bounded memory.
struct RunHistory {
    /// The fixed-point residual |U - V| over tasks, against updates.
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

    private var sums: NewestSum
    private var lastVersion: UInt64 = 0
    private var lastTime = 0.0
    /// Seconds of the aggregator's earlier processes, where it went on after a restart and its clock began again.
    private var earlierSeconds = 0.0

    /// Reads a run's history.
    ///
    /// - Parameter tasks: Those of the study; the curves begin once each was heard, as the residual that the study
    ///   stops by does.
    /// - Throws: `ReportingError` where the file is absent or broken.
    /// - Complexity: O(updates) time; O(tasks) memory.
    init(path: String, tasks: [String]) throws {
        sums = NewestSum(tasks: tasks)
        try HistoryReader.forEach(path: path) { add($0) }
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
        sums.set(record.residual * record.residual, of: record.task)
        lastResidual = sums.value.squareRoot()
        guard sums.isComplete else { return }
        residualByUpdate.append(x: Double(record.version), y: lastResidual)
        residualByTime.append(x: earlierSeconds + seconds, y: lastResidual)
    }

    private mutating func beginAgain() {
        restartCount += 1
        residualByUpdate = CurveThinner()
        residualByTime = CurveThinner()
        staleness = IntegerDistribution()
        updateCount = 0
        sums.clear()
        earlierSeconds = 0
        lastTime = 0
        lastVersion = 0
    }
}

/// The sum over tasks of each one's newest value.
struct NewestSum {
    private let places: [String: Int]
    private var values: [Double?]
    private var heardCount = 0
    private var changeCount = 0
    /// The sum over the tasks heard so far.
    private(set) var value = 0.0

    init(tasks: [String]) {
        places = Dictionary(zip(tasks, tasks.indices), uniquingKeysWith: { first, _ in first })
        values = Array(repeating: nil, count: tasks.count)
    }

    /// Whether every task has a value.
    var isComplete: Bool { heardCount == values.count }

    /// Replaces a task's value; a task that is not one of the study's counts nothing.
    ///
    /// - Complexity: O(1) amortised.
    mutating func set(_ newValue: Double, of task: String) {
        guard let place = places[task] else { return }
        if values[place] == nil { heardCount += 1 }
        value += newValue - (values[place] ?? 0)
        values[place] = newValue
        changeCount += 1
        // Added anew once a round: rounding errors of large early values would outlast them.
        if changeCount.isMultiple(of: values.count) {
            value = values.reduce(0) { $0 + ($1 ?? 0) }
        }
        value = max(value, 0)
    }

    mutating func clear() {
        values = Array(repeating: nil, count: values.count)
        (heardCount, changeCount, value) = (0, 0, 0)
    }
}
