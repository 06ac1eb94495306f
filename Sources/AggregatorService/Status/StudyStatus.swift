internal import Federation
internal import MultiTaskLearning
internal import OperatorEndpoint
internal import Reporting

/// What an operator may see of a study, in memory that its length does not change.
///
/// Never a model's number; losses only where the study lets sites report them.
struct StudyStatus: Sendable {
    /// The newest of one task's updates.
    struct Task: Sendable {
        var name: TaskName
        /// The index of its site in ``StudyStatus/sites``.
        var site: Int
        var updateCount = 0
        var staleness: UInt64 = 0
        /// Seconds.
        var delay = 0.0
        var relaxation = 0.0
        var isAbandoned = false
        /// Whether its owner sends no more updates.
        var isSpent = false
        /// Whether its owner holds the final column.
        var isFetched = false
        /// Whether an update of it was ever applied.
        var isHeard = false
    }

    struct Site: Sendable {
        var name: SiteName
        var taskCount = 0
        var isConnected = false
        var lastContact: Duration?
        var joinCount = 0
        var updateCount = 0
        var stalenessSum = 0.0
        var staleness: UInt64 = 0
        var relaxation = 0.0
        var refusalCount = 0
    }

    /// Something out of the ordinary.
    struct Event: Sendable, Equatable {
        var time: Duration
        var text: String
        var isWarning: Bool
    }

    let taskIndices: [TaskName: Int]
    let siteIndices: [SiteName: Int]
    var tasks: [Task]
    var sites: [Site]
    var phase = StudyPhase.running
    var version: UInt64 = 0
    /// The version that this process began with; nil where the study began with it.
    var resumedVersion: UInt64?
    var isListening = false
    var updateCount = 0
    var rate: RateWindow
    var staleness = MetricsHistogram(bounds: [0] + (0...10).map { Double(1 << $0) })
    var commitSeconds = MetricsHistogram(
        bounds: [1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1])
    /// Factors of the proximal operator that were computed beside the exchange, and how many took a decomposition.
    var refreshSeconds = MetricsHistogram(
        bounds: [1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10])
    var decompositionCount = 0
    /// How old each factor was when the next took its place: the oldest that columns were answered with.
    var factorAges = MetricsHistogram(bounds: [0] + (0...10).map { Double(1 << $0) })
    var largestFactorAge = 0
    var releaseByteCount = 0
    /// |U - V|_F, or |Y - P|_F under Douglas-Rachford; nil until every task was heard.
    var residual: Double?
    /// Under Douglas-Rachford, once a first one was chosen.
    var gamma: Double?
    /// Where it is chosen, once it was.
    var eta: Double?
    var residuals = CurveThinner()
    /// The sum of the tasks' newest losses, once every task has reported.
    var losses = CurveThinner()
    /// The objective: that sum and lambda times the regularizer at the model, at the ends of epochs.
    var objectives = CurveThinner()
    private var lossSum: NewestSum
    var refusalCounts: [Refusal.Code: Int] = [:]
    var duplicateCount = 0
    var sequenceGapCount = 0
    var siteBehindCount = 0
    var absenceCount = 0
    /// Tasks of which nothing was heard, and from which something still may be.
    private var unheardCount: Int
    /// The newest, oldest first.
    private(set) var events: [Event] = []

    init(plan: StudyPlan, at now: Duration) {
        var siteIndices: [SiteName: Int] = [:]
        var sites: [Site] = []
        tasks = plan.tasks.map { task in
            let index = siteIndices[task.owner] ?? sites.count
            if index == sites.count {
                siteIndices[task.owner] = index
                sites.append(Site(name: task.owner))
            }
            sites[index].taskCount += 1
            return Task(name: task.name, site: index)
        }
        self.sites = sites
        self.siteIndices = siteIndices
        taskIndices = Dictionary(
            uniqueKeysWithValues: plan.tasks.enumerated().map { ($0.element.name, $0.offset) })
        rate = RateWindow(start: now)
        lossSum = NewestSum(taskCount: plan.tasks.count)
        unheardCount = plan.tasks.count
    }

