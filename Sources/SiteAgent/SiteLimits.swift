/// Bounds of the site's agent.
package enum SiteLimits {
    /// How far a proximal step may be from the exact one, over its norm or 1, before the log says so.
    package static let notedInexactness = 1e-8
    /// How long a site that holds its models, and has said so, tries to reach an aggregator that is gone: twice the
    /// largest pause between two attempts.
    package static let farewellTimeout = Duration.seconds(60)
    /// How long acceptances and losses may be behind on disk.
    package static let resultsFlushInterval = Duration.milliseconds(500)
    /// Bytes at the end of the acceptances that an agent looks through when it starts: more than those of one frame
    /// of its journal.
    package static let acceptanceTailByteCount = 1 << 20
    /// Private updates after which the aggregator is asked to sign how far the ledger is.
    package static let releasesPerSignedHead = 64
    /// Events that the status page shows: the newest.
    package static let eventCount = 20
}
