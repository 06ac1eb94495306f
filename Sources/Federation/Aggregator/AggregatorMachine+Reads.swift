internal import LinearAlgebra
internal import MultiTaskLearning
internal import ReleaseEncoding

extension AggregatorMachine {
    /// Answers a read with the task's column, now or at the end of the round.
    mutating func read(
        _ request: ReadRequest, connection: ConnectionIdentifier, at now: Duration
    ) throws {
        guard let index = ownTask(request.task, connection: connection) else { return }
        guard case .running = state.phase else {
            try answerAfterEnd(index, connection: connection)
            return
        }
        guard let session = sessions[connection] else { return }
        guard !session.outstandingReads.contains(index) else {
            refuse(
                connection,
                Refusal(
                    .tooManyReads, task: request.task,
                    message:
                        "task '\(request.task)' has a read outstanding on this connection; answer it, or join "
                        + "again"))
            return
        }
        guard session.outstandingReads.count < FederationLimits.maximumReadsPerConnection else {
            refuse(
                connection,
                Refusal(
                    .tooManyReads, task: request.task,
                    message: "\(session.outstandingReads.count) reads are outstanding on this connection; "
                        + "the bound is \(FederationLimits.maximumReadsPerConnection)"))
            return
        }
        sessions[connection]?.outstandingReads.insert(index)
        barrier?.absent.remove(index)
        if awaitsEta {
            etaReads[index] = BarrierState.WaitingRead(connection: connection, reference: request.reference)
        } else if barrier?.hasArrived(index) == true {
            barrier?.wait(index, connection: connection, reference: request.reference)
        } else {
            try issue(index, to: connection, reference: request.reference, at: now)
        }
    }

    /// Sends the task's column as a difference to `reference` where that is what we last sent, else in full.
    mutating func issue(
        _ index: Int, to connection: ConnectionIdentifier, reference: ReferenceHash, at now: Duration
    ) throws {
        let proximal: [Double]
        let version: UInt64
        var gamma = currentGamma
        var relaxationSum = state.progress.method.relaxationSum
        if let aged = try past?.proximalColumn(index) {
            (proximal, version) = (aged.column, aged.version)
            (gamma, relaxationSum) = (aged.past.gamma, aged.past.relaxationSum)
            past?.setOverlapping(index, aged.version < state.tasks[index].lastVersion)
        } else if let barrier {
            proximal = barrier.columns.column(index)
            version = barrier.columnsVersion
        } else {
            proximal = try iterate.proximalColumn(index)
            // The task's own column of V is the current one; the factor's age is what makes the answer stale.
            version = state.version - UInt64(iterate.factorAge)
            relaxationSum = factorRelaxationSum
        }
        let auxiliary = rule == nil ? [] : iterate.matrix.column(index)
        let column = rule == nil ? proximal : DouglasRachford.reflection(of: proximal, v: auxiliary)
        let known = columnReferences[index]
        let encoded =
            if reference == known.hash, reference != .none {
                try known.release(of: column, encoding: plan.encoding)
            } else {
                try ReleaseCodec.encodeFull(column)
            }
        let sequence = state.tasks[index].nextSequence
        columnReferences[index] = encoded.next
        state.tasks[index].issued = TaskRecord.IssuedRead(
            sequence: sequence, version: version, reference: encoded.next.hash, time: now,
            point: rule == nil
                ? [] : DouglasRachford.proximalColumn(reflection: encoded.next.value, v: auxiliary),
            gammaEpoch: gamma?.epoch ?? 0,
            relaxationSum: relaxationSum)
        commit(record: index)
        actions.append(
            .send(
                connection,
                .column(
                    Column(
                        task: plan.tasks[index].name, sequence: sequence, version: version,
                        release: encoded.release, gamma: gamma))))
    }
}
