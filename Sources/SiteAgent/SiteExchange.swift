internal import Federation
internal import LinearAlgebra
internal import Logging
internal import MultiTaskLearning
internal import PrivacyLedger
internal import PrivacyMechanisms
internal import ReleaseEncoding
internal import SiteStorage
internal import Storage

/// Runs a site's state machine and does its local work.
///
/// One caller at a time feeds it events. Steps on local records are computed outside of the actor, so that its
/// ``status`` is told meanwhile, however long they take.
actor SiteExchange {
    /// What one event led to.
    struct Step {
        var messages: [ClearedMessage] = []
        var outcome: SiteOutcome?
        var reconnects = false
        /// What the machine would say, not cleared yet.
        fileprivate var drafts: [SiteMessage] = []
        /// What must be in the journal before the messages are sent.
        fileprivate var changes: [SiteChange] = []
    }

    /// A task's step from a column, with the gamma that came with it.
    typealias Computation =
        @Sendable (inout LocalTask, _ column: [Double], _ gamma: Double?) throws -> LocalStep

    private var tasks: [TaskName: LocalTask]
    private let computation: Computation
    private let journal: SiteJournal?
    private let gate: ReleaseGate
    private let recording: AuditRecording?
    private let recorder: any SiteRecorder
    private let logger: Logger
    private var machine: SiteMachine
    private var isConnected = false
    /// Whether events are being carried out.
    private var isBusy = false
    private var acceptedCount = 0
    /// Updates cleared since the aggregator was last shown the ledger's head.
    private var unseenReleaseCount = 0
    /// The signing key of the aggregator at the other end.
    private var aggregatorKey: [UInt8] = []
    /// Heads that were shown on this connection and not signed yet.
    private var shownHeads: [LedgerHead] = []
    /// Updates that were computed in this process and not cleared yet: any other is a resend.
    private var freshUpdates: [TaskName: UInt64] = [:]

    init(
        machine: SiteMachine, tasks: [TaskName: LocalTask],
        computation: @escaping Computation = { try $0.step(from: $1, gamma: $2) },
        journal: SiteJournal?, gate: ReleaseGate, recording: AuditRecording? = nil,
        recorder: any SiteRecorder, logger: Logger
    ) {
        self.machine = machine
        self.tasks = tasks
        self.computation = computation
        self.journal = journal
        self.gate = gate
        self.recording = recording
        self.recorder = recorder
        self.logger = logger
    }

    /// The state in a few words, for people.
    var status: String {
        "\(isConnected ? "connected" : "not connected"), \(acceptedCount) updates accepted"
    }

    /// - Parameter aggregatorKey: The public signing key of the aggregator that was connected to.
    func connected(aggregatorKey: [UInt8]) async throws -> Step {
        isConnected = true
        self.aggregatorKey = aggregatorKey
        shownHeads.removeAll()
        return try await carryOut([.connected])
    }

    func received(_ messages: [AggregatorMessage]) async throws -> Step {
        for case .headSigned(let head) in messages { try acknowledge(head) }
        return try await carryOut(messages.map { .received($0) })
    }

    func disconnected() async throws {
        isConnected = false
        _ = try await carryOut([.disconnected])
    }

    /// Whether the aggregator was told of every model, and only its answer is missing.
    var awaitsOnlyReleases: Bool { machine.awaitsOnlyReleases }

    /// Ends the study without the aggregator's last word.
    func giveUpReleases() async throws -> SiteOutcome? {
        try await carryOut([.releasesGivenUp]).outcome
    }

    /// Feeds events to the machine, computes what it asks for, and feeds the results back, until it is quiet.
    ///
    /// Release bytes are in the journal before they are charged, and charged before they leave.
    private func carryOut(_ events: [SiteEvent]) async throws -> Step {
        // The actor itself would let a second caller's events in between.
        precondition(!isBusy, "a site's exchange was fed events by two callers at once")
        isBusy = true
        defer { isBusy = false }
        var step = Step()
        var pending = events[...]
        repeat {
            while let event = pending.popFirst() {
                for action in machine.handle(event) {
                    if let result = try await perform(action, &step) { pending.append(result) }
                }
            }
            if let journal, !step.changes.isEmpty {
                // Once the journal knows of an acceptance, nobody will be told of it again.
                try recorder.flushAcceptances()
                try journal.append(step.changes)
                step.changes.removeAll()
            }
            pending = try clear(&step)[...]
        } while !pending.isEmpty
        return step
    }

    /// Keeps the signature of a head that was shown, once: whatever else is signed says nothing of this ledger.
    private func acknowledge(_ signed: CountersignedHead) throws {
        guard let index = shownHeads.firstIndex(of: signed.head) else {
            logger.warning(
                "the aggregator signed a head of the privacy ledger that it was not shown; it is not kept",
                metadata: ["entry": "\(signed.head.sequence)"])
            return
        }
        shownHeads.remove(at: index)
        try gate.acknowledge(signed, by: aggregatorKey)
    }

    /// Lets out what may leave, and returns what the machine must know of the rest.
    private func clear(_ step: inout Step) throws -> [SiteEvent] {
        var refusals: [SiteEvent] = []
        var isResult = false
        for draft in step.drafts {
            var isResend = true
            if case .update(let update) = draft, freshUpdates[update.task] == update.sequence {
                freshUpdates[update.task] = nil
                isResend = false
            }
            switch try gate.decide(draft, instance: machine.instance, isResend: isResend) {
            case .cleared(let message):
                if case .join(let request) = message.message, let head = request.ledgerHead {
                    shownHeads.append(head)
                }
                if case .update(let update) = draft { try record(update) }
                step.messages.append(message)
                switch draft {
                case .update: unseenReleaseCount += 1
                case .join: unseenReleaseCount = 0
                case .fetched: isResult = true
                case .read, .abandoned, .spent, .ledgerHead: break
                }
            case .refused(let task, let reason):
                refusals.append(.releaseRefused(task: task, reason: reason))
            }
        }
        step.drafts.removeAll()
        if unseenReleaseCount >= SiteLimits.releasesPerSignedHead || (isResult && unseenReleaseCount > 0),
            let head = gate.head
        {
            step.messages.append(head)
            if case .ledgerHead(let shown) = head.message { shownHeads.append(shown) }
            unseenReleaseCount = 0
        }
        return refusals
    }

    /// Records a charged update, where an audit is prepared.
    private func record(_ update: Update) throws {
        guard let recording, let instance = machine.instance,
            let state = machine.exchangeState(of: update.task)
        else { return }
        try recording.record(
            update, column: state.column.value, reference: state.update, instance: instance)
    }

    /// Leaves the actor for as long as the computation takes.
    @concurrent private nonisolated func compute(
        _ task: consuming LocalTask, _ column: [Double], _ gamma: Double?
    ) async throws -> (task: LocalTask, step: LocalStep) {
        let step = try computation(&task, column, gamma)
        return (task, step)
    }

    /// Says where Newton's method left more than the study's answers need.
    private func noteInexactness(of step: LocalStep, task: TaskName) {
        // The norm is asked only where the bound may be beyond it: most steps are exact.
        let noted = SiteLimits.notedInexactness
        guard step.errorBound > noted, step.errorBound > noted * max(1, Vector.norm(step.update)) else {
            return
        }
        logger.warning(
            "the proximal step of a task is inexact; scale its features, or agree on a smaller gamma",
            metadata: ["task": "\(task)", "error_bound": "\(step.errorBound)"])
    }

    private func perform(_ action: SiteAction, _ step: inout Step) async throws -> SiteEvent? {
        switch action {
        case .persist(let changes):
            step.changes += changes
        case .send(let message):
            step.drafts.append(message)
        case .compute(let task, let column, let gamma):
            // Before anything is drawn: what the ledger would refuse is not made.
            if let reason = try gate.refusal(
                ofTask: task, version: machine.columnVersion(of: task), instance: machine.instance)
            {
                return .releaseRefused(task: task, reason: reason)
            }
            // Taken out, so that what it keeps is changed in place; an error ends the agent.
            guard let local = tasks.removeValue(forKey: task) else { return nil }
            let (next, result) = try await compute(local, column, gamma)
            tasks[task] = next
            guard !gate.isPrivate || result.randomness == .operatingSystem else {
                preconditionFailure(
                    "a step of a private study is made with the operating system's randomness")
            }
            try recorder.record(loss: result.loss, errorBound: result.errorBound, task: task)
            noteInexactness(of: result, task: task)
            freshUpdates[task] = machine.nextSequence(of: task)
            return .computed(task: task, step: result)
        case .accepted(let acceptance):
            acceptedCount += 1
            try recorder.record(acceptance)
        case .keep(let model):
            try recorder.keep(model)
            return .kept(task: model.task)
        case .reconnect:
            step.reconnects = true
        case .note(let note):
            recorder.record(note)
            logger.log(note, isSynced: journal?.durability == .synced)
        case .done(let outcome):
            step.outcome = outcome
        }
        return nil
    }
}

