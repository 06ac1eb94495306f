internal import MultiTaskLearning

/// The newest states of V and gamma, from which an experiment takes columns of an older prox; no service keeps them.
///
/// A column is then p_t of the older V and, under Douglas-Rachford, 2 p_t - v_t with v_t as it is now. Where the task
/// did nothing since, that is what a site that read then would send now.
struct PastIterates: Sendable {
    struct Past: Sendable {
        var iterate: AuxiliaryMatrix
        var gamma: Column.Gamma?
        /// ``MethodProgress/relaxationSum`` then.
        var relaxationSum: Double
    }

    /// In a ring; the place of a version is its remainder.
    private var entries: [Past]
    private var version: UInt64
    /// Versions that are kept, fewer at the start.
    private var count = 1
    /// How many versions old the prox is that the next column is taken from.
    var nextAge: UInt64 = 0
    /// Tasks whose newest read is of their column before their own last update.
    private var overlappingTasks: Set<Int> = []

    init(oldest age: Int, present: Past, version: UInt64) {
        precondition(age >= 0, "an age is not negative, got \(age)")
        entries = Array(repeating: present, count: age + 1)
        self.version = version
    }

    /// Forgets all states but one, of the same version.
    mutating func restart(from present: Past) {
        entries = Array(repeating: present, count: entries.count)
        count = 1
    }

    /// Keeps the state that one update led to.
    mutating func append(_ present: Past) {
        version += 1
        entries[Int(version % UInt64(entries.count))] = present
        count = min(count + 1, entries.count)
    }

    /// Takes note of whether the read that was just answered overlaps with an update of its own task.
    mutating func setOverlapping(_ task: Int, _ isOverlapping: Bool) {
        if isOverlapping { overlappingTasks.insert(task) } else { overlappingTasks.remove(task) }
    }

    /// Whether the task's newest read is of its column before its own last update.
    ///
    /// A study has no such reads: an update ends the task's read, and only the newest read is answered.
    func isOverlapping(_ task: Int) -> Bool { overlappingTasks.contains(task) }

    /// Returns a column of the prox ``nextAge`` versions ago, or of the oldest kept, with its version.
    mutating func proximalColumn(_ task: Int) throws -> (column: [Double], version: UInt64, past: Past) {
        let then = version - min(nextAge, UInt64(count - 1))
        let index = Int(then % UInt64(entries.count))
        return (try entries[index].iterate.proximalColumn(task), then, entries[index])
    }
}

extension AggregatorMachine {
    /// Keeps the last `age` states, so that ``ageNextColumn(by:)`` can ask for them; for experiments.
    package mutating func keepPast(_ age: Int) {
        past = PastIterates(oldest: age, present: present, version: state.version)
    }

    /// Lets the next columns be taken from a prox of so many versions ago.
    ///
    /// - Precondition: ``keepPast(_:)`` was called.
    package mutating func ageNextColumn(by age: UInt64) {
        precondition(past != nil, "no past is kept")
        past?.nextAge = age
    }

    var present: PastIterates.Past {
        PastIterates.Past(
            iterate: iterate, gamma: currentGamma, relaxationSum: state.progress.method.relaxationSum)
    }

    var currentGamma: Column.Gamma? {
        if let rule { return .init(value: rule.state.gamma, epoch: rule.state.gammaEpoch) }
        return state.progress.method.eta.map { .init(value: $0.eta, epoch: $0.epoch) }
    }
}
