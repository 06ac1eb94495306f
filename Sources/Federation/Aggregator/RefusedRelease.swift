/// The receipt of a release that was opened and not applied.
///
/// The receipts of applied releases are the accepted-update log.
package struct RefusedRelease: Sendable, Equatable {
    /// The site whose session brought it.
    package var site: SiteName
    /// The task that the message named, which the study may not have.
    package var task: TaskName
    /// The number that the message bore.
    package var sequence: UInt64
    package var code: Refusal.Code
    /// BLAKE2b-256 of the release bytes.
    package var releaseHash: [UInt8]
    package var releaseByteCount: Int
    /// When it was opened, on the clock that the events carry.
    package var time: Duration

    package init(
        site: SiteName, task: TaskName, sequence: UInt64, code: Refusal.Code, releaseHash: [UInt8],
        releaseByteCount: Int, time: Duration
    ) {
        self.site = site
        self.task = task
        self.sequence = sequence
        self.code = code
        self.releaseHash = releaseHash
        self.releaseByteCount = releaseByteCount
        self.time = time
    }
}
