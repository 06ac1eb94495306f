package import Federation
internal import LinearAlgebra
package import MultiTaskLearning
internal import PrivacyMechanisms
internal import ReleaseEncoding
internal import SeededRandom

/// A whole federation in one process, on a virtual clock and network, from one seed.
///
/// The sites' and the aggregator's state machines are the ones that the services run. Faults strike between any two
/// events, and between any two actions of the aggregator.
package struct SimulatedFederation {
    private enum Event {
        case connect(site: Int)
        case connectionEnded(ConnectionIdentifier)
        case toAggregator(ConnectionIdentifier, SiteMessage)
        /// A message that the aggregator has done its work for.
        case worked(ConnectionIdentifier, SiteMessage)
        case toSite(Int, ConnectionIdentifier, AggregatorMessage)
        case computed(site: Int, life: Int, TaskName, LocalStep)
        case clock
        /// A factor is computed, by the aggregator's process of that number.
        case refreshed(life: Int, FactorSnapshot)
        case revoke(SiteName)
        case die(site: Int)
        case startAggregator
    }

    private struct Site {
        var name: SiteName
        var machine: SiteMachine
        /// What the journal holds.
        var journal = SiteState()
        /// An older copy of it.
        var backup = SiteState()
        var connection: ConnectionIdentifier?
        /// Counts restarts, so that a dead process's computation is not heard.
        var life = 0
        var isGone = false
        /// To the aggregator, and from it.
        var uplink = SiteLine()
        var downlink = SiteLine()
    }

    private let plan: StudyPlan
    private var tasks: [TaskName: LocalTask]
    private let lipschitzConstants: [TaskName: Double]
    private let settings: SimulationSettings
    private var random: SeededGenerator
    private var queue = EventQueue<Event>()
    private var now = Duration.zero
    private var aggregator: AggregatorMachine?
    /// Counts the aggregator's restarts.
    private var aggregatorLife = 0
    /// Whether a factor is being computed.
    private var isRefreshing = false
    /// Events from the first on that waits for a factor.
    private var heldEvents: [AggregatorEvent] = []
    private var store: AggregatorState
    /// An older copy of the store, and the length of the log then.
    private var backup: (store: AggregatorState, logCount: Int)
    private var sites: [Site] = []
    /// Sites that have a key.
    private var authorized: Set<SiteName>
    private var siteOfConnection: [ConnectionIdentifier: Int] = [:]
    /// When the last message of each direction of a connection arrives: connections keep order.
    private var lastArrival: [ConnectionIdentifier: (up: Duration, down: Duration)] = [:]
    private var nextConnection: UInt64 = 0
    private var sampler: DelaySampler
    /// The epoch whose end is observed next.
    private var nextEpoch = 1
    /// When the aggregator's work on what has arrived is done, and when the newest round's columns can leave.
    private var busyUntil = Duration.zero
    private var roundReady = Duration.zero
    private var result: SimulationResult

    /// Creates a federation in which each site of the plan holds its tasks' objectives.
    package init(
        plan: StudyPlan, objectives: [TaskName: TaskObjective], settings: SimulationSettings
    ) throws {
        self.plan = plan
        lipschitzConstants = try plan.reportedConstants(of: objectives)
        self.settings = settings
        random = SeededGenerator(seed: settings.seed)
        sampler = DelaySampler(seed: settings.seed)
        tasks = try plan.localTasks(objectives, seed: settings.seed, randomness: .seeded)
        authorized = Set(plan.tasks.map(\.owner))
        store = AggregatorState(
            instance: try random.instance(), dimension: plan.dimension,
            taskCount: plan.tasks.count)
        backup = (store, 0)
        aggregator = try AggregatorMachine(plan: plan, state: store, factorRefresh: settings.factorRefresh)
        result = SimulationResult(
            model: Matrix(rowCount: plan.dimension, columnCount: plan.tasks.count), phase: .running,
            store: store)
        for name in Set(plan.tasks.map(\.owner)).sorted() where !settings.faults.neverJoin.contains(name) {
            sites.append(
                Site(
                    name: name,
                    machine: try SiteMachine(
                        plan: plan, site: name, tasks: plan.tasks(of: name),
                        readsInFlight: settings.readsInFlight, lipschitzConstants: lipschitzConstants)))
        }
    }

    /// Runs until the aggregator is done and every living site too, or the event limit.
    ///
    /// - Parameter observe: Called after each epoch of as many updates as there are tasks; returns whether the operator
    ///   is to end the study.
    package mutating func run(
        observe: (_ epoch: Int, _ aggregator: inout AggregatorMachine) throws -> Bool = { _, _ in false }
    ) throws -> SimulationResult {
        try act(on: .keysListed(authorized))
        for site in sites.indices { queue.insert(.connect(site: site), at: networkDelay(of: site)) }
        for (name, time) in settings.faults.revocations.sorted(by: { $0.key < $1.key }) {
            queue.insert(.revoke(name), at: time)
        }
        for (name, time) in settings.faults.deaths.sorted(by: { $0.key < $1.key }) {
            if let site = sites.firstIndex(where: { $0.name == name }) {
                queue.insert(.die(site: site), at: time)
            }
        }
        while result.eventCount < settings.eventLimit, let (time, event) = queue.next() {
            now = time
            result.eventCount += 1
            try handle(event)
            try watch(observe)
            if result.isDone, sites.allSatisfy({ $0.isGone || result.outcomes[$0.name] != nil }) { break }
        }
        var final = try aggregator ?? AggregatorMachine(plan: plan, state: store)
        result.model = try final.model()
        result.phase = store.phase
        result.store = store
        result.virtualTime = now
        return result
    }

    private mutating func watch(
        _ observe: (_ epoch: Int, _ aggregator: inout AggregatorMachine) throws -> Bool
    ) throws {
        guard let aggregator, case .running = aggregator.phase else { return }
        let epoch = Int(aggregator.version) / plan.tasks.count
        guard epoch >= nextEpoch else { return }
        nextEpoch = epoch + 1
        var machine = aggregator
        if try observe(epoch, &machine) { try act(on: .stopRequested) }
    }

    private mutating func draw(
        _ law: DelayLaw, own: DelayLaw? = nil, _ use: DelaySampler.Use, of site: Int? = nil
    ) -> Duration {
        sampler.delay(law, own: own, use, of: site, using: &random)
    }

    private mutating func networkDelay(of site: Int) -> Duration {
        draw(settings.networkDelay, own: settings.networkDelays[sites[site].name], .network, of: site)
    }

    private mutating func computeDelay(of site: Int) -> Duration {
        draw(settings.computeDelay, own: settings.computeDelays[sites[site].name], .compute, of: site)
    }

    private mutating func strikes(_ probability: Double) -> Bool {
        probability > 0 && random.uniform() < probability
    }

    private mutating func handle(_ event: Event) throws {
        switch event {
        case .connect(let site):
            try connect(site)
        case .connectionEnded(let connection):
            try act(on: .disconnected(connection))
        case .toAggregator(let connection, let message):
            guard let work = settings.aggregatorWork else {
                try receive(message, from: connection)
                return
            }
            var isUpdate = false
            if case .update = message { isUpdate = true }
            busyUntil = max(busyUntil, now) + (isUpdate ? work.update : .zero)
            queue.insert(.worked(connection, message), at: busyUntil)
        case .worked(let connection, let message):
            try receive(message, from: connection)
        case .toSite(let site, let connection, let message):
            guard sites[site].connection == connection else { return }
            try act(site, on: .received(message))
        case .computed(let site, let life, let task, let step):
            guard sites[site].life == life else { return }
            try act(site, on: .computed(task: task, step: step))
        case .clock:
            try act(on: .clock)
        case .refreshed(let life, let snapshot):
            guard life == aggregatorLife else { return }
            try install(try snapshot.refreshed())
        case .revoke(let name):
            authorized.remove(name)
            try act(on: .revoked(name))
            if let site = sites.firstIndex(where: { $0.name == name }) { sites[site].isGone = true }
        case .die(let site):
            sites[site].isGone = true
            sites[site].life += 1
            try disconnect(site, isHeard: false)
        case .startAggregator:
            aggregator = try AggregatorMachine(
                plan: plan, state: store, factorRefresh: settings.factorRefresh)
            try act(on: .keysListed(authorized))
            try act(on: .clock)
            for site in sites.indices {
                queue.insert(.connect(site: site), at: now + networkDelay(of: site))
            }
        }
    }
}

