internal import LinearAlgebra
internal import MultiTaskLearning
internal import ReleaseEncoding
internal import Sodium

extension AggregatorMachine {
    /// Applies an update exactly once, or answers a duplicate, or refuses with a type; then answers its read.
    mutating func update(_ update: Update, connection: ConnectionIdentifier, at now: Duration) throws {
        guard let index = ownTask(update.task, opened: update, connection: connection) else {
            return
        }
        let releaseHash = Blake2b.hash(update.release)
        let answer = state.tasks[index].lastAnswer.flatMap { answer in
            answer.acceptance.sequence == update.sequence && answer.releaseHash == releaseHash ? answer : nil
        }
        if let answer {
            note(.duplicate(update.task, sequence: update.sequence))
            actions.append(.send(connection, .acceptance(answer.acceptance)))
            guard countFault(of: connection) else { return }
        }
        guard case .running = state.phase else {
            if answer == nil, let site = sessions[connection]?.site {
                commitReceipt(of: update, from: site, code: .studyEnded)
            }
            try answerAfterEnd(index, connection: connection)
            if let next = update.next, next.task != update.task {
                try read(next, connection: connection, at: now)
            }
            return
        }
        if answer == nil {
            guard let next = accept(update, index: index, connection: connection),
                try apply(
                    next, of: update, index: index, releaseHash: releaseHash, connection: connection, at: now)
            else {
                // The read that it answers is answered, if not well.
                sessions[connection]?.outstandingReads.remove(index)
                return
            }
        }
        guard case .running = state.phase else { return }
        if let request = update.next { try read(request, connection: connection, at: now) }
        try passBarrierIfComplete(at: now)
    }

    /// Decodes and checks an update; returns the new reference of its direction, or refuses.
    private mutating func accept(
        _ update: Update, index: Int, connection: ConnectionIdentifier
    ) -> Reference? {
        let record = state.tasks[index]
        func refusal(_ code: Refusal.Code, _ message: String) -> Refusal {
            Refusal(code, task: update.task, sequence: update.sequence, message: message)
        }
        guard update.loss == nil || plan.reportsLoss else {
            refuse(
                connection,
                refusal(
                    .malformed,
                    "task '\(update.task)': the update carries a loss, which the study does not let sites report"
                ),
                opened: update)
            return nil
        }
        guard update.sequence == record.nextSequence else {
            refuse(
                connection,
                refusal(
                    .sequence,
                    "task '\(update.task)': sequence \(update.sequence) is not the expected "
                        + "\(record.nextSequence); join again"), opened: update)
            return nil
        }
        guard let issued = record.issued, issued.sequence == update.sequence,
            issued.version == update.columnVersion, issued.reference == update.columnReference
        else {
            refuse(
                connection,
                refusal(
                    .staleRead,
                    "task '\(update.task)': sequence \(update.sequence) was not computed from the newest "
                        + "column of this task; read it again"), opened: update)
            return nil
        }
        let byteCountLimit = ReleaseCodec.maximumReleaseByteCount(dimension: plan.dimension)
        guard update.release.count <= byteCountLimit else {
            refuse(
                connection,
                refusal(
                    .oversized,
                    "task '\(update.task)': \(update.release.count) bytes; the bound is \(byteCountLimit)"),
                opened: update)
            return nil
        }
        let decoded: Reference
        do {
            decoded = try ReleaseCodec.decode(
                update.release, reference: record.updateReference, dimension: plan.dimension)
        } catch {
            refuse(
                connection, refusal(Refusal.Code(decoding: error), "task '\(update.task)': \(error)"),
                opened: update)
            return nil
        }
        return decoded
    }

