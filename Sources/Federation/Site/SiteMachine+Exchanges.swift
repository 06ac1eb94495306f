internal import MultiTaskLearning
internal import ReleaseEncoding

extension SiteMachine {
    var readCount: Int {
        tasks.count {
            switch $0.activity {
            case .reading, .computing: true
            default: false
            }
        }
    }

    /// Starts reads until the number in flight is reached.
    mutating func fillReads() {
        guard isConnected, isJoined else { return }
        while readCount < readsInFlight, let index = nextIdle() {
            tasks[index].activity = .reading
            actions.append(
                .send(
                    .read(ReadRequest(task: tasks[index].name, reference: tasks[index].columnReference.hash)))
            )
        }
    }

    /// Whether the round waits, since the welcome, for the next update of a task that is not read yet.
    private var isAnyAwaited: Bool { tasks.contains(where: \.isAwaited) }

    /// The next task in turn that may be read: of those that the round waits for since the welcome, while there are any.
    ///
    /// Reads of the others wait for the round's end. In turn alone, a lost connection or a new process could leave tasks
    /// behind the cursor whose reads find no place beside such, and the round would wait for its timeout.
    ///
    /// - Complexity: O(tasks).
    mutating func nextIdle() -> Int? {
        let isAnyAwaited = isAnyAwaited
        for offset in 0..<tasks.count {
            let index = (cursor + offset) % tasks.count
            if isExhausted(index) {
                spend(index, reason: exhaustion)
            } else if tasks[index].isIdle, tasks[index].isAwaited || !isAnyAwaited {
                cursor = (index + 1) % tasks.count
                return index
            }
        }
        return nil
    }

    /// The read that goes with an update of `index`: of the next task in turn, or of the same one again.
    mutating func nextRead(after index: Int) -> ReadRequest? {
        guard readCount < readsInFlight else { return nil }
        let isFree = tasks[index].activity == .idle && !hasNoNumberLeft(index)
        guard let next = nextIdle() ?? (isFree && !isAnyAwaited ? index : nil) else { return nil }
        tasks[next].activity = .reading
        return ReadRequest(task: tasks[next].name, reference: tasks[next].columnReference.hash)
    }

    mutating func receive(_ column: Column) {
        guard let index = taskIndices[column.task], tasks[index].activity == .reading else { return }
        guard tasks[index].pending == nil, column.sequence == tasks[index].nextSequence else {
            let message =
                "a column for sequence \(column.sequence) where \(tasks[index].nextSequence) is next"
            recover(index, from: Refusal(.sequence, task: column.task, message: message))
            return
        }
        if let fault = scaleFault(of: column) {
            recover(index, from: Refusal(.malformed, task: column.task, message: fault))
            return
        }
        do {
            let decoded = try ReleaseCodec.decode(
                column.release, reference: tasks[index].columnReference, dimension: plan.dimension)
            tasks[index].columnReference = decoded
            changes.append(.column(task: column.task, release: column.release, reference: decoded))
            tasks[index].activity = .computing(version: column.version, sequence: column.sequence)
            actions.append(.compute(task: column.task, column: decoded.value, gamma: column.gamma?.value))
        } catch {
            recover(index, from: Refusal(.malformed, task: column.task, message: "the column: \(error)"))
        }
    }

    /// What is wrong with the scale that came with a column; nil where nothing is.
    private func scaleFault(of column: Column) -> String? {
        guard plan.sendsScale else { return nil }
        guard let scale = column.gamma?.value else {
            return "the column came without \(plan.choosesEta ? "eta" : "gamma")"
        }
        guard let constant = lipschitzConstants[column.task], scale * constant >= 2 else { return nil }
        return "the column came with eta \(scale), and this task's data need it below 2/L = \(2 / constant)"
    }

    mutating func computed(_ task: TaskName, _ step: LocalStep) {
        guard let index = taskIndices[task],
            case .computing(let version, let sequence) = tasks[index].activity
        else { return }
        tasks[index].activity = .idle
        guard sequence == tasks[index].nextSequence else {
            // Joined anew meanwhile, with another counter.
            fillReads()
            return
        }
        let encoded: (release: [UInt8], next: Reference)
        do {
            encoded = try tasks[index].updateReference.release(of: step.update, encoding: plan.encoding)
        } catch {
            let message =
                "task '\(task)': the computed step cannot be sent (\(error)); with backward-forward, is eta below "
                + "2/L of this data?"
            let refusal = Refusal(.nonFinite, task: task, sequence: sequence, message: message)
            actions.append(.note(.refused(refusal)))
            giveUp(index, refusal)
            fillReads()
            return
        }
        let pending = SiteTask.PendingUpdate(
            update: Update(
                task: task, sequence: sequence, columnVersion: version,
                columnReference: tasks[index].columnReference.hash, release: encoded.release, next: nil,
                loss: plan.reportsLoss ? step.loss : nil),
            next: encoded.next, isSent: false)
        tasks[index].pending = pending
        tasks[index].nextSequence = sequence + 1
        changes.append(.update(task: task, pending.state))
        guard isConnected, isJoined, let next = prepareRead(after: index) else { return }
        send(next)
    }

    /// Marks the pending update as sent and names its read.
    mutating func prepareRead(after index: Int) -> Update? {
        let next = nextRead(after: index)
        tasks[index].pending?.isSent = true
        tasks[index].pending?.update.next = next
        return tasks[index].pending?.update
    }

    mutating func accept(_ acceptance: Acceptance) {
        guard let index = taskIndices[acceptance.task], let pending = tasks[index].pending,
            pending.update.sequence == acceptance.sequence
        else { return }
        tasks[index].pending = nil
        tasks[index].updateReference = pending.next
        tasks[index].consecutiveRefusals = 0
        changes.append(.accepted(task: acceptance.task, sequence: acceptance.sequence))
        actions.append(.accepted(acceptance))
        if isExhausted(index) { spend(index, reason: exhaustion) }
        fillReads()
    }
}
