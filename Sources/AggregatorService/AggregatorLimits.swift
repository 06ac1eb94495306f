internal import Federation
internal import Wire

/// Every bound of the aggregator's service.
package enum AggregatorLimits {
    /// Bytes that may wait to be sent on any connection; ``outboxByteCount(plan:site:)`` is what holds for a site.
    package static let outboxByteCount = 32 << 20
    /// What a queued message counts for beyond its vector.
    package static let queuedMessageByteCount = 256
    /// Messages of one authenticated connection that could not be read, after which it is closed.
    package static let malformedMessageCount = 16
    /// Lines of the log in a second that one site can bring about; the others are counted in its next line.
    package static let siteLogLinesPerSecond = 10
    /// How often the folder of authorised sites is listed.
    package static let authorizationInterval = Duration.seconds(1)
    /// How often the barrier's deadline is looked at.
    package static let clockInterval = Duration.milliseconds(100)
    /// How long sites may take to leave after the last final column was fetched.
    package static let farewellTimeout = Duration.seconds(5)
    /// How long receipts of a private study may be behind the database, whose rows they are written from.
    package static let receiptInterval = Duration.seconds(1)
    /// Rows that are read at once to write receipts of.
    package static let receiptPageCount = 4_096
    /// How long the history may be behind on disk.
    package static let historyFlushInterval = Duration.milliseconds(500)
    /// Sites with series of their own in the metrics; the totals count all.
    package static let siteSeriesCount = 1_000
    /// Events that the status page shows: the newest.
    package static let eventCount = 20
    /// Tasks that one event names.
    package static let eventNameCount = 8
    /// Seconds over which the status page counts updates a second.
    package static let rateWindowSeconds = 10

    /// Bytes that may wait to be sent on one connection of `site`; a peer that does not read beyond it is closed.
    ///
    /// At least ``outboxByteCount`` and four of the largest messages, and whatever an honest site may have to read at
    /// once: the columns of all its reads, the final column of each of its tasks when the study stops, and once more in
    /// answer to what it sent before it knew; beside each an acceptance, and before them a welcome.
    ///
    /// - Complexity: O(tasks).
    static func outboxByteCount(plan: StudyPlan, site: SiteName) -> Int {
        let limits = WireLimits(maximumDimension: plan.dimension)
        let ownCount = plan.tasks(of: site).count
        let columnCount = min(FederationLimits.maximumReadsPerConnection, ownCount) + 2 * ownCount
        let answerByteCount = limits.maximumReleaseByteCount + 2 * queuedMessageByteCount
        let welcomeByteCount = (ownCount + 1) * queuedMessageByteCount
        return max(
            outboxByteCount, 4 * limits.maximumMessageByteCount,
            columnCount * answerByteCount + welcomeByteCount)
    }
}
