package import ReleaseEncoding

/// What the aggregator keeps of one task, beside its auxiliary column.
///
/// Durable as a whole.
package struct TaskRecord: Sendable, Equatable {
    /// A column that was sent and not yet answered.
    package struct IssuedRead: Sendable, Equatable {
        package var sequence: UInt64
        package var version: UInt64
        /// The name of the column as the site decodes it.
        ///
        /// The numbers are not kept: an update that answers the read bears the name, and the step needs v and u only.
        package var reference: ReferenceHash
        /// When it was issued, on the clock that the events carry.
        package var time: Duration

        package init(sequence: UInt64, version: UInt64, reference: ReferenceHash, time: Duration) {
            self.sequence = sequence
            self.version = version
            self.reference = reference
            self.time = time
        }
    }

    /// The answer to the task's newest applied update, for a sender that missed it.
    package struct Answer: Sendable, Equatable {
        package var acceptance: Acceptance
        /// BLAKE2b-256 of the update's release bytes.
        package var releaseHash: [UInt8]

        package init(acceptance: Acceptance, releaseHash: [UInt8]) {
            self.acceptance = acceptance
            self.releaseHash = releaseHash
        }
    }

    /// The sequence number of the next update; the first is 1.
    package var nextSequence: UInt64 = 1
    /// Last decoded value of the direction site to aggregator.
    package var updateReference: Reference
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

    /// Whether the owner was ever heard, and so had a key.
    var wasHeard: Bool { nextSequence > 1 || issued != nil }

    package init(dimension: Int) {
        updateReference = Reference(dimension: dimension)
    }
}
