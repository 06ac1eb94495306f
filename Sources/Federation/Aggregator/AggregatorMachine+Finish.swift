internal import LinearAlgebra
internal import MultiTaskLearning
internal import ReleaseEncoding

extension AggregatorMachine {
    /// Finishes the study where its stopping rule holds; a synchronous study only between two rounds.
    mutating func stopIfDue(roundIsComplete: Bool = false) throws {
        guard case .running = state.phase, barrier == nil || roundIsComplete else { return }
        if let maximum = plan.stoppingRule.maximumUpdateCount, state.version >= maximum {
            try stop(.updateCount)
        } else if convergence.isConverged {
            try stop(.residual)
        }
    }

    /// Finishes a study of which no task has updates to come, where some are spent: those still fetch their result.
    ///
    /// - Complexity: O(tasks).
    mutating func stopIfSpent() throws {
        guard case .running = state.phase, state.tasks.contains(where: \.isSpent),
            plan.tasks.indices.allSatisfy(isFrozen)
        else { return }
        try stop(.budgetsSpent)
    }

    /// Ends the run: with a result, which is served from now on, unless tasks were absent.
    mutating func stop(_ reason: StopReason) throws {
        guard case .running = state.phase else { return }
        if case .absent = reason {
            state.progress.phase = .ended(reason)
        } else {
            state.progress.phase = .finished(reason)
            result = try iterate.proximal()
        }
        actions.append(.commit(Transaction(progress: state.progress)))
        note(.stopped(state.phase, version: state.version))
        for connection in sessions.keys.sorted() {
            guard let session = sessions[connection], session.isJoined else { continue }
            for index in plan.tasks.indices where plan.tasks[index].owner == session.site {
                try answerAfterEnd(index, connection: connection)
            }
        }
    }

    /// Sends the task's final column, or says that there will be none.
    mutating func answerAfterEnd(_ index: Int, connection: ConnectionIdentifier) throws {
        let task = plan.tasks[index].name
        guard let result else {
            let message = "the study '\(plan.name)' ended without a result"
            refuse(connection, Refusal(.studyEnded, task: task, message: message))
            return
        }
        let release = try ReleaseCodec.encodeFull(result.column(index)).release
        let final = FinalColumn(task: task, version: state.version, release: release)
        actions.append(.send(connection, .final(final)))
    }

    mutating func fetched(_ task: TaskName, connection: ConnectionIdentifier) throws {
        guard let index = ownTask(task, connection: connection) else { return }
        switch state.phase {
        case .finished:
            break
        case .ended:
            try answerAfterEnd(index, connection: connection)
            return
        case .running:
            // As after the restore of a state from before the end: the site takes its tasks up again.
            refuse(
                connection,
                Refusal(.notFinished, task: task, message: "the study still runs; take part in it again"))
            return
        }
        if !state.tasks[index].isFetched {
            state.tasks[index].isFetched = true
            commit(record: index)
            note(.fetched(task))
        }
        releasedTasks.insert(task)
        actions.append(.send(connection, .released(task: task)))
    }

    /// Whether an owner may not know yet that its final column is fetched: an earlier process may have ended first.
    package var owesReleases: Bool {
        guard case .finished = state.phase else { return false }
        return plan.tasks.indices.contains { !releasedTasks.contains(plan.tasks[$0].name) && !isGivenUp($0) }
    }

    mutating func finishIfFetched() {
        guard !isDone else { return }
        switch state.phase {
        case .running:
            return
        case .finished:
            guard plan.tasks.indices.allSatisfy({ state.tasks[$0].isFetched || isGivenUp($0) }) else {
                return
            }
        case .ended:
            break
        }
        isDone = true
        actions.append(.done)
    }
}