    /// Takes the step; refuses an update, or a column after it, beyond the norm bound, and returns false.
    ///
    /// A relaxation of at most 1 keeps the column between two vectors within the bound; AMTL's published dynamic
    /// policy exceeds 1, and updates that turn to and fro would then grow the column without limit.
    private mutating func apply(
        _ decoded: Reference, of update: Update, index: Int, releaseHash: [UInt8],
        connection: ConnectionIdentifier, at now: Duration
    ) throws -> Bool {
        guard let issued = state.tasks[index].issued else { return false }
        let current = barrier?.roundVersion ?? state.version
        let staleness = current > issued.version ? current - issued.version : 0
        let delay = max((now - issued.time).seconds, 0)
        var delays = state.tasks[index].recentDelays + [delay]
        delays.removeFirst(max(delays.count - FederationLimits.recentDelayCount, 0))
        let step = step(
            of: index, to: decoded.value, issued: issued,
            delay: UpdateDelay(
                recentSeconds: delays, staleness: staleness,
                largestStaleness: max(staleness, state.progress.statistics.stalenessMaximum),
                recentRelaxation: state.progress.method.relaxationSum - issued.relaxationSum,
                taskUpdateCount: update.sequence - 1))
        guard Vector.norm(decoded.value, squared: step.squaredAnswer) <= plan.normBound else {
            refuse(
                connection,
                Refusal(
                    .normBound, task: update.task, sequence: update.sequence,
                    message: "task '\(update.task)': the update's Euclidean norm exceeds norm_bound = "
                        + "\(plan.normBound); scale the data or agree on a larger bound"), opened: update)
            return false
        }
        guard Vector.norm(step.column, squared: step.squaredColumn) <= plan.normBound else {
            refuse(
                connection,
                Refusal(
                    .normBound, task: update.task, sequence: update.sequence,
                    message:
                        "task '\(update.task)': with relaxation \(step.relaxation) the column's Euclidean norm would "
                        + "exceed norm_bound = \(plan.normBound); agree on a smaller relaxation or a larger bound"
                ), opened: update)
            return false
        }
        iterate.setColumn(index, to: step.column)
        state.progress.version += 1
        convergence.update(
            index, squaredResidual: step.squaredResidual,
            squaredNorm: rule == nil ? step.squaredColumn : step.squaredAnswer,
            version: state.version, tolerance: plan.stoppingRule.residualTolerance)

        let acceptance = Acceptance(
            task: update.task, sequence: update.sequence, version: state.version, staleness: staleness,
            relaxation: step.relaxation)
        state.tasks[index].nextSequence = update.sequence + 1
        state.tasks[index].updateReference = decoded
        state.tasks[index].issued = nil
        state.tasks[index].lastAnswer = TaskRecord.Answer(acceptance: acceptance, releaseHash: releaseHash)
        state.tasks[index].recentDelays = delays
        state.tasks[index].lastVersion = state.version
        state.tasks[index].squaredResidual = step.squaredResidual
        if keepsLastSteps { state.tasks[index].lastStep = step.taken }
        if state.tasks[index].isAbandoned || state.tasks[index].isSpent {
            state.tasks[index].isAbandoned = false
            state.tasks[index].isSpent = false
            convergence.setFrozen(index, isFrozen(index))
        }
        if let count = sessions[connection]?.faultCount {
            sessions[connection]?.faultCount = max(count - 1, 0)
        }
        sessions[connection]?.outstandingReads.remove(index)
        barrier?.arrive(index)

        let applied = AppliedUpdate(
            version: state.version, task: update.task, sequence: update.sequence,
            columnVersion: issued.version, staleness: staleness, delay: delay, relaxation: step.relaxation,
            residual: convergence.residual, releaseHash: releaseHash, releaseByteCount: update.release.count,
            release: update.release, loss: plan.reportsLoss ? update.loss : nil, time: now)
        state.progress.statistics.count(applied)
        noteRelaxation(step.relaxation)
        commit(
            record: index, column: step.column, applied: applied,
            methodChange: barrier == nil ? try lookAtGamma() : nil)
        if past != nil {
            let present = present
            past?.append(present)
        }
        actions.append(.send(connection, .acceptance(acceptance)))
        try noteRegularizerValue()
        try stopIfDue()
        return true
    }
}

extension AggregatorMachine {
    /// Tells lambda times the regularizer at the model, at the end of an epoch, where sites report their losses.
    ///
    /// - Complexity: That of one proximal operator, every T updates.
    private mutating func noteRegularizerValue() throws {
        guard plan.reportsLoss, state.version.isMultiple(of: UInt64(plan.tasks.count)), iterate.scale > 0
        else { return }
        let value = plan.lambda * (try plan.regularizer.value(iterate.freshProximal()))
        guard value.isFinite else { return }
        actions.append(.note(.regularizerValue(value, version: state.version)))
    }
}

extension Duration {
    /// The duration in seconds.
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}

extension Refusal.Code {
    /// The refusal that a release's decoding error means to its sender.
    init(decoding error: any Error) {
        self =
            switch (error as? ReleaseEncodingError)?.code {
            case .unknownReference: .unknownReference
            case .wrongDimension: .wrongDimension
            case .nonFinite: .nonFinite
            case .oversized: .oversized
            default: .malformed
            }
    }
}