extension Logger {
    /// Logs what a site's administrator may want to know.
    ///
    /// - Parameter isSynced: Whether the journal holds everything that was ever sent, unless it is an older copy.
    fileprivate func log(_ note: SiteNote, isSynced: Bool) {
        switch note {
        case .joined(let taskCount):
            info("joined the study", metadata: ["tasks": "\(taskCount)"])
        case .newInstance:
            notice("the aggregator began a new state; everything is sent anew")
        case .olderState(let taskCount):
            warning(
                "the aggregator's state is older than ours; what was in flight is dropped",
                metadata: ["tasks": "\(taskCount)", "cause": "an older copy of the aggregator's state"])
        case .sequenceMoved(let task, let from, let to):
            warning(
                "the aggregator's counter is not ours; its number is taken",
                metadata: ["task": "\(task)", "from": "\(from)", "to": "\(to)"])
        case .journalBehind(let task, let missing):
            log(
                level: isSynced ? .error : .notice,
                "journal behind the aggregator: \(missing) updates of task \(task) are not in this journal",
                metadata: [
                    "task": "\(task)", "missing": "\(missing)",
                    "cause": isSynced
                        ? "an older copy of the journal, or another process with this site's key"
                        : "no journal, an older copy of it, or its end lost with the machine's",
                ])
        case .refused(let refusal):
            error("refused", metadata: ["code": "\(refusal.code)", "reason": "\(refusal.message)"])
        case .resent(let task, let sequence):
            info(
                "an update is sent again: its acceptance did not come",
                metadata: ["task": "\(task)", "sequence": "\(sequence)"])
        case .spent(let task, let reason):
            notice(
                "no more updates of a task are sent; its model is awaited",
                metadata: ["task": "\(task)", "reason": "\(reason)"])
        }
    }
}
