package import Federation
internal import Glibc
package import MultiTaskLearning
internal import PrivacyMechanisms
internal import SeededRandom

/// A federation of one site a task in which one update arrives at a time, of a task drawn uniformly, from one seed.
///
/// It is what sites that act as independent Poisson processes of equal rate amount to (Baytas et al. 2016,
/// assumption 1) where reading, computing and sending take no time. The column is then read and answered at once, or it
/// is taken from a prox of some versions ago (``ReadAge``). The sites' and the aggregator's state machines are the ones
/// that the services run; the network parts the read that comes with an update from it, and delivers it when its task is
/// drawn.
package struct ArrivalSimulation {
    /// How old, in versions, the prox is that a column is taken from.
    package enum ReadAge: Sendable, Equatable {
        case none
        /// Drawn uniformly, but not older than the task's own last update: what the protocol can bring about.
        case uniform(ClosedRange<Int>)
        /// Drawn uniformly, whatever the task did since, with its auxiliary column as it is now.
        case overlapping(ClosedRange<Int>)
    }

    private struct Site {
        var connection: ConnectionIdentifier
        var machine: SiteMachine
        var task: LocalTask
        /// Sent by the site, and held until its task is drawn.
        var read: SiteMessage?
        var lastVersion: UInt64 = 0
        /// Whether nothing arrives of its task any more.
        var isSpent = false
    }

    private let plan: StudyPlan
    private let readAge: ReadAge
    /// Mean virtual time between two updates of a task.
    private let meanInterval: Duration
    private var random: SeededGenerator
    private var aggregator: AggregatorMachine
    /// In the order of the plan's tasks.
    private var sites: [Site] = []
    /// What was measured so far.
    package private(set) var result = ArrivalResult()

    /// Creates a federation whose sites have joined.
    ///
    /// - Throws: ``FederationError/Code/invalidStudy`` where a site has several tasks.
    package init(
        plan: StudyPlan, objectives: [TaskObjective], readAge: ReadAge, meanInterval: Duration, seed: UInt64
    ) throws {
        guard Set(plan.tasks.map(\.owner)).count == plan.tasks.count, objectives.count == plan.tasks.count
        else {
            throw FederationError(
                .invalidStudy, "arrivals of single tasks are simulated with one site for each task")
        }
        self.plan = plan
        self.readAge = readAge
        self.meanInterval = meanInterval
        random = SeededGenerator(seed: seed)
        let names = plan.tasks.map(\.name)
        var tasks = try plan.localTasks(
            Dictionary(uniqueKeysWithValues: zip(names, objectives)), seed: seed, randomness: .seeded)
        let state = AggregatorState(
            instance: try random.instance(), dimension: plan.dimension, taskCount: plan.tasks.count)
        aggregator = try AggregatorMachine(plan: plan, state: state)
        switch readAge {
        case .none: break
        case .uniform(let ages), .overlapping(let ages): aggregator.keepPast(ages.upperBound)
        }
        for (index, task) in plan.tasks.enumerated() {
            let connection = ConnectionIdentifier(UInt64(index + 1))
            guard let local = tasks.removeValue(forKey: task.name) else { continue }
            sites.append(
                Site(
                    connection: connection,
                    machine: try SiteMachine(
                        plan: plan, site: task.owner, tasks: [task.name],
                        lipschitzConstants: plan.reportedConstants(of: [task.name: objectives[index]])),
                    task: local))
            try act(on: .connected(connection, task.owner), of: index)
            try act(.connected, of: index)
        }
    }

    /// Runs until the aggregator stops, or `observe` says so.
    ///
    /// - Parameter observe: Called after each epoch of as many updates as there are tasks; returns whether to end.
    /// - Throws: ``FederationError/Code/stateMismatch`` where a site gave its task up; what `observe` throws.
    package mutating func run(
        observe: (_ epoch: Int, _ aggregator: inout AggregatorMachine) throws -> Bool
    ) throws {
        let mean = meanInterval / sites.count
        while case .running = aggregator.phase {
            result.virtualTime += mean * -log(1 - random.uniform())
            try update(random.integer(below: sites.count))
            result.progress = aggregator.progress
            let version = Int(aggregator.version)
            guard version.isMultiple(of: sites.count) else { continue }
            if try observe(version / sites.count, &aggregator) { return }
        }
    }

    /// Lets a task read, compute and send.
    private mutating func update(_ index: Int) throws {
        guard !sites[index].isSpent else { return }
        guard let read = sites[index].read else {
            throw FederationError(
                .stateMismatch, "task '\(plan.tasks[index].name)' was given up by its site")
        }
        let version = aggregator.version
        switch readAge {
        case .none:
            break
        case .uniform(let ages):
            let age = UInt64(ages.lowerBound + random.integer(below: ages.count))
            aggregator.ageNextColumn(by: min(age, version - sites[index].lastVersion))
        case .overlapping(let ages):
            aggregator.ageNextColumn(by: UInt64(ages.lowerBound + random.integer(below: ages.count)))
        }
        sites[index].read = nil
        try act(on: .received(sites[index].connection, read), of: index)
        sites[index].lastVersion = aggregator.version
        guard aggregator.version == version + 1 || aggregator.phase != .running else {
            throw FederationError(
                .stateMismatch,
                "an update of task '\(plan.tasks[index].name)' was refused: \(result.lastRefusal ?? "unknown")"
            )
        }
    }

    /// Hands an event to the aggregator, and what it answers to the site.
    private mutating func act(on event: AggregatorEvent, of index: Int) throws {
        for action in try aggregator.handle(event, at: result.virtualTime) {
            switch action {
            case .send(let connection, let message):
                if case .column(let column) = message { result.releaseBytesDown += column.release.count }
                if case .refusal(let refusal) = message { result.lastRefusal = refusal.message }
                // The end is said to all; nobody's model is of interest here.
                if connection == sites[index].connection { try act(.received(message), of: index) }
            case .note(.gammaChanged(let gamma, _)):
                result.gammas.append(gamma)
            case .commit, .close, .countersign, .note, .done:
                break
            }
        }
    }

    /// Hands an event to a site, and what it sends to the aggregator.
    private mutating func act(_ event: SiteEvent, of index: Int) throws {
        for action in sites[index].machine.handle(event) {
            switch action {
            case .compute(let task, let column, let gamma):
                let step = try sites[index].task.step(from: column, gamma: gamma)
                try act(.computed(task: task, step: step), of: index)
            case .send(.update(var update)):
                result.releaseBytesUp += update.release.count
                sites[index].read = update.next.map { .read($0) }
                update.next = nil
                try act(on: .received(sites[index].connection, .update(update)), of: index)
            case .send(.read(let request)):
                sites[index].read = .read(request)
            case .note(.spent):
                sites[index].isSpent = true
            case .send(let message):
                let completed = plan.completed(message, of: plan.tasks[index].owner)
                try act(on: .received(sites[index].connection, completed), of: index)
            case .persist, .accepted, .keep, .reconnect, .note, .done:
                break
            }
        }
    }
}

/// What a simulation of arrivals measured.
package struct ArrivalResult: Sendable {
    package var progress = StudyProgress()
    package var virtualTime = Duration.zero
    /// Encoded bytes of vectors, site to aggregator and back.
    package var releaseBytesUp = 0
    package var releaseBytesDown = 0
    /// gamma after each change.
    package var gammas: [Double] = []
    var lastRefusal: String?
}

extension SeededGenerator {
    /// Returns an instance identifier.
    mutating func instance() throws -> InstanceIdentifier {
        let bytes = (0..<InstanceIdentifier.byteCount).map { _ in UInt8(truncatingIfNeeded: next()) }
        guard let instance = InstanceIdentifier(bytes: bytes) else {
            throw FederationError(.stateMismatch, "an instance identifier has 16 bytes")
        }
        return instance
    }
}