// MARK: - Connections

extension SimulatedFederation {
    private mutating func connect(_ site: Int) throws {
        guard aggregator != nil, sites[site].connection == nil, !sites[site].isGone,
            result.outcomes[sites[site].name] == nil
        else { return }
        nextConnection += 1
        let connection = ConnectionIdentifier(nextConnection)
        sites[site].connection = connection
        siteOfConnection[connection] = site
        lastArrival[connection] = (now, now)
        try act(on: .connected(connection, sites[site].name))
        guard sites[site].connection == connection else { return }
        try act(site, on: .connected)
    }

    /// Ends a site's connection: the site knows at once, the aggregator a moment later.
    private mutating func disconnect(
        _ site: Int, isHeard: Bool = true, absence: Duration? = nil
    ) throws {
        guard let connection = sites[site].connection else { return }
        sites[site].connection = nil
        siteOfConnection[connection] = nil
        lastArrival[connection] = nil
        queue.insert(.connectionEnded(connection), at: now + networkDelay(of: site))
        if isHeard { try act(site, on: .disconnected) }
        let pause = absence ?? draw(settings.restartDelay, .restart, of: site)
        queue.insert(.connect(site: site), at: now + pause)
    }

    private mutating func loseConnection(_ site: Int) throws {
        result.connectionLossCount += 1
        try disconnect(site)
    }
}

