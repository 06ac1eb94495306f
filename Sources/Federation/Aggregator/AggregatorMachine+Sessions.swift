internal import ReleaseEncoding

extension AggregatorMachine {
    /// Checks the study and every task, takes the higher sequence numbers, and welcomes the site.
    mutating func join(
        _ request: JoinRequest, connection: ConnectionIdentifier, at now: Duration
    ) throws {
        guard let site = sessions[connection]?.site else { return }
        guard let indices = admit(request, connection: connection) else { return }
        if sessions[connection]?.isJoined == true {
            guard countFault(of: connection) else { return }
        }

        // One live session per site: the newest wins.
        for other in sessions.keys.sorted() where other != connection && sessions[other]?.site == site {
            sessions[other] = nil
            closing[other] = site
            dropWaiting(of: other)
            actions.append(.close(other, .superseded))
        }
        sessions[connection]?.isJoined = true
        sessions[connection]?.outstandingReads = []
        sessions[connection]?.spentTasks = []
        barrier?.joined(site, at: now)
        if awaitsEta { etaStart = etaStart ?? now }

        var tasks: [Welcome.Task] = []
        for (task, index) in zip(request.tasks, indices) {
            barrier?.absent.remove(index)
            if state.tasks[index].isAbandoned {
                setAbandoned(index, false)
                note(.resumed(task.name))
            }
            // The site says so again after the welcome, unless more is granted by now.
            if state.tasks[index].isSpent, case .running = state.phase { setSpent(index, false) }
            let expected = state.tasks[index].nextSequence
            // One less is an update whose acceptance was lost.
            if task.nextSequence + 1 < expected {
                note(.siteBehind(task.name, expected: expected, joined: task.nextSequence))
            }
            let isNumberTaken = task.nextSequence > expected
            if plan.choosesEta, state.tasks[index].lipschitzConstant != task.lipschitzConstant {
                state.tasks[index].lipschitzConstant = task.lipschitzConstant
                commit(record: index)
            }
            if isNumberTaken {
                state.tasks[index].nextSequence = task.nextSequence
                state.tasks[index].issued = nil
                note(.sequenceGap(task.name, expected: expected, taken: task.nextSequence))
                commit(record: index)
            }
            tasks.append(
                Welcome.Task(
                    name: task.name, nextSequence: state.tasks[index].nextSequence,
                    isNumberTaken: isNumberTaken, isAwaited: barrier?.hasArrived(index) == false))
        }
        note(.joined(site, taskCount: indices.count))
        actions.append(.send(connection, .welcome(Welcome(instance: state.instance, tasks: tasks))))
        if let head = request.ledgerHead { countersign(head, connection: connection) }
        try chooseEta(at: now)
    }

    /// Returns the indices of the request's tasks, or refuses the request.
    private mutating func admit(_ request: JoinRequest, connection: ConnectionIdentifier) -> [Int]? {
        guard request.study == plan.name else {
            refuse(
                connection,
                Refusal(
                    .unknownStudy,
                    message: "this aggregator runs the study '\(plan.name)', not '\(request.study)'"))
            return nil
        }
        guard request.studyDigest == plan.digest else {
            refuse(
                connection,
                Refusal(
                    .studyMismatch,
                    message: "your settings of the study '\(plan.name)' differ from the aggregator's; "
                        + "compare `atoll study check` on both sides and use the same study file"))
            return nil
        }
        var indices: [Int] = []
        for task in request.tasks {
            guard let index = ownTask(task.name, connection: connection) else { return nil }
            guard task.dimension == plan.dimension else {
                refuse(
                    connection,
                    Refusal(
                        .wrongDimension, task: task.name,
                        message: "task '\(task.name)' has \(task.dimension) model rows, "
                            + "the study \(plan.dimension)"))
                return nil
            }
            guard task.nextSequence <= FederationLimits.maximumSequence else {
                refuse(
                    connection,
                    Refusal(
                        .sequence, task: task.name, sequence: task.nextSequence,
                        message: "sequence \(task.nextSequence) is above the bound "
                            + "\(FederationLimits.maximumSequence)"))
                return nil
            }
            guard requireConstant(of: task, connection: connection) else { return nil }
            indices.append(index)
        }
        guard !indices.isEmpty, Set(indices).count == indices.count else {
            refuse(
                connection,
                Refusal(.malformed, message: "a join names at least one task, and each task once"))
            return nil
        }
        return admitHead(request.ledgerHead, connection: connection) ? indices : nil
    }

