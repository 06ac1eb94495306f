internal import ReleaseEncoding

/// A site's side of the protocol: one event in, actions out; no input or output, clock or logger.
///
/// It keeps up to `readsInFlight` exchanges going and takes its tasks in turn. Each update names the task that is
/// computed next, so that its column is computed when it is needed. Nothing here needs to outlive the process: a
/// site that lost its state joins, and takes sequence numbers and full columns from the answer.
package struct SiteMachine: Sendable {
    private let plan: StudyPlan
    private let readsInFlight: Int
    private var tasks: [SiteTask]
    private let taskIndices: [TaskName: Int]
    /// Where the search for the next idle task begins.
    private var cursor = 0
    private var isConnected = false
    private var isJoined = false
    private var instance: InstanceIdentifier?
    private var isDone = false
    private var actions: [SiteAction] = []

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

    private mutating func sendJoin() {
        isJoined = false
        let request = JoinRequest(
            study: plan.name, studyDigest: plan.digest,
            tasks: tasks.filter { !$0.isOver }.map {
                JoinRequest.Task(name: $0.name, dimension: plan.dimension, nextSequence: $0.lowestSequence)
            })
        if !request.tasks.isEmpty { actions.append(.send(.join(request))) }
    }

    private mutating func disconnect() {
        isConnected = false
        isJoined = false
        for index in tasks.indices {
            if tasks[index].activity == .reading { tasks[index].activity = .idle }
            tasks[index].pending?.isSent = false
        }
    }

    private mutating func receive(_ message: AggregatorMessage) {
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

// MARK: - Joining

extension SiteMachine {
    private mutating func welcome(_ welcome: Welcome) {
        let isNew = instance != nil && instance != welcome.instance
        instance = welcome.instance
        if isNew, startOver() {
            // Numbers that were sent to the old state are burnt: say so before anything new is sent.
            sendJoin()
            return
        }
        isJoined = true
        for task in welcome.tasks {
            guard let index = taskIndices[task.name] else { continue }
            synchronize(index, nextSequence: task.nextSequence)
        }
        actions.append(.note(.joined(taskCount: welcome.tasks.count)))
        for index in tasks.indices {
            if case .final(isKept: true, isReleased: false) = tasks[index].activity {
                actions.append(.send(.fetched(task: tasks[index].name)))
            }
            if tasks[index].pending?.isSent == false { resend(index) }
        }
        fillReads()
    }

    /// Drops what only the aggregator's old state could answer; returns whether a number was burnt.
    private mutating func startOver() -> Bool {
        actions.append(.note(.newInstance))
        var isBurnt = false
        for index in tasks.indices {
            isBurnt = isBurnt || tasks[index].pending != nil
            tasks[index].pending = nil
            tasks[index].updateReference = Reference(dimension: plan.dimension)
            // A result that the old state did not release is not the new one's.
            if case .final(_, isReleased: false) = tasks[index].activity { tasks[index].activity = .idle }
        }
        return isBurnt
    }

    /// Takes the aggregator's word on a task's counter.
    private mutating func synchronize(_ index: Int, nextSequence: UInt64) {
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
        if known != nextSequence {
            if known != 0 {
                actions.append(.note(.sequenceMoved(tasks[index].name, from: known, to: nextSequence)))
                tasks[index].updateReference = Reference(dimension: plan.dimension)
            }
            tasks[index].nextSequence = nextSequence
        }
    }

    private mutating func resend(_ index: Int) {
        guard var pending = tasks[index].pending else { return }
        pending.isSent = true
        pending.update.next = nextRead(after: index)
        tasks[index].pending = pending
        actions.append(.note(.resent(tasks[index].name, sequence: pending.update.sequence)))
        actions.append(.send(.update(pending.update)))
    }
}

// MARK: - Exchanges

extension SiteMachine {
    private var readCount: Int {
        tasks.count {
            switch $0.activity {
            case .reading, .computing: true
            default: false
            }
        }
    }

    /// Starts reads until the number in flight is reached.
    private mutating func fillReads() {
        guard isConnected, isJoined else { return }
        while readCount < readsInFlight, let index = nextIdle() {
            tasks[index].activity = .reading
            actions.append(
                .send(
                    .read(ReadRequest(task: tasks[index].name, reference: tasks[index].columnReference.hash)))
            )
        }
    }

    /// The next task in turn that may be read.
    private mutating func nextIdle() -> Int? {
        for offset in 0..<tasks.count {
            let index = (cursor + offset) % tasks.count
            if tasks[index].isIdle {
                cursor = (index + 1) % tasks.count
                return index
            }
        }
        return nil
    }

    /// The read that goes with an update of `index`: of the next task in turn, or of the same one again.
    private mutating func nextRead(after index: Int) -> ReadRequest? {
        guard readCount < readsInFlight else { return nil }
        let next = nextIdle() ?? (tasks[index].activity == .idle ? index : nil)
        guard let next else { return nil }
        tasks[next].activity = .reading
        return ReadRequest(task: tasks[next].name, reference: tasks[next].columnReference.hash)
    }

    private mutating func receive(_ column: Column) {
        guard let index = taskIndices[column.task], tasks[index].activity == .reading else { return }
        guard tasks[index].pending == nil, column.sequence == tasks[index].nextSequence else {
            let message =
                "a column for sequence \(column.sequence) where \(tasks[index].nextSequence) is next"
            recover(index, from: Refusal(.sequence, task: column.task, message: message))
            return
        }
        do {
            let decoded = try ReleaseCodec.decode(
                column.release, reference: tasks[index].columnReference, dimension: plan.dimension)
            tasks[index].columnReference = decoded
            tasks[index].activity = .computing(version: column.version, sequence: column.sequence)
            actions.append(.compute(task: column.task, column: decoded.value))
        } catch {
            recover(index, from: Refusal(.malformed, task: column.task, message: "the column: \(error)"))
        }
    }

    private mutating func computed(_ task: TaskName, _ step: LocalStep) {
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
                "task '\(task)': the computed step cannot be sent (\(error)); is eta below 2/L of this data?"
            let refusal = Refusal(.nonFinite, task: task, sequence: sequence, message: message)
            actions.append(.note(.refused(refusal)))
            giveUp(index, refusal)
            fillReads()
            return
        }
        tasks[index].pending = SiteTask.PendingUpdate(
            update: Update(
                task: task, sequence: sequence, columnVersion: version,
                columnReference: tasks[index].columnReference.hash, release: encoded.release, next: nil,
                loss: plan.reportsLoss ? step.loss : nil),
            next: encoded.next, isSent: false)
        tasks[index].nextSequence = sequence + 1
        guard isConnected, isJoined, let next = prepareRead(after: index) else { return }
        actions.append(.send(.update(next)))
    }

    /// Marks the pending update as sent and names its read.
    private mutating func prepareRead(after index: Int) -> Update? {
        let next = nextRead(after: index)
        tasks[index].pending?.isSent = true
        tasks[index].pending?.update.next = next
        return tasks[index].pending?.update
    }

    private mutating func accept(_ acceptance: Acceptance) {
        guard let index = taskIndices[acceptance.task], let pending = tasks[index].pending,
            pending.update.sequence == acceptance.sequence
        else { return }
        tasks[index].pending = nil
        tasks[index].updateReference = pending.next
        tasks[index].consecutiveRefusals = 0
        actions.append(.accepted(acceptance))
        fillReads()
    }
}

// MARK: - Refusals and the end

extension SiteMachine {
    private mutating func refused(_ refusal: Refusal) {
        actions.append(.note(.refused(refusal)))
        switch refusal.code {
        case .unavailable:
            actions.append(.reconnect)
        case .unknownReference, .staleRead, .sequence, .notJoined, .tooManyReads:
            guard let task = refusal.task, let index = taskIndices[task] else {
                sendJoin()
                return
            }
            recover(index, from: refusal)
        case .malformed, .oversized, .unknownStudy, .studyMismatch, .unknownTask, .foreignTask,
            .wrongDimension, .nonFinite, .normBound, .studyEnded:
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

    /// Starts a task over from full values, under a new number, unless it was refused too often in a row.
    private mutating func recover(_ index: Int, from refusal: Refusal) {
        tasks[index].consecutiveRefusals += 1
        guard tasks[index].consecutiveRefusals < FederationLimits.maximumConsecutiveRefusals else {
            giveUp(index, refusal)
            fillReads()
            return
        }
        dropPending(index)
        tasks[index].columnReference = Reference(dimension: plan.dimension)
        tasks[index].updateReference = Reference(dimension: plan.dimension)
        tasks[index].activity = .idle
        sendJoin()
    }

    private mutating func giveUp(_ index: Int, _ refusal: Refusal) {
        guard !tasks[index].isOver else { return }
        dropPending(index)
        tasks[index].activity = .refused(refusal)
    }

    /// Forgets a refused update, and the read that went with it, which was not looked at.
    private mutating func dropPending(_ index: Int) {
        if let next = tasks[index].pending?.update.next?.task, let nextIndex = taskIndices[next],
            tasks[nextIndex].activity == .reading
        {
            tasks[nextIndex].activity = .idle
        }
        tasks[index].pending = nil
    }

    private mutating func receive(_ column: FinalColumn) {
        guard let index = taskIndices[column.task] else { return }
        switch tasks[index].activity {
        case .refused:
            return
        case .final(let isKept, _):
            if isKept { actions.append(.send(.fetched(task: column.task))) }
            return
        case .idle, .reading, .computing:
            break
        }
        do {
            let decoded = try ReleaseCodec.decode(
                column.release, reference: Reference(dimension: plan.dimension), dimension: plan.dimension)
            tasks[index].pending = nil
            tasks[index].activity = .final(isKept: false, isReleased: false)
            actions.append(
                .keep(FinalModel(task: column.task, version: column.version, weights: decoded.value)))
            fillReads()
        } catch {
            giveUp(index, Refusal(.malformed, task: column.task, message: "the final column: \(error)"))
        }
    }

    private mutating func kept(_ task: TaskName) {
        guard let index = taskIndices[task], case .final(_, let isReleased) = tasks[index].activity else {
            return
        }
        tasks[index].activity = .final(isKept: true, isReleased: isReleased)
        if isConnected, isJoined { actions.append(.send(.fetched(task: task))) }
    }

    private mutating func finishIfOver() {
        guard !isDone, tasks.allSatisfy(\.isOver) else { return }
        isDone = true
        let refusals = tasks.compactMap { task -> Refusal? in
            if case .refused(let refusal) = task.activity { refusal } else { nil }
        }
        actions.append(.done(refusals.isEmpty ? .complete : .incomplete(refusals)))
    }
}