// MARK: - The aggregator

extension SimulatedFederation {
    private mutating func receive(_ message: SiteMessage, from connection: ConnectionIdentifier) throws {
        guard siteOfConnection[connection] != nil else { return }
        try act(on: .received(connection, message))
    }

    /// Hands the aggregator an event, or keeps it until a factor is there that its answer waits for.
    private mutating func act(on event: AggregatorEvent) throws {
        guard aggregator != nil else { return }
        if !heldEvents.isEmpty || aggregator?.awaitsFactor(for: event) == true {
            heldEvents.append(event)
            result.waitCount += 1
        } else {
            try handle(event)
        }
        startRefresh()
    }

    private mutating func startRefresh() {
        guard !isRefreshing, let law = settings.refreshDelay, let snapshot = aggregator?.factorSnapshot()
        else { return }
        isRefreshing = true
        queue.insert(.refreshed(life: aggregatorLife, snapshot), at: now + draw(law, .refresh))
    }

    private mutating func install(_ factor: RefreshedFactor) throws {
        isRefreshing = false
        let age = aggregator?.factorAge ?? 0
        if aggregator?.install(factor) == true {
            result.refreshCount += 1
            result.largestFactorAge = max(result.largestFactorAge, age)
        }
        let events = heldEvents
        heldEvents = []
        for event in events { try act(on: event) }
        startRefresh()
    }

    private mutating func handle(_ event: AggregatorEvent) throws {
        let round = aggregator?.progress.roundStart
        guard let actions = try aggregator?.handle(event, at: now) else { return }
        if let work = settings.aggregatorWork, aggregator?.progress.roundStart != round {
            busyUntil = max(busyUntil, now) + work.round
            roundReady = busyUntil
        }
        for action in actions {
            if strikes(settings.faults.aggregatorKill) {
                try killAggregator()
                return
            }
            try perform(action)
        }
        if let deadline = aggregator?.nextDeadline { queue.insert(.clock, at: max(deadline, now)) }
    }

    private mutating func perform(_ action: AggregatorAction) throws {
        switch action {
        case .commit(let transaction):
            store.apply(transaction)
            if let applied = transaction.applied, settings.keepsHistory {
                result.log.append(applied)
                result.appliedHashes[applied.task, default: [:]][applied.sequence, default: []]
                    .insert(applied.releaseHash)
            }
        case .send(let connection, let message):
            try send(message, to: connection)
        case .close(let connection, _):
            if let site = siteOfConnection[connection] { try disconnect(site) }
        case .countersign: break  // Nobody has a key here, nor a ledger to keep a signature in.
        case .note(let note):
            if settings.keepsHistory { result.notes.append(note) }
            if case .gammaChanged(let value, let epoch) = note { result.gammas.append((value, epoch)) }
        case .done:
            result.isDone = true
        }
    }

