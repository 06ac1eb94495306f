package import MultiTaskLearning
package import PrivacyMechanisms

/// What happens to a site's agent.
package enum SiteEvent: Sendable {
    /// A connection to the aggregator is open and confirmed.
    case connected
    case received(AggregatorMessage)
    case disconnected
    /// The step that ``SiteAction/compute(task:column:gamma:)`` asked for is done.
    case computed(task: TaskName, step: LocalStep)
    /// The privacy ledger refused to charge the task's pending update, which was not sent: no update of the task will be.
    case releaseRefused(task: TaskName, reason: String)
    /// The model that ``SiteAction/keep(_:)`` handed out is safe.
    case kept(task: TaskName)
    /// The aggregator was told that every model is safe, and has been gone for too long to say that it knows.
    case releasesGivenUp
}

/// The result of one local step.
package struct LocalStep: Sendable, Equatable {
    /// What is sent, of the model's dimension: u, or y under Douglas-Rachford.
    package let update: [Double]
    /// The task's loss at the column it was computed from; under Douglas-Rachford at y.
    package let loss: Double
    /// How far y is from the exact proximal point, at most; 0 where it is exact but for rounding.
    package let errorBound: Double
    /// Where the noise in the update came from; nil where there is none.
    package let randomness: RandomnessKind?

    /// A step without noise.
    package init(update: [Double], loss: Double, errorBound: Double = 0) {
        self.update = update
        self.loss = loss
        self.errorBound = errorBound
        randomness = nil
    }

    /// A step of a private study: column and noisy gradient are all that it is computed from, and nothing else makes a
    /// step that says that it has noise.
    ///
    /// - Parameter loss: Stays at the site.
    package init(
        from column: [Double], gradient: NoisyGradient, splitting: BackwardForward, loss: Double
    ) {
        update = splitting.siteStep(from: column, gradient: gradient.elements)
        self.loss = loss
        errorBound = 0
        randomness = gradient.randomness
    }
}

/// What a site's agent must do, in this order.
package enum SiteAction: Sendable {
    /// Add the changes to the journal, in order, before any message that follows is sent.
    case persist([SiteChange])
    case send(SiteMessage)
    /// Compute a step of the task from `column` (``LocalTask``), and report ``SiteEvent/computed(task:step:)``.
    case compute(task: TaskName, column: [Double], gamma: Double?)
    /// The aggregator applied the update and will not lose it.
    case accepted(Acceptance)
    /// Make the model safe, and report ``SiteEvent/kept(task:)``.
    case keep(FinalModel)
    /// Close the connection and come back after a pause.
    case reconnect
    case note(SiteNote)
    /// Nothing is left to do.
    case done(SiteOutcome)
}

/// A task's model at the end of a study.
package struct FinalModel: Sendable, Equatable {
    package var task: TaskName
    package var version: UInt64
    package var weights: [Double]

    package init(task: TaskName, version: UInt64, weights: [Double]) {
        self.task = task
        self.version = version
        self.weights = weights
    }
}

/// How a site's part of a study ended.
package enum SiteOutcome: Sendable, Equatable {
    /// Every task has its final model.
    case complete
    /// Some or all tasks ended without one; the refusals say why, in the order of tasks.
    case incomplete([Refusal])
}

/// What a site's administrator may want to know.
package enum SiteNote: Sendable, Equatable {
    case joined(taskCount: Int)
    /// The aggregator began a new state: what it held of ours is gone, and all is sent anew.
    case newInstance
    /// The aggregator knows nothing of numbers that it had of so many tasks: its state is an older copy. What was in
    /// flight of them is dropped, and full values follow.
    case olderState(taskCount: Int)
    /// A new state's counter is ahead of ours; it is taken.
    case sequenceMoved(TaskName, from: UInt64, to: UInt64)
    /// The aggregator has this many numbers of the task that this site's state knows nothing of: the state is older
    /// than the aggregator's, or absent, or another process uses this site's key.
    case journalBehind(TaskName, missing: UInt64)
    case refused(Refusal)
    case resent(TaskName, sequence: UInt64)
    /// No update of the task will be sent any more; its column stays as it is until the end.
    case spent(TaskName, reason: String)
}
