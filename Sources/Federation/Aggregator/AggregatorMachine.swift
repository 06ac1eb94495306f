package import LinearAlgebra
internal import MultiTaskLearning
internal import ReleaseEncoding
internal import Sodium

/// The aggregator's side of the protocol: one event in, actions out; no input or output, clock or logger.
///
/// It keeps the auxiliary matrix V, applies each update as `v_t += relaxation * (u - v_t)` (Baytas et al. 2016,
/// Algorithm 1, on the auxiliary column) and answers with a column p of `prox(V)`; under Douglas-Rachford as
/// `v_t += relaxation * (y - p) + inertia * last step` and with `2 p - v_t`. Asynchronous and synchronous
/// studies differ in one thing only: when a read is answered (see ``StudyPlan/Mode``).
package struct AggregatorMachine: Sendable {
    /// A site's connection, from its authentication to its end.
    struct Session: Sendable {
        var site: SiteName
        var isJoined = false
        /// Tasks with a read that is not answered by an update yet.
        var outstandingReads: Set<Int> = []
        /// Tasks that the site said are spent, since its newest join.
        var spentTasks: Set<Int> = []
        /// Refusals, duplicates, abandonments, heads and joins after the first, less one for each acceptance.
        var faultCount = 0
    }

    let plan: StudyPlan
    let taskIndices: [TaskName: Int]
    /// What is kept, except V: that moves in `iterate`, and in the transactions that the machine asks for.
    package internal(set) var state: AggregatorState
    var iterate: AuxiliaryMatrix
    /// Under Douglas-Rachford alone.
    var rule: GammaRule?
    /// In experiments alone.
    var past: PastIterates?
    let factorRefresh: FactorRefresh
    /// ``MethodProgress/relaxationSum`` after the newest updates, the present last; as many as a factor may be old.
    var recentRelaxationSums: [Double]
    var sessions: [ConnectionIdentifier: Session] = [:]
    /// Connections that were told to close and have not ended yet: what they still bring is not applied.
    var closing: [ConnectionIdentifier: SiteName] = [:]
    /// What each site holds of its task's column, as far as this process sent it; a difference is sent to nothing
    /// else, so that a restart costs one full column a task.
    var columnReferences: [Reference]
    var barrier: BarrierState?
    /// Reads by task that wait for eta.
    var etaReads: [Int: BarrierState.WaitingRead] = [:]
    /// When the first site joined whose tasks eta waits with.
    var etaStart: Duration?
    var convergence: ConvergenceMonitor
    /// Final columns by task, once the study is finished.
    var result: Matrix?
    var isDone = false
    /// Tasks whose owner was told, by this process, that its final column is fetched.
    var releasedTasks: Set<TaskName> = []
    /// The newest head of each ledger of each site that was signed, or is about to be.
    var signedHeads: SignedHeads
    /// The actions of the event being handled.
    var actions: [AggregatorAction] = []

    /// Creates a machine that continues from `state`.
    ///
    /// - Parameters:
    ///   - factorRefresh: Whether factors are computed as columns need them, or handed over.
    ///   - signedHeads: The heads of privacy ledgers that were signed before.
    /// - Throws: ``FederationError/Code/stateMismatch`` where the state's shape is not the plan's.
    package init(
        plan: StudyPlan, state: AggregatorState, factorRefresh: FactorRefresh = .immediate,
        signedHeads: SignedHeads = SignedHeads()
    ) throws {
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
        self.signedHeads = signedHeads
        taskIndices = Dictionary(
            uniqueKeysWithValues: plan.tasks.enumerated().map { ($0.element.name, $0.offset) })
        let scale: Double
        switch plan.splitting {
        case .backwardForward(let splitting):
            // Before eta is chosen V is 0, and so is its prox.
            scale = (splitting?.eta ?? state.progress.method.eta?.eta ?? 0) * plan.lambda
        case .douglasRachford(let splitting):
            let rule = Self.rule(of: splitting, plan: plan, state: state)
            scale = rule.scale
            self.rule = rule
        }
        iterate = try AuxiliaryMatrix(
            restoring: state.auxiliary, regularizer: plan.regularizer, scale: scale,
            policy: Self.factorPolicy(for: plan, factorRefresh))
        self.factorRefresh = factorRefresh
        recentRelaxationSums = [state.progress.method.relaxationSum]
        convergence = ConvergenceMonitor(state: state, splitting: plan.splitting)
        columnReferences = Array(
            repeating: Reference(dimension: plan.dimension), count: plan.tasks.count)
        for index in state.tasks.indices where isFrozen(index) { convergence.setFrozen(index, true) }
        if case .synchronous = plan.mode { try resumeRound() }
        if case .finished = state.phase {
            result = try iterate.proximal()
        }
    }

    /// How far the study has come.
    package var progress: StudyProgress { state.progress }

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
        guard case .running = state.phase else { return nil }
        if awaitsEta { return etaStart.map { $0 + plan.etaTimeout } }
        guard case .synchronous(let rule) = plan.mode, let start = barrier?.start else { return nil }
        return start + rule.timeout
    }

    /// Takes one event and returns what must be done, in order.
    ///
    /// - Parameter now: Time since an arbitrary start, never decreasing, from ``StudyProgress/elapsed`` of the
    ///   state on.
    /// - Throws: ``LinearAlgebraError`` where an eigensolver fails; the machine must not be used afterwards.
    package mutating func handle(_ event: AggregatorEvent, at now: Duration) throws -> [AggregatorAction] {
        actions.removeAll(keepingCapacity: true)
        state.progress.elapsed = now
        switch event {
        case .connected(let connection, let site):
            sessions[connection] = Session(site: site)
        case .received(let connection, let message):
            try receive(message, from: connection, at: now)
        case .disconnected(let connection):
            closing[connection] = nil
            leave(connection)
        case .unreadable(let connection, let refusal, let bytes):
            if let site = sessions[connection]?.site ?? closing[connection] {
                commit(.unreadable(bytes, from: site, code: refusal.code, at: now))
            }
            refuse(connection, refusal)
        case .traffic(let bytesUp, let bytesDown):
            state.progress.statistics.bytesUp += bytesUp
            state.progress.statistics.bytesDown += bytesDown
        case .keysListed(let sites):
            try listKeys(sites, at: now)
        case .keyWithdrawn(let connection):
            if let site = sessions[connection]?.site { shutOut(connection, of: site) }
        case .revoked(let site):
            try revoke(site, at: now)
        case .authorized(let site):
            authorize(site)
        case .clock:
            // An earlier process may have ended between a round's last update and its end, or the last task's.
            try passBarrierIfComplete(at: now)
            try stopIfSpent()
            if awaitsEta {
                try chooseEtaOnTimeout(at: now)
            } else {
                try passBarrierOnTimeout(at: now)
            }
        case .stopRequested:
            try stop(.operatorRequest)
        }
        finishIfFetched()
        return actions
    }

    private mutating func receive(
        _ message: SiteMessage, from connection: ConnectionIdentifier, at now: Duration
    ) throws {
        guard let session = sessions[connection], !isRevoked(session.site) else {
            // A message of a connection that was closed meanwhile is not applied, but it was opened.
            if case .update(let update) = message,
                let site = sessions[connection]?.site ?? closing[connection]
            {
                commitReceipt(of: update, from: site, code: .unavailable)
            }
            return
        }
        if case .join(let request) = message {
            try join(request, connection: connection, at: now)
            return
        }
        guard session.isJoined else {
            var opened: Update?
            if case .update(let update) = message { opened = update }
            refuse(
                connection,
                Refusal(
                    .notJoined, task: opened?.task, sequence: opened?.sequence,
                    message: "send a join first"), opened: opened)
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
            try fetched(task, connection: connection)
        case .abandoned(let task):
            try abandon(task, connection: connection, at: now)
        case .spent(let task):
            try spend(task, connection: connection, at: now)
        case .ledgerHead(let head):
            takeHead(head, connection: connection)
        }
    }

    /// Returns the index of a task that the connection's key may write, or refuses.
    ///
    /// - Parameter opened: The update that names the task, where it is one.
    mutating func ownTask(
        _ name: TaskName, opened: Update? = nil, connection: ConnectionIdentifier
    ) -> Int? {
        let sequence = opened?.sequence
        guard let index = taskIndices[name] else {
            refuse(
                connection,
                Refusal(
                    .unknownTask, task: name, sequence: sequence,
                    message: "the study '\(plan.name)' has no task '\(name)'"), opened: opened)
            return nil
        }
        guard let site = sessions[connection]?.site, plan.tasks[index].owner == site else {
            refuse(
                connection,
                Refusal(
                    .foreignTask, task: name, sequence: sequence,
                    message: "task '\(name)' is not yours: the study gives it to another site's key"),
                opened: opened)
            return nil
        }
        return index
    }

    /// Refuses a message.
    ///
    /// - Parameter opened: The update that is refused, whose receipt is to be kept.
    mutating func refuse(_ connection: ConnectionIdentifier, _ refusal: Refusal, opened: Update? = nil) {
        guard let site = sessions[connection]?.site else { return }
        note(.refused(site, refusal))
        if let opened { commitReceipt(of: opened, from: site, code: refusal.code) }
        actions.append(.send(connection, .refusal(refusal)))
        countFault(of: connection)
    }

    /// Counts work that moved the study on by nothing; closes the connection, and returns false, at the bound.
    @discardableResult
    mutating func countFault(of connection: ConnectionIdentifier) -> Bool {
        guard let session = sessions[connection] else { return false }
        guard session.faultCount + 1 >= FederationLimits.maximumRefusalsPerConnection else {
            sessions[connection]?.faultCount += 1
            return true
        }
        note(.refusedTooOften(session.site))
        leave(connection)
        closing[connection] = session.site
        actions.append(.close(connection, .refusedTooOften))
        return false
    }

    mutating func note(_ note: AggregatorNote) {
        state.progress.statistics.count(note)
        actions.append(.note(note))
    }

    /// Queues the commit of one task's record, with what else the event changed.
    mutating func commit(
        record index: Int, column: [Double]? = nil, applied: AppliedUpdate? = nil,
        methodChange: MethodChange? = nil
    ) {
        actions.append(
            .commit(
                Transaction(
                    progress: state.progress, record: (index, state.tasks[index]),
                    column: column.map { (index, $0) }, applied: applied, methodChange: methodChange)))
    }

    /// Queues the receipt of a release that was opened and not applied.
    mutating func commitReceipt(of update: Update, from site: SiteName, code: Refusal.Code) {
        commit(
            RefusedRelease(
                site: site, task: update.task, sequence: update.sequence, code: code,
                releaseHash: Blake2b.hash(update.release), releaseByteCount: update.release.count,
                time: state.progress.elapsed))
    }

    private mutating func commit(_ refused: RefusedRelease) {
        actions.append(.commit(Transaction(progress: state.progress, refused: refused)))
    }
}
