/// Tasks of which no more updates are sent: the study's number of releases is reached, or the ledger charges no more.
///
/// Such a task is neither read nor computed; its final column is taken as any other's.
extension SiteMachine {
    /// Whether the study lets the task have no more numbers.
    func hasNoNumberLeft(_ index: Int) -> Bool {
        guard let maximum = plan.maximumReleaseCount else { return false }
        return tasks[index].nextSequence > maximum
    }

    /// Whether the task has no more numbers, and nothing of it is on its way.
    func isExhausted(_ index: Int) -> Bool {
        guard hasNoNumberLeft(index), tasks[index].pending == nil else { return false }
        switch tasks[index].activity {
        case .idle, .reading, .computing: return true
        case .spent, .final, .refused: return false
        }
    }

    /// Why ``isExhausted(_:)`` is so.
    var exhaustion: String { "the study's \(plan.maximumReleaseCount ?? 0) releases of a task are made" }

    /// Marks a task as spent and says so.
    mutating func spend(_ index: Int, reason: String) {
        guard markSpent(index, reason: reason), isConnected, isJoined else { return }
        actions.append(.send(.spent(task: tasks[index].name)))
    }

    /// Marks a task as spent; returns whether it newly waits for its final column alone.
    @discardableResult
    mutating func markSpent(_ index: Int, reason: String) -> Bool {
        guard !tasks[index].isOver, !tasks[index].isSpent else { return false }
        tasks[index].isSpent = true
        actions.append(.note(.spent(tasks[index].name, reason: reason)))
        if case .final = tasks[index].activity { return false }
        tasks[index].rest()
        return true
    }

    /// Drops the pending update that the ledger did not charge; its number is not used again.
    mutating func releaseRefused(_ task: TaskName, reason: String) {
        guard let index = taskIndices[task], !tasks[index].isOver else { return }
        dropPending(index)
        noteState(of: index)
        spend(index, reason: reason)
        fillReads()
    }
}
