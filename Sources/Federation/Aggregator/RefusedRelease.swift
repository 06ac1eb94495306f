internal import Sodium

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

    /// The receipt of a message that could not be read: of all its bytes, whatever release is in them.
    ///
    /// An honest site sends none, and no ledger has an entry of such a hash.
    static func unreadable(
        _ bytes: [UInt8], from site: SiteName, code: Refusal.Code, at time: Duration
    ) -> RefusedRelease {
        RefusedRelease(
            site: site, task: TaskName("-"), sequence: 0, code: code, releaseHash: Blake2b.hash(bytes),
            releaseByteCount: bytes.count, time: time)
    }
}
