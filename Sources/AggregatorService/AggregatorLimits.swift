/// Every bound of the aggregator's service.
package enum AggregatorLimits {
    /// Bytes that wait to be sent on one connection, or four of the largest messages where those are more; a peer
    /// that does not read beyond it is closed.
    package static let outboxByteCount = 32 << 20
    /// What a queued message counts for beyond its vector.
    package static let queuedMessageByteCount = 256
    /// Messages of one authenticated connection that could not be read, after which it is closed.
    package static let malformedMessageCount = 16
    /// How often the folder of authorised sites is listed.
    package static let authorizationInterval = Duration.seconds(1)
    /// How often the barrier's deadline is looked at.
    package static let clockInterval = Duration.milliseconds(100)
    /// How long sites may take to leave after the last final column was fetched.
    package static let farewellTimeout = Duration.seconds(5)
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
}
