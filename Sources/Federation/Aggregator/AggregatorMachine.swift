package import LinearAlgebra
internal import MultiTaskLearning
internal import ReleaseEncoding

/// The aggregator's side of the protocol: one event in, actions out; no input or output, clock or logger.
///
/// It keeps the auxiliary matrix V, applies each update as `v_t += relaxation * (u - v_t)` (Baytas et al. 2016,
/// Algorithm 1, on the auxiliary column) and answers with a column of `prox(V)`. Asynchronous and synchronous
/// studies differ in one thing only: when a read is answered (see ``StudyPlan/Mode``).
package struct AggregatorMachine: Sendable {
    /// A site's connection, from its authentication to its end.
    struct Session: Sendable {
        var site: SiteName
        var isJoined = false
        /// Tasks with a read that is not answered by an update yet.
        var outstandingReads: Set<Int> = []
        /// Refusals since the last acceptance.
        var refusalCount = 0
    }

    let plan: StudyPlan
    let taskIndices: [TaskName: Int]
    var state: AggregatorState
    var iterate: AuxiliaryMatrix
    var sessions: [ConnectionIdentifier: Session] = [:]
    var revoked: Set<SiteName> = []
    var barrier: BarrierState?
    var convergence: ConvergenceMonitor
    /// Final columns by task, once the study is finished.
    var result: Matrix?
    var isDone = false
    /// The actions of the event being handled.
    var actions: [AggregatorAction] = []

    /// Creates a machine that continues from `state`.
    ///
    /// - Throws: ``FederationError/Code/stateMismatch`` where the state's shape is not the plan's.
    package init(plan: StudyPlan, state: AggregatorState) throws {
        guard
            state.tasks.count == plan.tasks.count, state.auxiliary.columnCount == plan.tasks.count,
            state.auxiliary.rowCount == plan.dimension
        else {
            throw FederationError(
                .stateMismatch,
                "the stored state has \(state.auxiliary.rowCount) x \(state.auxiliary.columnCount) entries, "
                    + "the study \(plan.dimension) x \(plan.tasks.count); "
                    + "start the study with its own state folder")
        }
        self.plan = plan
        self.state = state
        taskIndices = Dictionary(
            uniqueKeysWithValues: plan.tasks.enumerated().map { ($0.element.name, $0.offset) })
        iterate = try AuxiliaryMatrix(
            restoring: state.auxiliary, regularizer: plan.regularizer,
            scale: plan.splitting.eta * plan.lambda)
        convergence = ConvergenceMonitor(state: state)
        for index in state.tasks.indices where state.tasks[index].isAbandoned {
            convergence.setFrozen(index, true)
        }
        if case .synchronous = plan.mode {
            barrier = BarrierState(columns: try iterate.proximal(), version: state.version)
        }
        if case .finished = state.phase {
            result = try iterate.proximal()
        }
    }

    /// Updates applied.
    package var version: UInt64 { state.version }

    package var phase: StudyPhase { state.phase }

    /// The instance identifier that sites are told.
    package var instance: InstanceIdentifier { state.instance }

    /// The model: one more prox of V.
    package mutating func model() throws -> Matrix {
        if let result { return result }
        return try iterate.proximal()
    }

    /// Relative fixed-point residual; nil until every task was heard.
    package var relativeResidual: Double? { convergence.relativeResidual }

    /// The moment at which a ``AggregatorEvent/clock`` event is due; nil while nothing waits for time.
    package var nextDeadline: Duration? {
        guard case .running = state.phase, case .synchronous(let rule) = plan.mode, let start = barrier?.start
        else { return nil }
        return start + rule.timeout
    }

    /// Takes one event and returns what must be done, in order.
    ///
    /// - Parameter now: Time since an arbitrary start, never decreasing.
    /// - Throws: ``LinearAlgebraError`` where an eigensolver fails; the machine must not be used afterwards.
    package mutating func handle(_ event: AggregatorEvent, at now: Duration) throws -> [AggregatorAction] {
        actions.removeAll(keepingCapacity: true)
        switch event {
        case .connected(let connection, let site):
            sessions[connection] = Session(site: site)
        case .received(let connection, let message):
            try receive(message, from: connection, at: now)
        case .disconnected(let connection):
            leave(connection)
        case .revoked(let site):
            try revoke(site, at: now)
        case .authorized(let site):
            setRevoked(site, false)
        case .clock:
            try passBarrierOnTimeout(at: now)
        case .stopRequested:
            try stop(.operatorRequest)
        }
        finishIfFetched()
        return actions
    }

    private mutating func receive(
        _ message: SiteMessage, from connection: ConnectionIdentifier, at now: Duration
    ) throws {
        // A message of a connection that was closed meanwhile is not applied.
        guard let session = sessions[connection], !revoked.contains(session.site) else { return }
        if case .join(let request) = message {
            try join(request, connection: connection, at: now)
            return
        }
        guard session.isJoined else {
            refuse(connection, Refusal(.notJoined, message: "send a join first"))
            return
        }
        switch message {
        case .join:
            break
        case .read(let request):
            try read(request, connection: connection, at: now)
        case .update(let update):
            try self.update(update, connection: connection, at: now)
        case .fetched(let task):
            fetched(task, connection: connection)
        case .abandoned(let task):
            try abandon(task, connection: connection, at: now)
        }
    }

    /// Returns the index of a task that the connection's key may write, or refuses.
    mutating func ownTask(
        _ name: TaskName, sequence: UInt64? = nil, connection: ConnectionIdentifier
    ) -> Int? {
        guard let index = taskIndices[name] else {
            refuse(
                connection,
                Refusal(
                    .unknownTask, task: name, sequence: sequence,
                    message: "the study '\(plan.name)' has no task '\(name)'"))
            return nil
        }
        guard let site = sessions[connection]?.site, plan.tasks[index].owner == site else {
            refuse(
                connection,
                Refusal(
                    .foreignTask, task: name, sequence: sequence,
                    message: "task '\(name)' is not yours: the study gives it to another site's key"))
            return nil
        }
        return index
    }

    mutating func refuse(_ connection: ConnectionIdentifier, _ refusal: Refusal) {
        guard let site = sessions[connection]?.site else { return }
        actions.append(.note(.refused(site, refusal)))
        actions.append(.send(connection, .refusal(refusal)))
        sessions[connection]?.refusalCount += 1
        if sessions[connection]?.refusalCount == FederationLimits.maximumRefusalsPerConnection {
            actions.append(.note(.refusedTooOften(site)))
            leave(connection)
            actions.append(.close(connection))
        }
    }

    /// Queues the commit of one task's record, with what else the event changed.
    mutating func commit(record index: Int, column: [Double]? = nil, applied: AppliedUpdate? = nil) {
        actions.append(
            .commit(
                Transaction(
                    version: state.version, phase: state.phase, record: (index, state.tasks[index]),
                    column: column.map { (index, $0) }, applied: applied)))
    }
}
