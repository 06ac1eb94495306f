package import ReleaseEncoding

/// What the aggregator keeps of one task, beside its auxiliary column.
///
/// Durable as a whole.
package struct TaskRecord: Sendable, Equatable {
    /// A column that was sent and not yet answered.
    ///
    /// Its value is the record's ``columnReference``.
    package struct IssuedRead: Sendable, Equatable {
        package var sequence: UInt64
        package var version: UInt64
        /// When it was issued, on the clock that the events carry.
        package var time: Duration
    }

    /// The answer to the task's newest applied update, for a sender that missed it.
    package struct Answer: Sendable, Equatable {
        package var acceptance: Acceptance
        /// BLAKE2b-256 of the update's release bytes.
        package var releaseHash: [UInt8]
    }

    /// The sequence number of the next update; the first is 1.
    package var nextSequence: UInt64 = 1
    /// Last decoded value of the direction site to aggregator.
    package var updateReference: Reference
    /// Last decoded value of the direction aggregator to site: p exactly as the site holds it.
    package var columnReference: Reference
    package var issued: IssuedRead?
    package var lastAnswer: Answer?
    /// Delays of the newest updates in seconds, oldest first.
    package var recentDelays: [Double] = []
    /// The version that the task's newest update made.
    package var lastVersion: UInt64 = 0
    /// |u - v|^2 of the newest update; nil before the first.
    package var squaredResidual: Double?
    /// Whether the owner gave the task up: its column stays as it is, and nobody waits for it.
    package var isAbandoned = false
    /// Whether the owner holds the final column.
    package var isFetched = false

    package init(dimension: Int) {
        updateReference = Reference(dimension: dimension)
        columnReference = Reference(dimension: dimension)
    }
}