    var fetchedCount: Int { tasks.count { $0.isFetched } }

    var abandonedCount: Int { tasks.count { $0.isAbandoned } }

    var spentCount: Int { tasks.count { $0.isSpent } }

    /// A stored study goes on: what its store counted is counted on.
    mutating func resume(_ state: AggregatorState, at now: Duration) {
        version = state.version
        phase = state.phase
        resumedVersion = version
        gamma = state.progress.method.gamma?.gamma
        eta = state.progress.method.eta?.eta
        let statistics = state.progress.statistics
        refusalCounts = statistics.refusalCounts.mapValues { Int(clamping: $0) }
        duplicateCount = Int(clamping: statistics.duplicateCount)
        sequenceGapCount = Int(clamping: statistics.sequenceGapCount)
        siteBehindCount = Int(clamping: statistics.sitesBehindCount)
        var squaredResidual = 0.0
        for (index, record) in zip(tasks.indices, state.tasks) {
            tasks[index].isAbandoned = record.isAbandoned
            tasks[index].isSpent = record.isSpent
            tasks[index].isFetched = record.isFetched
            tasks[index].isHeard = record.squaredResidual != nil
            if !record.isAbandoned, !record.isSpent { squaredResidual += record.squaredResidual ?? 0 }
        }
        countUnheard()
        if unheardCount == 0 { residual = squaredResidual.squareRoot() }
        remember("the study goes on from version \(version)", isWarning: false, at: now)
    }

    private mutating func countUnheard() {
        unheardCount = tasks.count { !$0.isHeard && !$0.isAbandoned && !$0.isSpent }
    }

    /// Commits whose updates can now be acknowledged.
    mutating func record(commitSeconds seconds: Double) {
        commitSeconds.record(seconds)
    }

    mutating func record(_ refresh: FactorRefreshRecord) {
        refreshSeconds.record(refresh.duration.seconds)
        if refresh.isDecomposition { decompositionCount += 1 }
        factorAges.record(Double(refresh.replacedAge))
        largestFactorAge = max(largestFactorAge, refresh.replacedAge)
    }

    mutating func record(_ update: AppliedUpdate, at now: Duration) {
        version = update.version
        updateCount += 1
        rate.record(at: now)
        staleness.record(Double(update.staleness))
        releaseByteCount += update.releaseByteCount
        guard let index = taskIndices[update.task] else { return }
        if !tasks[index].isHeard || tasks[index].isAbandoned || tasks[index].isSpent {
            tasks[index].isHeard = true
            tasks[index].isAbandoned = false
            tasks[index].isSpent = false
            countUnheard()
        }
        if unheardCount == 0 {
            residual = update.residual
            residuals.append(x: Double(update.version), y: update.residual)
        }
        tasks[index].updateCount += 1
        tasks[index].staleness = update.staleness
        tasks[index].delay = update.delay
        tasks[index].relaxation = update.relaxation
        let site = tasks[index].site
        sites[site].updateCount += 1
        sites[site].stalenessSum += Double(update.staleness)
        sites[site].staleness = update.staleness
        sites[site].relaxation = update.relaxation
        sites[site].lastContact = now
        if let loss = update.loss { record(loss: loss, task: index, version: update.version) }
    }

    private mutating func record(loss: Double, task index: Int, version: UInt64) {
        guard loss.isFinite else { return }
        lossSum.set(loss, at: index)
        if lossSum.isComplete { losses.append(x: Double(version), y: lossSum.value) }
    }

