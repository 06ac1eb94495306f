internal import ReleaseEncoding

/// A site's side of the protocol: one event in, actions out; no input or output, clock or logger.
///
/// It keeps up to `readsInFlight` exchanges going and takes its tasks in turn. Each update names the task that is
/// computed next, so that its column is computed when it is needed. Nothing here needs to outlive the process: a
/// site that lost its state joins, and takes sequence numbers and full columns from the answer.
package struct SiteMachine: Sendable {
    let plan: StudyPlan
    let readsInFlight: Int
    var tasks: [SiteTask]
    let taskIndices: [TaskName: Int]
    /// Where the search for the next idle task begins.
    var cursor = 0
    var isConnected = false
    var isJoined = false
    var instance: InstanceIdentifier?
    var isDone = false
    var actions: [SiteAction] = []

    /// Creates the machine of a site that holds no state.
    ///
    /// - Parameters:
    ///   - tasks: The tasks whose data the site holds, each once; all must be `site`'s in the plan.
    ///   - readsInFlight: 1 to ``FederationLimits/maximumReadsPerConnection``.
    /// - Throws: ``FederationError/Code/notOwner`` for a task that is not the site's,
    ///   ``FederationError/Code/invalidStudy`` where `readsInFlight` or the number of tasks is out of range.
    package init(
        plan: StudyPlan, site: SiteName, tasks: [TaskName], readsInFlight: Int = 1
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
        for task in tasks where !owned.contains(task) {
            throw FederationError(
                .notOwner,
                "the study '\(plan.name)' does not give task '\(task)' to site '\(site)'; it gives it "
                    + "\(owned.isEmpty ? "none" : owned.prefix(8).map(\.rawValue).joined(separator: ", "))")
        }
        self.plan = plan
        self.readsInFlight = readsInFlight
        self.tasks = tasks.map { SiteTask(name: $0, dimension: plan.dimension) }
        taskIndices = Dictionary(uniqueKeysWithValues: tasks.enumerated().map { ($0.element, $0.offset) })
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
        }
        finishIfOver()
        return actions
    }

    mutating func sendJoin() {
        isJoined = false
        let request = JoinRequest(
            study: plan.name, studyDigest: plan.digest,
            tasks: tasks.filter { !$0.isOver }.map {
                JoinRequest.Task(name: $0.name, dimension: plan.dimension, nextSequence: $0.lowestSequence)
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
            guard let index = taskIndices[task], case .final(let isKept, _) = tasks[index].activity else {
                return
            }
            tasks[index].activity = .final(isKept: isKept, isReleased: true)
        case .refusal(let refusal):
            refused(refusal)
        }
    }
}
