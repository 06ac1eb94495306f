package import ReleaseEncoding

/// A site's side of the protocol: one event in, actions out; no input or output, clock or logger.
///
/// It keeps up to `readsInFlight` exchanges going and takes its tasks in turn. Each update names the task that is
/// computed next, so that its column is computed when it is needed. What a process left in its journal is taken up:
/// the update in flight is sent again, the same bytes under the same number, and differences go on where the
/// aggregator still agrees. A site that lost its state joins, and takes sequence numbers and full columns from the
/// answer.
package struct SiteMachine: Sendable {
    let plan: StudyPlan
    let readsInFlight: Int
    /// What is reported of the tasks, where the study chooses eta from it.
    let lipschitzConstants: [TaskName: Double]
    var tasks: [SiteTask]
    let taskIndices: [TaskName: Int]
    /// Where the search for the next idle task begins.
    var cursor = 0
    var isConnected = false
    var isJoined = false
    package internal(set) var instance: InstanceIdentifier?
    var isDone = false
    var actions: [SiteAction] = []
    /// What changed since the last ``SiteAction/persist(_:)``.
    ///
    /// Nothing of it is needed to find the same place again but an update that is sent, and what led to it.
    var changes: [SiteChange] = []

    /// Creates the machine of a site.
    ///
    /// - Parameters:
    ///   - tasks: The tasks whose data the site holds, each once; all must be `site`'s in the plan.
    ///   - readsInFlight: 1 to ``FederationLimits/maximumReadsPerConnection``.
    ///   - lipschitzConstants: ``StudyPlan/reportedConstants(of:)`` of the tasks.
    ///   - restored: What the changes of an earlier process amount to; of this very study.
    /// - Throws: ``FederationError/Code/notOwner`` for a task that is not the site's,
    ///   ``FederationError/Code/stateMismatch`` where a restored vector is not of the study's dimension,
    ///   ``FederationError/Code/invalidStudy`` where `readsInFlight` or the number of tasks is out of range, or a task
    ///   is without the constant that the study needs, or beyond its bound.
    package init(
        plan: StudyPlan, site: SiteName, tasks: [TaskName], readsInFlight: Int = 1,
        lipschitzConstants: [TaskName: Double] = [:], restored: SiteState = SiteState()
    ) throws(FederationError) {
        let limit = FederationLimits.maximumReadsPerConnection
        guard (1...limit).contains(readsInFlight) else {
            throw FederationError(
                .invalidStudy, "in_flight is \(readsInFlight); it must be 1 to \(limit)")
        }
        guard (1...FederationLimits.maximumTasksPerSite).contains(tasks.count),
            Set(tasks).count == tasks.count
        else {
            throw FederationError(
                .invalidStudy,
                "the site '\(site)' has data of \(tasks.count) tasks; it needs 1 to "
                    + "\(FederationLimits.maximumTasksPerSite), each once")
        }
        let owned = plan.tasks(of: site)
        let ownedNames = Set(owned)
        for task in tasks where !ownedNames.contains(task) {
            throw FederationError(
                .notOwner,
                "the study '\(plan.name)' does not give task '\(task)' to site '\(site)'; it gives it "
                    + "\(owned.isEmpty ? "none" : owned.prefix(8).map(\.rawValue).joined(separator: ", "))")
        }
        for task in tasks {
            guard let fault = plan.constantFault(lipschitzConstants[task], of: task) else { continue }
            throw FederationError(.invalidStudy, fault)
        }
        self.plan = plan
        self.readsInFlight = readsInFlight
        self.lipschitzConstants = plan.choosesEta ? lipschitzConstants : [:]
        self.tasks = tasks.map { SiteTask(name: $0, dimension: plan.dimension) }
        taskIndices = Dictionary(uniqueKeysWithValues: tasks.enumerated().map { ($0.element, $0.offset) })
        instance = restored.instance
        for index in self.tasks.indices {
            guard let state = restored.tasks[self.tasks[index].name] else { continue }
            guard state.isOf(dimension: plan.dimension) else {
                throw FederationError(
                    .stateMismatch,
                    "the stored state of task '\(state.name)' is not of the study's dimension \(plan.dimension); "
                        + "use a state folder of its own for each study")
            }
            self.tasks[index].restore(state)
        }
    }

    /// What a task's newest column was decoded to, and what its next update is encoded relative to; nil for a task that is
    /// not the machine's.
    package func exchangeState(of task: TaskName) -> (column: Reference, update: Reference)? {
        taskIndices[task].map { (tasks[$0].columnReference, tasks[$0].updateReference) }
    }

    /// The number that the task's next update will have; 0 for a task that is not the machine's.
    package func nextSequence(of task: TaskName) -> UInt64 {
        taskIndices[task].map { tasks[$0].nextSequence } ?? 0
    }

    /// The version of the column that a step of the task is computed from; 0 where none is.
    package func columnVersion(of task: TaskName) -> UInt64 {
        guard let index = taskIndices[task], case .computing(let version, _) = tasks[index].activity else {
            return 0
        }
        return version
    }

    /// Takes one event and returns what must be done, in order.
    package mutating func handle(_ event: SiteEvent) -> [SiteAction] {
        actions.removeAll(keepingCapacity: true)
        switch event {
        case .connected:
            isConnected = true
            sendJoin()
        case .disconnected:
            disconnect()
        case .received(let message):
            receive(message)
        case .computed(let task, let step):
            computed(task, step)
        case .kept(let task):
            kept(task)
        case .releasesGivenUp:
            giveUpReleases()
        case .releaseRefused(let task, let reason):
            releaseRefused(task, reason: reason)
        }
        finishIfOver()
        return actions
    }

    /// Says what must be in the journal before the update leaves, and then sends it.
    mutating func send(_ update: Update) {
        persistChanges()
        actions.append(.send(.update(update)))
    }

    mutating func persistChanges() {
        guard !changes.isEmpty else { return }
        actions.append(.persist(changes))
        changes.removeAll()
    }

    /// Notes a task's state as a whole.
    mutating func noteState(of index: Int) {
        changes.append(.task(tasks[index].state))
    }

    mutating func sendJoin() {
        isJoined = false
        let request = JoinRequest(
            study: plan.name, studyDigest: plan.digest,
            tasks: tasks.filter { !$0.isOver }.map {
                JoinRequest.Task(
                    name: $0.name, dimension: plan.dimension, nextSequence: $0.lowestSequence,
                    lipschitzConstant: lipschitzConstants[$0.name])
            })
        if !request.tasks.isEmpty { actions.append(.send(.join(request))) }
    }

    mutating func disconnect() {
        isConnected = false
        isJoined = false
        for index in tasks.indices {
            if tasks[index].activity == .reading { tasks[index].activity = .idle }
            tasks[index].pending?.isSent = false
        }
    }

    mutating func receive(_ message: AggregatorMessage) {
        switch message {
        case .welcome(let welcome):
            self.welcome(welcome)
        case .acceptance(let acceptance):
            accept(acceptance)
        case .column(let column):
            receive(column)
        case .final(let column):
            receive(column)
        case .released(let task):
            if let index = taskIndices[task] { released(index) }
        case .refusal(let refusal):
            refused(refusal)
        case .headSigned:
            // Kept by whoever keeps the ledger.
            break
        }
    }
}

extension SiteTaskState {
    /// Whether every vector is of this dimension.
    fileprivate func isOf(dimension: Int) -> Bool {
        [columnReference, updateReference, pending?.next].allSatisfy {
            $0 == nil || $0?.value.count == dimension
        }
    }
}
