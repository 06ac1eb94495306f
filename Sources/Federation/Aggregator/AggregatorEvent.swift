package import PrivacyLedger

/// Names one connection for as long as it lives.
package struct ConnectionIdentifier: Hashable, Comparable, Sendable {
    package let rawValue: UInt64

    package init(_ rawValue: UInt64) {
        self.rawValue = rawValue
    }

    package static func < (left: ConnectionIdentifier, right: ConnectionIdentifier) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// What happens to an aggregator.
package enum AggregatorEvent: Sendable {
    /// A site's authenticated, confirmed session.
    case connected(ConnectionIdentifier, SiteName)
    case received(ConnectionIdentifier, SiteMessage)
    case disconnected(ConnectionIdentifier)
    /// A message that could not be read, with what its sender is told, and the bytes that its receipt is of.
    case unreadable(ConnectionIdentifier, Refusal, bytes: [UInt8])
    /// WebSocket frames' bytes that sites sent and that were sent to them since this was last told.
    case traffic(bytesUp: UInt64, bytesDown: UInt64)
    /// The sites that have a key at the start, before any connection: of the others, those that had one are revoked.
    case keysListed(Set<SiteName>)
    /// The connection's key was removed: nothing more of it is applied, also where its site has another key.
    case keyWithdrawn(ConnectionIdentifier)
    /// The site's key was removed: its columns stay frozen and nobody waits for it.
    case revoked(SiteName)
    /// The site's key is back.
    case authorized(SiteName)
    /// Time passed; due at the start and at ``AggregatorMachine/nextDeadline``.
    case clock
    /// The operator ends the run.
    case stopRequested
}

/// What an aggregator's service must do, in this order: a message leaves only after every commit before it.
///
/// A transaction is large and held by reference: actions are copied into queues and batches.
package enum AggregatorAction: Sendable {
    indirect case commit(Transaction)
    case send(ConnectionIdentifier, AggregatorMessage)
    case close(ConnectionIdentifier, ClosingCause)
    /// Sign the head of the site's privacy ledger, keep it, and then send ``AggregatorMessage/headSigned(_:)``.
    case countersign(ConnectionIdentifier, SiteName, LedgerHead)
    case note(AggregatorNote)
    /// Every owner that is not revoked holds its final columns, or the run ended without a result.
    case done
}

/// Why a connection is closed.
package enum ClosingCause: Sendable {
    /// A newer one of the same site joined.
    case superseded
    /// The site's key was removed.
    case revoked
    /// It brought too much that was refused, repeated or given up, for its acceptances.
    case refusedTooOften
}

/// What an operator may want to know; never a model's numbers.
package enum AggregatorNote: Sendable, Equatable {
    case joined(SiteName, taskCount: Int)
    case left(SiteName)
    case refused(SiteName, Refusal)
    /// A site's counter was ahead of ours, as after the restore of an older state.
    case sequenceGap(TaskName, expected: UInt64, taken: UInt64)
    /// A site's counter was behind ours, as after the restore of its older journal; 0 where it came without any.
    case siteBehind(TaskName, expected: UInt64, joined: UInt64)
    case duplicate(TaskName, sequence: UInt64)
    /// The barrier's timeout passed; the round goes on without these.
    case absent([TaskName], round: UInt64)
    case stopped(StudyPhase, version: UInt64)
    case fetched(TaskName)
    /// A site gave a task up, or takes it up again.
    case abandoned(TaskName)
    case resumed(TaskName)
    /// A site sends no more updates of a task, whose budget or number of releases is spent.
    case spent(TaskName)
    /// A site brought another privacy ledger than before: of another data set, or in the place of one that was lost.
    case ledgerChanged(SiteName)
    /// An owner's key was removed, now or before the start: its columns stay frozen. Or it is back.
    case keyRemoved(SiteName)
    case keyReturned(SiteName)
    /// Douglas-Rachford's gamma changed, and how many times it has.
    case gammaChanged(Double, epoch: UInt64)
    /// eta was chosen, without the constants of these tasks, or lowered; and how many times it has been lowered.
    case etaChosen(Double, epoch: UInt64, without: [TaskName])
    /// The residual grew or hardly fell: steps are without inertia, or shorter, from now on.
    case stepsShortened(mode: Int)
    /// lambda times the regularizer at the model of this version, prox(V): at the end of each epoch of T updates of a
    /// study that lets sites report their losses, whose sum with it is the objective.
    case regularizerValue(Double, version: UInt64)
    /// A connection brought too much that was refused, repeated or given up, for its acceptances, and is closed.
    case refusedTooOften(SiteName)
}
