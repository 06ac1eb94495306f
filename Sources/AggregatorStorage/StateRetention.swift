/// How much of the past a state keeps, beyond what a start needs.
package struct StateRetention: Sendable, Equatable {
    /// Accepted updates in the log, and receipts of refused releases.
    package var updateCount: UInt64
    /// Release bytes of accepted updates.
    package var releaseByteCount: UInt64

    package init(updateCount: UInt64, releaseByteCount: UInt64) {
        self.updateCount = updateCount
        self.releaseByteCount = releaseByteCount
    }
}