    mutating func record(_ note: AggregatorNote, at now: Duration) {
        switch note {
        case .joined(let site, _):
            change(site, at: now) {
                $0.isConnected = true
                $0.joinCount += 1
            }
        case .left(let site):
            // No sign of life: a connection also ends because nothing is heard.
            if let index = siteIndices[site] { sites[index].isConnected = false }
        case .refused(let site, let refusal):
            refusalCounts[refusal.code, default: 0] += 1
            change(site, at: now) { $0.refusalCount += 1 }
        case .duplicate(let task, _):
            duplicateCount += 1
            touch(task, at: now)
        case .sequenceGap(let task, let expected, let taken):
            sequenceGapCount += 1
            touch(task, at: now)
            remember(
                "sequence gap of task \(task): \(expected) was expected and \(taken) is taken; was an older state "
                    + "restored here?", isWarning: true, at: now)
        case .siteBehind(let task, let expected, let joined):
            siteBehindCount += 1
            touch(task, at: now)
            let what =
                joined == 0
                ? "it joined without its state, and \(expected) was expected; was its journal removed?"
                : "it joined with \(joined), and \(expected) was expected; was an older state restored there?"
            remember("the site of task \(task) is behind: \(what)", isWarning: true, at: now)
        case .absent(let names, let round):
            absenceCount += 1
            let named = names.prefix(AggregatorLimits.eventNameCount).map(\.rawValue).joined(separator: ", ")
            let others = names.count - AggregatorLimits.eventNameCount
            remember(
                "round \(round) went on without \(named)" + (others > 0 ? " and \(others) more" : ""),
                isWarning: true, at: now)
        case .stopped(let phase, let version):
            self.phase = phase
            self.version = version
            remember(
                "the study \(phase.name) at version \(version): \(phase.reason)", isWarning: false, at: now)
        case .fetched(let task):
            if let index = taskIndices[task] { tasks[index].isFetched = true }
            touch(task, at: now)
        case .abandoned(let task):
            setAbandoned(task, true, at: now)
            remember("task \(task) was given up by its site; its column stays", isWarning: true, at: now)
        case .resumed(let task):
            setAbandoned(task, false, at: now)
            remember("task \(task) was taken up again", isWarning: false, at: now)
        case .spent(let task):
            touch(task, at: now)
            if let index = taskIndices[task] { tasks[index].isSpent = true }
            countUnheard()
        case .ledgerChanged(let site):
            remember(
                "\(site) brought another privacy ledger than before; is it of another data set?",
                isWarning: true,
                at: now)
        case .keyRemoved(let site):
            remember(
                "the key of \(site) is gone; its columns stay, and nobody waits for it", isWarning: true,
                at: now)
        case .keyReturned(let site):
            remember("the key of \(site) is back", isWarning: false, at: now)
        case .gammaChanged(let gamma, let epoch):
            self.gamma = gamma
            remember("gamma is \(gamma), changed \(epoch) times", isWarning: false, at: now)
        case .etaChosen(let eta, let epoch, let absent):
            self.eta = eta
            let missing = absent.isEmpty ? "" : ", without \(StatusText.count(absent.count, of: "task"))"
            remember(
                epoch == 0 ? "eta is \(eta)\(missing)" : "eta was lowered to \(eta): a task needs it",
                isWarning: epoch > 0 || !absent.isEmpty, at: now)
        case .stepsShortened(let mode):
            remember(
                "the residual grew or hardly fell: steps are without inertia, or shorter, from now on "
                    + "(mode \(mode))", isWarning: true, at: now)
        case .regularizerValue(let value, let version):
            if lossSum.isComplete { objectives.append(x: Double(version), y: lossSum.value + value) }
        case .refusedTooOften(let site):
            remember("a connection of \(site) was closed after too many refusals", isWarning: true, at: now)
        }
    }

    private mutating func change(_ site: SiteName, at now: Duration, _ body: (inout Site) -> Void) {
        guard let index = siteIndices[site] else { return }
        sites[index].lastContact = now
        body(&sites[index])
    }

    private mutating func touch(_ task: TaskName, at now: Duration) {
        guard let index = taskIndices[task] else { return }
        sites[tasks[index].site].lastContact = now
    }

    private mutating func setAbandoned(_ task: TaskName, _ isAbandoned: Bool, at now: Duration) {
        touch(task, at: now)
        guard let index = taskIndices[task] else { return }
        tasks[index].isAbandoned = isAbandoned
        countUnheard()
    }

    private mutating func remember(_ text: String, isWarning: Bool, at now: Duration) {
        events.append(Event(time: now, text: text, isWarning: isWarning))
        if events.count > AggregatorLimits.eventCount { events.removeFirst() }
    }
}