    private mutating func send(_ message: AggregatorMessage, to connection: ConnectionIdentifier) throws {
        guard let site = siteOfConnection[connection], let arrival = lastArrival[connection] else { return }
        if strikes(settings.faults.connectionLoss) {
            try loseConnection(site)
            return
        }
        var byteCount = 0
        if case .column(let column) = message { byteCount = column.release.count }
        result.releaseBytesDown += byteCount
        let departure = sites[site].downlink.send(
            byteCount, at: max(now, roundReady), bytesPerSecond: settings.bytesPerSecond)
        let time = max(arrival.down, departure + networkDelay(of: site))
        lastArrival[connection]?.down = time
        queue.insert(.toSite(site, connection, message), at: time)
    }

    private mutating func killAggregator() throws {
        result.aggregatorKillCount += 1
        aggregator = nil
        aggregatorLife += 1
        isRefreshing = false
        heldEvents = []
        if settings.faults.aggregatorLosesState {
            store = AggregatorState(
                instance: try random.instance(), dimension: plan.dimension,
                taskCount: plan.tasks.count)
            result.log = []
        } else if strikes(settings.faults.aggregatorRestore) {
            store = backup.store
            result.discardedCount += result.log.count - backup.logCount
            result.log.removeLast(result.log.count - backup.logCount)
        }
        backup = (store, result.log.count)
        for site in sites.indices { try disconnect(site) }
        queue.insert(.startAggregator, at: now + draw(settings.restartDelay, .restart))
    }
}

// MARK: - Sites

extension SimulatedFederation {
    private mutating func act(_ site: Int, on event: SiteEvent) throws {
        if strikes(settings.faults.siteKill) {
            try killSite(site)
            return
        }
        for action in sites[site].machine.handle(event) {
            if strikes(settings.faults.siteKill) {
                try killSite(site)
                return
            }
            try perform(action, of: site)
        }
    }

    private mutating func perform(_ action: SiteAction, of site: Int) throws {
        switch action {
        case .persist(let changes):
            for change in changes { sites[site].journal.apply(change) }
        case .send(let message):
            try send(plan.completed(message, of: sites[site].name), from: site)
        case .compute(let task, let column, let gamma):
            guard let step = try tasks[task]?.step(from: column, gamma: gamma) else { return }
            queue.insert(
                .computed(site: site, life: sites[site].life, task, step), at: now + computeDelay(of: site))
        case .accepted(let acceptance):
            if settings.keepsHistory { result.acceptances.append(acceptance) }
        case .keep(let model):
            result.kept[model.task] = model
            try act(site, on: .kept(task: model.task))
        case .reconnect:
            try disconnect(site)
        case .note(let note):
            if settings.keepsHistory { result.siteNotes.append(note) }
        case .done(let outcome):
            result.outcomes[sites[site].name] = outcome
        }
    }

    private mutating func send(_ message: SiteMessage, from site: Int) throws {
        guard let connection = sites[site].connection, let arrival = lastArrival[connection] else { return }
        if strikes(settings.faults.connectionLoss) {
            try loseConnection(site)
            return
        }
        var byteCount = 0
        if case .update(let update) = message {
            byteCount = update.release.count
            result.releaseBytesUp += update.release.count
            result.updateCount += 1
            if try ReleaseHeader(of: update.release).reference == .none { result.fullUpdateCount += 1 }
        }
        let departure = sites[site].uplink.send(
            byteCount, at: now, bytesPerSecond: settings.bytesPerSecond)
        let time = max(arrival.up, departure + networkDelay(of: site))
        lastArrival[connection]?.up = time
        queue.insert(.toAggregator(connection, message), at: time)
        if byteCount > 0, let dropOuts = settings.dropOuts, strikes(dropOuts.probability) {
            result.dropOutCount += 1
            try disconnect(site, absence: draw(dropOuts.absence, .absence, of: site))
        }
    }

    private mutating func killSite(_ site: Int) throws {
        result.siteKillCount += 1
        sites[site].life += 1
        if strikes(settings.faults.journalLoss) { sites[site].journal = SiteState() }
        if strikes(settings.faults.journalRestore) { sites[site].journal = sites[site].backup }
        sites[site].backup = sites[site].journal
        sites[site].machine = try SiteMachine(
            plan: plan, site: sites[site].name, tasks: plan.tasks(of: sites[site].name),
            readsInFlight: settings.readsInFlight, lipschitzConstants: lipschitzConstants,
            restored: sites[site].journal)
        try disconnect(site, isHeard: false)
        if sites[site].connection == nil {
            queue.insert(.connect(site: site), at: now + draw(settings.restartDelay, .restart, of: site))
        }
    }
}
