internal import ReleaseEncoding

extension SiteMachine {
    mutating func refused(_ refusal: Refusal) {
        actions.append(.note(.refused(refusal)))
        if refusal.code != .unavailable, refusal.sequence != nil, let task = refusal.task,
            let index = taskIndices[task], case .final = tasks[index].activity
        {
            // Of the update that waited for its answer beside the final column.
            dropUpdateOfEndedTask(index)
            return
        }
        switch refusal.code {
        case .unavailable:
            actions.append(.reconnect)
        case .notFinished:
            takeUpEndedTasks()
        case .unknownReference, .staleRead, .sequence, .notJoined, .tooManyReads:
            guard let task = refusal.task, let index = taskIndices[task] else {
                sendJoin()
                return
            }
            recover(index, from: refusal)
        case .malformed, .oversized, .unknownStudy, .studyMismatch, .unknownTask, .foreignTask,
            .wrongDimension, .nonFinite, .normBound, .studyEnded, .ledgerBehind:
            // A refusal of an update, or of one task's result, ends that task; a refusal of the join ends all.
            if let task = refusal.task, let index = taskIndices[task],
                refusal.sequence != nil || refusal.code == .studyEnded
            {
                giveUp(index, refusal)
                fillReads()
            } else {
                for index in tasks.indices where !tasks[index].isOver { giveUp(index, refusal) }
            }
        }
    }

    /// Takes part again with the tasks that had a result: the aggregator's state is from before it.
    private mutating func takeUpEndedTasks() {
        var isAny = false
        for index in tasks.indices {
            guard case .final = tasks[index].activity else { continue }
            tasks[index].rest()
            tasks[index].isFetchedSent = false
            isAny = true
        }
        // The other tasks of the same welcome were refused as well: one join is for all.
        if isAny { sendJoin() }
    }

    /// Starts a task over from full values, under a new number, unless it was refused too often in a row.
    mutating func recover(_ index: Int, from refusal: Refusal) {
        tasks[index].consecutiveRefusals += 1
        guard tasks[index].consecutiveRefusals < FederationLimits.maximumConsecutiveRefusals else {
            giveUp(index, refusal)
            fillReads()
            return
        }
        dropPending(index)
        tasks[index].columnReference = Reference(dimension: plan.dimension)
        tasks[index].updateReference = Reference(dimension: plan.dimension)
        tasks[index].rest()
        noteState(of: index)
        sendJoin()
    }

    mutating func giveUp(_ index: Int, _ refusal: Refusal) {
        guard !tasks[index].isOver else { return }
        dropPending(index)
        noteState(of: index)
        tasks[index].activity = .refused(refusal)
        if isConnected, isJoined { actions.append(.send(.abandoned(task: tasks[index].name))) }
    }

    /// Forgets a refused update, and the read that went with it, which was not looked at.
    mutating func dropPending(_ index: Int) {
        if let next = tasks[index].pending?.update.next?.task, let nextIndex = taskIndices[next],
            tasks[nextIndex].activity == .reading
        {
            tasks[nextIndex].activity = .idle
        }
        tasks[index].dropPending()
    }

    mutating func receive(_ column: FinalColumn) {
        guard let index = taskIndices[column.task] else { return }
        switch tasks[index].activity {
        case .refused:
            return
        case .final(let isKept, _):
            if isKept, isJoined { sendFetched(index) }
            return
        case .idle, .reading, .computing, .spent:
            break
        }
        do {
            let decoded = try ReleaseCodec.decode(
                column.release, reference: Reference(dimension: plan.dimension), dimension: plan.dimension)
            // An update in flight may have been applied: its acceptance, if any, comes before the release does.
            tasks[index].activity = .final(isKept: false, isReleased: false)
            actions.append(
                .keep(FinalModel(task: column.task, version: column.version, weights: decoded.value)))
            fillReads()
        } catch {
            giveUp(index, Refusal(.malformed, task: column.task, message: "the final column: \(error)"))
        }
    }

    mutating func kept(_ task: TaskName) {
        guard let index = taskIndices[task], case .final(_, let isReleased) = tasks[index].activity else {
            return
        }
        tasks[index].activity = .final(isKept: true, isReleased: isReleased)
        if isConnected, isJoined { sendFetched(index) }
    }

    mutating func sendFetched(_ index: Int) {
        tasks[index].isFetchedSent = true
        actions.append(.send(.fetched(task: tasks[index].name)))
    }

    /// Ends a task whose model is safe: the aggregator knows, or was told and is gone.
    mutating func released(_ index: Int) {
        guard case .final(let isKept, _) = tasks[index].activity else { return }
        tasks[index].activity = .final(isKept: isKept, isReleased: true)
        // Sent before `fetched` on the same connection, and answered before it: no acceptance follows.
        dropUpdateOfEndedTask(index)
    }

    private mutating func dropUpdateOfEndedTask(_ index: Int) {
        guard tasks[index].pending != nil else { return }
        tasks[index].dropPending()
        noteState(of: index)
    }

    /// Whether nothing is left but the aggregator's word that it knows of every kept model: it was told of each.
    package var awaitsOnlyReleases: Bool {
        !isDone && tasks.allSatisfy { $0.isOver || $0.awaitsOnlyRelease }
    }

    /// Ends the tasks that wait for the aggregator's last word.
    mutating func giveUpReleases() {
        for index in tasks.indices where tasks[index].awaitsOnlyRelease { released(index) }
    }

    mutating func finishIfOver() {
        guard !isDone, tasks.allSatisfy(\.isOver) else { return }
        isDone = true
        persistChanges()
        let refusals = tasks.compactMap { task -> Refusal? in
            if case .refused(let refusal) = task.activity { refusal } else { nil }
        }
        actions.append(.done(refusals.isEmpty ? .complete : .incomplete(refusals)))
    }
}
