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
        /// An update that answers the read bears the name.
        package var reference: ReferenceHash
        /// When it was issued, on the clock that the events carry.
        package var time: Duration
        /// p as the site's decoded r stands for it, which a Douglas-Rachford step needs; empty otherwise.
        package var point: [Double]
        /// The number of changes of the gamma that was sent with it.
        package var gammaEpoch: UInt64
        /// ``MethodProgress/relaxationSum`` then.
        package var relaxationSum: Double

        package init(
            sequence: UInt64, version: UInt64, reference: ReferenceHash, time: Duration,
            point: [Double] = [], gammaEpoch: UInt64 = 0, relaxationSum: Double = 0
        ) {
            self.sequence = sequence
            self.version = version
            self.reference = reference
            self.time = time
            self.point = point
            self.gammaEpoch = gammaEpoch
            self.relaxationSum = relaxationSum
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
    /// |u - v|^2 of the newest update, |y - p|^2 under Douglas-Rachford; nil before the first.
    package var squaredResidual: Double?
    /// What the newest update added to the column; kept, and not empty, where a study has inertia.
    package var lastStep: [Double] = []
    /// The Lipschitz constant that the owner reported last, where the study chooses eta from it.
    package var lipschitzConstant: Double?
    /// Whether the owner gave the task up: its column stays as it is, and nobody waits for it.
    package var isAbandoned = false
    /// Whether the owner holds the final column.
    package var isFetched = false
    /// Whether the owner sends no more updates, as its privacy budget or number of releases is spent: its column stays as
    /// it is, and nobody waits for it before the end.
    package var isSpent = false

    /// Whether the owner was ever heard, and so had a key.
    var wasHeard: Bool { nextSequence > 1 || issued != nil }

    package init(dimension: Int) {
        updateReference = Reference(dimension: dimension)
    }
}
