internal import MultiTaskLearning

/// The choice of eta, where a study leaves it to the aggregator.
///
/// It is chosen once every task has reported its Lipschitz constant that is not frozen, or when the study's timeout has
/// passed since the first site joined, from those that have; reads wait until then. A constant that comes later and
/// needs a smaller eta lowers it, and V with it, in one transaction. It is never raised.
extension AggregatorMachine {
    /// Whether reads wait for eta.
    var awaitsEta: Bool { plan.choosesEta && state.progress.method.eta == nil }

    /// Whether a join brings the constant that the study needs of a task; refuses it otherwise.
    mutating func requireConstant(of task: JoinRequest.Task, connection: ConnectionIdentifier) -> Bool {
        guard let fault = plan.constantFault(task.lipschitzConstant, of: task.name) else { return true }
        refuse(connection, Refusal(.malformed, task: task.name, message: fault))
        return false
    }

    /// Chooses eta where every task that is waited for has reported, or lowers it to what the tasks need.
    mutating func chooseEta(at now: Duration) throws {
        guard plan.choosesEta, case .running = state.phase else { return }
        guard let chosen = state.progress.method.eta else {
            if unreported.isEmpty { try beginWithEta(at: now) }
            return
        }
        guard let largest = state.tasks.compactMap(\.lipschitzConstant).max(),
            chosen.eta * largest > EtaRule.largestProduct, let eta = neededEta, eta < chosen.eta
        else { return }
        try EtaRule.rescale(&iterate, from: chosen.eta, to: eta, lambda: plan.lambda)
        let lowered = EtaRule.State(eta: eta, epoch: chosen.epoch + 1)
        state.progress.method.eta = lowered
        // Norms are of the new V, and a residual that was small with the old eta says nothing.
        var moved = state
        moved.auxiliary = iterate.matrix
        convergence = ConvergenceMonitor(state: moved, splitting: plan.splitting)
        for index in plan.tasks.indices where isFrozen(index) { convergence.setFrozen(index, true) }
        actions.append(
            .commit(
                Transaction(
                    progress: state.progress,
                    methodChange: .rescaled(iterate.matrix, records: state.tasks))))
        note(.etaChosen(eta, epoch: lowered.epoch, without: []))
    }

    /// Chooses eta from the constants at hand when the timeout has passed, or ends a study that says so.
    mutating func chooseEtaOnTimeout(at now: Duration) throws {
        guard let deadline = nextDeadline, now >= deadline else { return }
        if case .synchronous(let rule) = plan.mode, rule.absentRule == .end, !unreported.isEmpty {
            try stop(.absent(unreported))
        } else {
            try beginWithEta(at: now)
        }
    }

    /// Tasks that are waited for and have not reported.
    private var unreported: [TaskName] {
        plan.tasks.indices.filter { state.tasks[$0].lipschitzConstant == nil && !isFrozen($0) }
            .map { plan.tasks[$0].name }
    }

    /// What the constants that were ever reported need; nil before the first.
    private var neededEta: Double? {
        let constants = state.tasks.compactMap(\.lipschitzConstant)
        return constants.isEmpty ? nil : EtaRule.eta(lipschitzConstants: constants, lambda: plan.lambda)
    }

    /// Chooses eta and answers the reads that waited for it, in the order of tasks.
    private mutating func beginWithEta(at now: Duration) throws {
        guard let eta = neededEta else { return }
        state.progress.method.eta = EtaRule.State(eta: eta)
        iterate.setScale(eta * plan.lambda)
        let present = present
        past?.restart(from: present)
        actions.append(.commit(Transaction(progress: state.progress)))
        note(.etaChosen(eta, epoch: 0, without: unreported))
        barrier?.restartClock(at: now)
        let reads = etaReads.sorted { $0.key < $1.key }
        etaReads = [:]
        for (index, read) in reads {
            try issue(index, to: read.connection, reference: read.reference, at: now)
        }
    }
}
