internal import Federation
internal import LinearAlgebra
internal import Logging
internal import MultiTaskLearning
internal import SiteStorage
internal import Storage

/// Runs a site's state machine and does its local work.
///
/// One caller at a time feeds it events. Steps on local records are computed outside of the actor, so that its
/// ``status`` is told meanwhile, however long they take.
actor SiteExchange {
    /// What one event led to.
    struct Step {
        var messages: [SiteMessage] = []
        var outcome: SiteOutcome?
        var reconnects = false
        /// What must be in the journal before the messages are sent.
        var changes: [SiteChange] = []
    }

    /// A task's step from a column, with the gamma that came with it.
    typealias Computation =
        @Sendable (inout LocalTask, _ column: [Double], _ gamma: Double?) throws -> LocalStep

    private var tasks: [TaskName: LocalTask]
    private let computation: Computation
    private let journal: SiteJournal?
    private let recorder: any SiteRecorder
    private let logger: Logger
    private var machine: SiteMachine
    private var isConnected = false
    /// Whether events are being carried out.
    private var isBusy = false
    private var acceptedCount = 0

    init(
        machine: SiteMachine, tasks: [TaskName: LocalTask],
        computation: @escaping Computation = { try $0.step(from: $1, gamma: $2) },
        journal: SiteJournal?, recorder: any SiteRecorder, logger: Logger
    ) {
        self.machine = machine
        self.tasks = tasks
        self.computation = computation
        self.journal = journal
        self.recorder = recorder
        self.logger = logger
    }

    /// The state in a few words, for people.
    var status: String {
        "\(isConnected ? "connected" : "not connected"), \(acceptedCount) updates accepted"
    }

    func connected() async throws -> Step {
        isConnected = true
        return try await carryOut([.connected])
    }

    func received(_ messages: [AggregatorMessage]) async throws -> Step {
        try await carryOut(messages.map { .received($0) })
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
    private func carryOut(_ events: [SiteEvent]) async throws -> Step {
        // The actor itself would let a second caller's events in between.
        precondition(!isBusy, "a site's exchange was fed events by two callers at once")
        isBusy = true
        defer { isBusy = false }
        var step = Step()
        var pending = events[...]
        while let event = pending.popFirst() {
            for action in machine.handle(event) {
                if let result = try await perform(action, &step) { pending.append(result) }
            }
        }
        if let journal, !step.changes.isEmpty {
            // Once the journal knows of an acceptance, nobody will be told of it again.
            try recorder.flushAcceptances()
            try journal.append(step.changes)
        }
        return step
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
        let bound = SiteLimits.notedInexactness * max(1, Vector.norm(step.update))
        guard step.errorBound > bound else { return }
        logger.warning(
            "the proximal step of a task is inexact; scale its features, or agree on a smaller gamma",
            metadata: ["task": "\(task)", "error_bound": "\(step.errorBound)"])
    }

    private func perform(_ action: SiteAction, _ step: inout Step) async throws -> SiteEvent? {
        switch action {
        case .persist(let changes):
            step.changes += changes
        case .send(let message):
            step.messages.append(message)
        case .compute(let task, let column, let gamma):
            // Taken out, so that what it keeps is changed in place; an error ends the agent.
            guard let local = tasks.removeValue(forKey: task) else { return nil }
            let (next, result) = try await compute(local, column, gamma)
            tasks[task] = next
            try recorder.record(loss: result.loss, task: task)
            noteInexactness(of: result, task: task)
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
            debug("sending again", metadata: ["task": "\(task)", "sequence": "\(sequence)"])
        }
    }
}
