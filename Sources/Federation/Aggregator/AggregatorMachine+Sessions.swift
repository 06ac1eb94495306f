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
            barrier?.dropWaiting(of: other)
            actions.append(.close(other))
        }
        sessions[connection]?.isJoined = true
        sessions[connection]?.outstandingReads = []
        barrier?.begin(at: now)

        for (task, index) in zip(request.tasks, indices) {
            barrier?.absent.remove(index)
            if state.tasks[index].isAbandoned {
                setAbandoned(index, false)
                note(.resumed(task.name))
            }
            let expected = state.tasks[index].nextSequence
            // One less is an update whose acceptance was lost; 0 is a site without state.
            if task.nextSequence != 0, task.nextSequence + 1 < expected {
                note(.siteBehind(task.name, expected: expected, joined: task.nextSequence))
            }
            if task.nextSequence > expected {
                state.tasks[index].nextSequence = task.nextSequence
                state.tasks[index].issued = nil
                note(.sequenceGap(task.name, expected: expected, taken: task.nextSequence))
                commit(record: index)
            }
        }
        note(.joined(site, taskCount: indices.count))
        let tasks = indices.map {
            Welcome.Task(name: plan.tasks[$0].name, nextSequence: state.tasks[$0].nextSequence)
        }
        actions.append(.send(connection, .welcome(Welcome(instance: state.instance, tasks: tasks))))
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
            indices.append(index)
        }
        guard !indices.isEmpty, Set(indices).count == indices.count else {
            refuse(
                connection,
                Refusal(.malformed, message: "a join names at least one task, and each task once"))
            return nil
        }
        return indices
    }

    mutating func leave(_ connection: ConnectionIdentifier) {
        guard let session = sessions.removeValue(forKey: connection) else { return }
        barrier?.dropWaiting(of: connection)
        if session.isJoined { note(.left(session.site)) }
    }

    mutating func revoke(_ site: SiteName, at now: Duration) throws {
        setRevoked(site, true)
        for connection in sessions.keys.sorted() where sessions[connection]?.site == site {
            leave(connection)
            closing[connection] = site
            actions.append(.close(connection))
        }
        // Nobody waits for it: neither a round nor the end.
        try passBarrierIfComplete(at: now)
        try stopIfDue()
    }

    /// Freezes or thaws the columns of a site.
    mutating func setRevoked(_ site: SiteName, _ isRevoked: Bool) {
        if isRevoked { revoked.insert(site) } else { revoked.remove(site) }
        for index in plan.tasks.indices where plan.tasks[index].owner == site {
            convergence.setFrozen(index, isFrozen(index))
        }
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
        try passBarrierIfComplete(at: now)
        try stopIfDue()
    }

    private mutating func setAbandoned(_ index: Int, _ isAbandoned: Bool) {
        state.tasks[index].isAbandoned = isAbandoned
        convergence.setFrozen(index, isFrozen(index))
        commit(record: index)
    }

    /// Whether a task's column stays as it is: its owner's key was removed, or its owner gave it up.
    func isFrozen(_ index: Int) -> Bool {
        revoked.contains(plan.tasks[index].owner) || state.tasks[index].isAbandoned
    }
}
