package import Federation

/// A law that delays are drawn from, in virtual time.
package enum DelayLaw: Sendable, Equatable {
    case constant(Duration)
    /// A fixed part plus an exponential part of this mean (Baytas et al. 2016, section IV-B: an offset and a random
    /// part of unstated law; exponential is our choice).
    case offsetExponential(offset: Duration, mean: Duration)
    /// A heavy tail (Pareto): longer than x with probability (minimum / x)^shape; without a mean for shapes up to 1.
    case pareto(minimum: Duration, shape: Double)
    /// At least one recorded delay, in their order and from the first again.
    ///
    /// Every site has a place of its own for each of its laws. A law of all sites begins at an entry that is drawn for
    /// each from the seed, a site's own at its first.
    case trace([Duration])
}

/// Sites that go away now and then and come back.
package struct DropOutLaw: Sendable, Equatable {
    /// That a site goes with an update that it has just sent, and which is lost with the connection.
    package var probability: Double
    /// How long it stays away.
    package var absence: DelayLaw

    package init(probability: Double, absence: DelayLaw) {
        self.probability = probability
        self.absence = absence
    }
}

/// What goes wrong in a simulated federation.
///
/// Probabilities are per event of their kind.
package struct FaultSettings: Sendable, Equatable {
    /// A message is lost together with its connection.
    package var connectionLoss = 0.0
    /// A site dies before it acts on an event, or between two of its actions, and starts again from its journal.
    package var siteKill = 0.0
    /// The part of killed sites whose journal is lost with them.
    package var journalLoss = 0.0
    /// The part of killed sites that start again from an older copy of their journal.
    package var journalRestore = 0.0
    /// The aggregator dies between two of an event's actions, and starts again from what was committed.
    package var aggregatorKill = 0.0
    /// Whether a killed aggregator also loses its store, as one that keeps its state in memory does.
    package var aggregatorLosesState = false
    /// The part of killed aggregators that start again from an older copy of their store.
    package var aggregatorRestore = 0.0
    /// Sites that never come back after this time.
    package var deaths: [SiteName: Duration] = [:]
    /// Sites whose key is removed at this time.
    package var revocations: [SiteName: Duration] = [:]
    /// Sites that never join.
    package var neverJoin: Set<SiteName> = []

    package init() {}
}

/// What the aggregator's own steps take, one after another on one machine, in virtual time.
package struct AggregatorWork: Sendable, Equatable {
    /// Each update, before it is applied and answered: the proximal step too in an asynchronous study.
    package var update: Duration
    /// Each round of a synchronous study, before its columns leave.
    package var round: Duration

    package init(update: Duration = .zero, round: Duration = .zero) {
        self.update = update
        self.round = round
    }
}

/// A simulated federation's virtual machines and network.
package struct SimulationSettings: Sendable {
    package var seed: UInt64
    /// One message, one way.
    package var networkDelay = DelayLaw.constant(.milliseconds(5))
    /// One local step.
    package var computeDelay = DelayLaw.offsetExponential(
        offset: .milliseconds(10), mean: .milliseconds(10))
    /// Of sites that differ from the others.
    package var networkDelays: [SiteName: DelayLaw] = [:]
    package var computeDelays: [SiteName: DelayLaw] = [:]
    /// Encoded bytes a second on each site's line, each way; nil for a line that takes no time.
    ///
    /// A message begins when the one before has left, also one that is lost with its connection.
    package var bytesPerSecond: Double?
    package var dropOuts: DropOutLaw?
    /// The time in which the aggregator computes a factor of the proximal operator, while it answers columns with the one
    /// at hand; nil where that takes no time, and every column is of the current V.
    package var refreshDelay: DelayLaw?
    /// nil for an aggregator whose work takes no time.
    package var aggregatorWork: AggregatorWork?
    package var restartDelay = DelayLaw.constant(.milliseconds(200))
    package var readsInFlight = 1
    package var faults = FaultSettings()
    /// Whether the result has every update, note and acceptance: much memory in a long run.
    package var keepsHistory = true
    /// Events after which a run that does not end is given up.
    package var eventLimit = 20_000_000

    package init(seed: UInt64) {
        self.seed = seed
    }

    var factorRefresh: FactorRefresh { refreshDelay == nil ? .immediate : .deferred }
}
