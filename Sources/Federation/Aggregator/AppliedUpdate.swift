/// A line of the accepted-update log.
package struct AppliedUpdate: Sendable, Equatable {
    /// The version that the update made.
    package var version: UInt64
    package var task: TaskName
    package var sequence: UInt64
    /// The version of the column that the update was computed from.
    package var columnVersion: UInt64
    package var staleness: UInt64
    /// Seconds between the column's issue and the update's arrival.
    package var delay: Double
    package var relaxation: Double
    /// |U - V|_F with each task's newest update.
    package var residual: Double
    /// BLAKE2b-256 of the release bytes.
    package var releaseHash: [UInt8]
    package var releaseByteCount: Int
    /// The release bytes; empty where the log was read without them.
    package var release: [UInt8]
    /// The task's loss, where the study lets sites report it.
    package var loss: Double?
    /// When it was applied, on the clock that the events carry.
    package var time: Duration

    package init(
        version: UInt64, task: TaskName, sequence: UInt64, columnVersion: UInt64, staleness: UInt64,
        delay: Double, relaxation: Double, residual: Double, releaseHash: [UInt8], releaseByteCount: Int,
        release: [UInt8], loss: Double?, time: Duration
    ) {
        self.version = version
        self.task = task
        self.sequence = sequence
        self.columnVersion = columnVersion
        self.staleness = staleness
        self.delay = delay
        self.relaxation = relaxation
        self.residual = residual
        self.releaseHash = releaseHash
        self.releaseByteCount = releaseByteCount
        self.release = release
        self.loss = loss
        self.time = time
    }
}
