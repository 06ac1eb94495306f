internal import MultiTaskLearning

extension AggregatorMachine {
    /// Goes on with the round that the state was in, or begins one.
    ///
    /// V at the round's beginning is not kept: the columns that are still to be sent are those of V as it is, in
    /// which the tasks that have arrived are a step ahead.
    mutating func resumeRound() throws {
        let start = min(state.progress.roundStart ?? state.version, state.version)
        state.progress.roundStart = start
        var round = BarrierState(
            columns: try iterate.proximal(), version: state.version, roundVersion: start,
            arrived: state.tasks.map { $0.lastVersion > start })
        if state.progress.statistics.joinCount > 0 {
            let owners = plan.tasks.indices.filter { !isFrozen($0) }.map { plan.tasks[$0].owner }
            round.holdClock(for: Set(owners), until: state.progress.elapsed + FederationLimits.returnTimeout)
        }
        barrier = round
    }

    /// Starts the next round once every task that is waited for has arrived.
    mutating func passBarrierIfComplete(at now: Duration) throws {
        guard case .running = state.phase, let barrier, barrier.anyArrived else { return }
        guard barrier.missing.allSatisfy({ barrier.absent.contains($0) || isFrozen($0) }) else { return }
        try startNextRound(at: now)
    }

    /// Applies the study's rule to the tasks that are absent when the timeout has passed.
    mutating func passBarrierOnTimeout(at now: Duration) throws {
        guard let deadline = nextDeadline, now >= deadline, let barrier,
            case .synchronous(let rule) = plan.mode
        else { return }
        let missing = barrier.missing.filter { !isFrozen($0) }
        guard !missing.isEmpty else {
            // Nobody is left to wait for: only a key that comes back can go on.
            self.barrier?.restartClock(at: now)
            return
        }
        let newlyAbsent = missing.filter { !barrier.absent.contains($0) }.map { plan.tasks[$0].name }
        switch rule.absentRule {
        case .end:
            try stop(.absent(missing.map { plan.tasks[$0].name }))
        case .proceed:
            if !newlyAbsent.isEmpty {
                note(.absent(newlyAbsent, round: barrier.round))
            }
            self.barrier?.absent.formUnion(missing)
            // A round in which nobody arrived would repeat itself: wait for somebody.
            if barrier.anyArrived {
                try startNextRound(at: now)
            } else {
                self.barrier?.restartClock(at: now)
            }
        }
    }

    private mutating func startNextRound(at now: Duration) throws {
        // V changes between two rounds only.
        if let change = try lookAtGamma() {
            actions.append(.commit(Transaction(progress: state.progress, methodChange: change)))
        }
        try stopIfDue(roundIsComplete: true)
        guard case .running = state.phase else { return }
        state.progress.roundStart = state.version
        actions.append(.commit(Transaction(progress: state.progress)))
        let columns = try iterate.proximal()
        let reads = barrier?.nextRound(columns: columns, version: state.version, at: now) ?? []
        for (index, read) in reads {
            try issue(index, to: read.connection, reference: read.reference, at: now)
        }
    }
}
