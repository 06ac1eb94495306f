package import ReleaseEncoding

/// Everything of a site's machine that may outlive its process.
package struct SiteState: Sendable, Equatable {
    /// The aggregator's state that the rest belongs to; nil before the first welcome.
    package var instance: InstanceIdentifier?
    /// What is known of each task by its name; a task that was never welcomed is absent.
    package var tasks: [TaskName: SiteTaskState] = [:]

    /// Creates the state of a site that has not joined yet.
    package init() {}

    /// Applies what one event changed.
    package mutating func apply(_ change: SiteChange) {
        switch change {
        case .instance(let identifier):
            instance = identifier
        case .column(let task, _, let reference):
            tasks[task]?.columnReference = reference
        case .update(let task, let pending):
            tasks[task]?.pending = pending
            tasks[task]?.nextSequence = pending.sequence + 1
        case .accepted(let task, let sequence):
            guard let pending = tasks[task]?.pending, pending.sequence == sequence else { return }
            tasks[task]?.updateReference = pending.next
            tasks[task]?.pending = nil
        case .task(let state):
            tasks[state.name] = state
        }
    }
}

/// What a site knows of one task, beside what it is doing for it.
package struct SiteTaskState: Sendable, Equatable {
    /// An update that may have been sent, and that was not accepted yet.
    package struct PendingUpdate: Sendable, Equatable {
        package var sequence: UInt64
        /// The version of the column that it was computed from.
        package var columnVersion: UInt64
        /// The hash of that column as the site decoded it.
        package var columnReference: ReferenceHash
        /// What is resent as it is.
        package var release: [UInt8]
        /// The task's loss at the column, where the study lets sites report it.
        package var loss: Double?
        /// What both ends hold once it is accepted.
        package var next: Reference

        package init(
            sequence: UInt64, columnVersion: UInt64, columnReference: ReferenceHash, release: [UInt8],
            loss: Double?, next: Reference
        ) {
            self.sequence = sequence
            self.columnVersion = columnVersion
            self.columnReference = columnReference
            self.release = release
            self.loss = loss
            self.next = next
        }
    }

    package var name: TaskName
    /// The lowest sequence number not used.
    package var nextSequence: UInt64
    /// Last decoded column.
    package var columnReference: Reference
    /// What the aggregator holds of the direction site to aggregator.
    package var updateReference: Reference
    package var pending: PendingUpdate?

    package init(
        name: TaskName, nextSequence: UInt64, columnReference: Reference, updateReference: Reference,
        pending: PendingUpdate?
    ) {
        self.name = name
        self.nextSequence = nextSequence
        self.columnReference = columnReference
        self.updateReference = updateReference
        self.pending = pending
    }
}

/// What one event changed in a site's state.
///
/// The common ones carry release bytes rather than vectors: what a journal writes an update is what was received and
/// what is sent.
package enum SiteChange: Sendable, Equatable {
    case instance(InstanceIdentifier)
    /// A column was received, and decoded to the reference.
    case column(task: TaskName, release: [UInt8], reference: Reference)
    /// An update was computed; its number is used.
    case update(task: TaskName, SiteTaskState.PendingUpdate)
    /// The pending update of this number was accepted.
    case accepted(task: TaskName, sequence: UInt64)
    /// The task's whole state, where something else happened to it.
    case task(SiteTaskState)
}