    private mutating func dropWaiting(of connection: ConnectionIdentifier) {
        barrier?.dropWaiting(of: connection)
        etaReads = etaReads.filter { $0.value.connection != connection }
    }

    mutating func leave(_ connection: ConnectionIdentifier) {
        guard let session = sessions.removeValue(forKey: connection) else { return }
        dropWaiting(of: connection)
        if session.isJoined { note(.left(session.site)) }
    }

    /// Takes the sites that have a key at the start.
    mutating func listKeys(_ sites: Set<SiteName>, at now: Duration) throws {
        var known = Set(state.hasKey.keys)
        // A state of a version that kept no keys tells at least who was heard.
        for (task, record) in zip(plan.tasks, state.tasks) where record.wasHeard { known.insert(task.owner) }
        for site in sites.sorted() { authorize(site) }
        for site in known.subtracting(sites).sorted() { try revoke(site, at: now) }
    }

    mutating func authorize(_ site: SiteName) {
        let wasRevoked = isRevoked(site)
        setKey(of: site, true)
        if wasRevoked, freezeOrThaw(site) { note(.keyReturned(site)) }
    }

    mutating func revoke(_ site: SiteName, at now: Duration) throws {
        setKey(of: site, false)
        if freezeOrThaw(site) { note(.keyRemoved(site)) }
        barrier?.stopAwaiting(site, at: now)
        for connection in sessions.keys.sorted() where sessions[connection]?.site == site {
            shutOut(connection, of: site)
        }
        // Nobody waits for it: neither eta, nor a round, nor the end.
        try goOnWithoutTasks(at: now)
    }

    /// Ends the session of a removed key.
    mutating func shutOut(_ connection: ConnectionIdentifier, of site: SiteName) {
        leave(connection)
        closing[connection] = site
        actions.append(.close(connection, .revoked))
    }

    /// Does what was waiting for tasks that are frozen by now.
    mutating func goOnWithoutTasks(at now: Duration) throws {
        try chooseEta(at: now)
        try passBarrierIfComplete(at: now)
        try stopIfSpent()
        try stopIfDue()
    }

    private mutating func setKey(of site: SiteName, _ isPresent: Bool) {
        guard state.hasKey[site] != isPresent else { return }
        state.hasKey[site] = isPresent
        actions.append(.commit(Transaction(progress: state.progress, key: (site, isPresent))))
    }

    /// Freezes or thaws the columns of a site; returns whether it has any.
    private mutating func freezeOrThaw(_ site: SiteName) -> Bool {
        var isOwner = false
        for index in plan.tasks.indices where plan.tasks[index].owner == site {
            convergence.setFrozen(index, isFrozen(index))
            isOwner = true
        }
        return isOwner
    }

    /// Notes that the owner gave a task up: nobody waits for it, neither a round nor the end.
    mutating func abandon(_ task: TaskName, connection: ConnectionIdentifier, at now: Duration) throws {
        guard let index = ownTask(task, connection: connection), !state.tasks[index].isAbandoned else {
            return
        }
        setAbandoned(index, true)
        note(.abandoned(task))
        // Every resumption follows one of these, so that resumptions are bounded with them.
        countFault(of: connection)
        try goOnWithoutTasks(at: now)
    }

    private mutating func setAbandoned(_ index: Int, _ isAbandoned: Bool) {
        state.tasks[index].isAbandoned = isAbandoned
        convergence.setFrozen(index, isFrozen(index))
        commit(record: index)
    }

    /// Whether a task's column stays as it is: its owner's key was removed, or its owner gave it up, or sends no more.
    func isFrozen(_ index: Int) -> Bool { isGivenUp(index) || state.tasks[index].isSpent }

    /// Whether nobody will fetch a task's final column: its owner's key was removed, or its owner gave it up.
    func isGivenUp(_ index: Int) -> Bool {
        isRevoked(plan.tasks[index].owner) || state.tasks[index].isAbandoned
    }

    func isRevoked(_ site: SiteName) -> Bool { state.hasKey[site] == false }
}
