internal import ReleaseEncoding

/// A site's state of one task.
struct SiteTask: Sendable {
    /// What the site does for the task now.
    enum Activity: Sendable, Equatable {
        case idle
        /// A read is on its way, alone or with an update.
        case reading
        /// A step is being computed from the column of this version.
        case computing(version: UInt64, sequence: UInt64)
        /// No update is computed any more; the final column is awaited.
        case spent
        /// The final model is being made safe, or is.
        case final(isKept: Bool, isReleased: Bool)
        /// Refused for good.
        case refused(Refusal)
    }

    /// An update that was sent and not accepted yet.
    ///
    /// Its bytes are resent as they are.
    struct PendingUpdate: Sendable {
        var update: Update
        /// What both ends hold once it is accepted.
        var next: Reference
        /// Whether it went out on the connection that is open now.
        var isSent: Bool

        init(update: Update, next: Reference, isSent: Bool) {
            self.update = update
            self.next = next
            self.isSent = isSent
        }

        init(restoring state: SiteTaskState.PendingUpdate, task: TaskName) {
            update = Update(
                task: task, sequence: state.sequence, columnVersion: state.columnVersion,
                columnReference: state.columnReference, release: state.release, next: nil, loss: state.loss)
            next = state.next
            isSent = false
        }

        var state: SiteTaskState.PendingUpdate {
            SiteTaskState.PendingUpdate(
                sequence: update.sequence, columnVersion: update.columnVersion,
                columnReference: update.columnReference, release: update.release, loss: update.loss,
                next: next)
        }
    }

    let name: TaskName
    var activity = Activity.idle
    /// The lowest sequence number not used; 0 before the first welcome.
    var nextSequence: UInt64 = 0
    /// Last decoded column.
    var columnReference: Reference
    /// What the aggregator holds of our direction.
    var updateReference: Reference
    var pending: PendingUpdate?
    /// Whether the aggregator was told, on any connection, that the final model is safe.
    var isFetchedSent = false
    /// Whether no update may be sent any more, whatever else happens: numbers and charges are not given back.
    var isSpent = false
    /// The number of the update that a synchronous round waited for at the welcome; 0 where it waited for none.
    var awaitedSequence: UInt64 = 0
    /// Whether a number was used up that the aggregator may not have had yet.
    var isNumberBurnt = false
    /// Refusals since the last acceptance.
    var consecutiveRefusals = 0

    init(name: TaskName, dimension: Int) {
        self.name = name
        columnReference = Reference(dimension: dimension)
        updateReference = Reference(dimension: dimension)
    }

    /// The lowest sequence number that may still be sent: a pending update's own, as it will be resent.
    var lowestSequence: UInt64 { pending?.update.sequence ?? nextSequence }

    /// What of it may outlive the process.
    var state: SiteTaskState {
        SiteTaskState(
            name: name, nextSequence: nextSequence, columnReference: columnReference,
            updateReference: updateReference, pending: pending?.state)
    }

    /// Takes up what an earlier process left.
    mutating func restore(_ state: SiteTaskState) {
        nextSequence = state.nextSequence
        columnReference = state.columnReference
        updateReference = state.updateReference
        pending = state.pending.map { PendingUpdate(restoring: $0, task: name) }
    }

    /// Forgets an update that was not accepted; its number is not used again.
    mutating func dropPending() {
        isNumberBurnt = isNumberBurnt || pending != nil
        pending = nil
    }

    /// Ends what is done for the task now.
    mutating func rest() { activity = isSpent ? .spent : .idle }

    /// Whether the task may be read now.
    var isIdle: Bool { activity == .idle && pending == nil }

    /// Whether a synchronous round waits for the task's next update, which is not begun.
    var isAwaited: Bool { activity == .idle && nextSequence <= awaitedSequence }

    /// Whether the model is safe and the aggregator was told so, but has not said that it knows.
    var awaitsOnlyRelease: Bool {
        activity == .final(isKept: true, isReleased: false) && isFetchedSent
    }

    /// Whether the task needs nothing more from the aggregator.
    var isOver: Bool {
        switch activity {
        case .final(isKept: true, isReleased: true), .refused: true
        default: false
        }
    }
}
