internal import ReleaseEncoding

extension SiteMachine {
    mutating func welcome(_ welcome: Welcome) {
        let isNew = instance != nil && instance != welcome.instance
        if instance != welcome.instance {
            instance = welcome.instance
            changes.append(.instance(welcome.instance))
        }
        if isNew, startOver() {
            // Numbers that were sent to the old state are burnt: say so before anything new is sent.
            sendJoin()
            return
        }
        if takeBackWhatIsNewer(than: welcome.tasks, isNewState: isNew) {
            sendJoin()
            return
        }
        isJoined = true
        for task in welcome.tasks {
            guard let index = taskIndices[task.name] else { continue }
            synchronize(index, nextSequence: task.nextSequence, isNewState: isNew)
            tasks[index].awaitedSequence = task.isAwaited ? task.nextSequence : 0
        }
        actions.append(.note(.joined(taskCount: welcome.tasks.count)))
        for index in tasks.indices where isExhausted(index) { markSpent(index, reason: exhaustion) }
        for index in tasks.indices {
            // Before `fetched`: what is answered first cannot be missed.
            if tasks[index].pending?.isSent == false { resend(index) }
            if case .final(isKept: true, isReleased: false) = tasks[index].activity { sendFetched(index) }
            if case .refused = tasks[index].activity {
                // Given up while there was no connection to say so on.
                actions.append(.send(.abandoned(task: tasks[index].name)))
            }
            // The join took it back.
            if case .spent = tasks[index].activity { actions.append(.send(.spent(task: tasks[index].name))) }
        }
        fillReads()
    }

    /// Drops what only the aggregator's old state could answer; returns whether a number was burnt.
    mutating func startOver() -> Bool {
        actions.append(.note(.newInstance))
        var isBurnt = false
        for index in tasks.indices {
            isBurnt = isBurnt || tasks[index].pending != nil
            tasks[index].dropPending()
            tasks[index].updateReference = Reference(dimension: plan.dimension)
            noteState(of: index)
            switch tasks[index].activity {
            case .final(_, isReleased: false):
                // A result that the old state did not release is not the new one's.
                tasks[index].rest()
                tasks[index].isFetchedSent = false
            case .computing(let version, _):
                // Its column was the old state's: the step will be thrown away.
                tasks[index].activity = .computing(version: version, sequence: 0)
            default:
                break
            }
        }
        return isBurnt
    }

    /// Drops what the aggregator's older state of a task cannot know; returns whether a number was burnt.
    ///
    /// It would refuse each of these updates, one after the other. That a state is older is said of one that is not new,
    /// and of tasks whose numbers it once had: a number that was burnt here is not missing there.
    private mutating func takeBackWhatIsNewer(than welcomed: [Welcome.Task], isNewState: Bool) -> Bool {
        var isBurnt = false
        var olderCount = 0
        for task in welcomed {
            guard let index = taskIndices[task.name] else { continue }
            let wasBurnt = tasks[index].isNumberBurnt
            if task.nextSequence >= tasks[index].lowestSequence { tasks[index].isNumberBurnt = false }
            guard task.isNumberTaken else { continue }
            if !wasBurnt, !isNewState { olderCount += 1 }
            isBurnt = isBurnt || tasks[index].pending != nil
            tasks[index].dropPending()
            tasks[index].updateReference = Reference(dimension: plan.dimension)
            if case .computing(let version, _) = tasks[index].activity {
                tasks[index].activity = .computing(version: version, sequence: 0)
            }
            noteState(of: index)
        }
        if olderCount > 0 { actions.append(.note(.olderState(taskCount: olderCount))) }
        return isBurnt
    }

    /// Takes the aggregator's word on a task's counter.
    mutating func synchronize(_ index: Int, nextSequence: UInt64, isNewState: Bool) {
        if let pending = tasks[index].pending {
            // Its own number: not applied. The one after: applied, and the acceptance was lost; the resent bytes
            // are answered with the stored acceptance. Anything else belongs to another history.
            let sequence = pending.update.sequence
            if nextSequence == sequence || nextSequence == sequence + 1 { return }
            tasks[index].pending = nil
            tasks[index].updateReference = Reference(dimension: plan.dimension)
        }
        if case .computing(let version, let sequence) = tasks[index].activity, sequence != nextSequence {
            // The column that it computes from is not the aggregator's newest read any more.
            tasks[index].activity = .computing(version: version, sequence: 0)
        }
        let known = tasks[index].nextSequence
        // A lower number would let a private task make more releases than the study has: columns of it are refused.
        if plan.isPrivate, nextSequence < known { return }
        if known != nextSequence {
            // The first number is 1: a task without a state and without updates is a beginning.
            if nextSequence > max(known, 1) {
                let name = tasks[index].name
                actions.append(
                    .note(
                        isNewState
                            ? .sequenceMoved(name, from: known, to: nextSequence)
                            : .journalBehind(name, missing: nextSequence - max(known, 1))))
                tasks[index].updateReference = Reference(dimension: plan.dimension)
            }
            tasks[index].nextSequence = nextSequence
            noteState(of: index)
        }
    }

    mutating func resend(_ index: Int) {
        guard var pending = tasks[index].pending else { return }
        pending.isSent = true
        pending.update.next = nextRead(after: index)
        tasks[index].pending = pending
        actions.append(.note(.resent(tasks[index].name, sequence: pending.update.sequence)))
        send(pending.update)
    }
}
