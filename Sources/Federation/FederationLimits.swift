/// Every bound of the protocol's state machines.
package enum FederationLimits {
    /// Rows of a model.
    package static let maximumDimension = 1_000_000
    /// Columns of a model.
    package static let maximumTaskCount = 100_000
    /// Entries of the auxiliary matrix: 2 GiB of float64.
    package static let maximumModelEntryCount = 1 << 28
    /// Reads outstanding on one connection.
    package static let maximumReadsPerConnection = 64
    /// Delays kept per task.
    ///
    /// - SeeAlso: Baytas et al. 2016, section IV-C: the last 5.
    package static let recentDelayCount = 5
    /// Refusals of a task in a row, no acceptance between them, after which its site gives it up.
    package static let maximumConsecutiveRefusals = 8
    /// The largest sequence number: never reached at 10^6 updates a second in 10^5 years.
    package static let maximumSequence = (UInt64(1) << 62) - 1
    /// UTF-8 bytes of a study's, task's or site's name.
    package static let maximumNameByteCount = 128
    /// UTF-8 bytes of a refusal's message.
    package static let maximumRefusalByteCount = 1_024
    /// Refusals, duplicates, abandonments, heads of ledgers and joins after the first on one connection, less one for each acceptance, at
    /// which it is closed.
    package static let maximumRefusalsPerConnection = 256
    /// The largest `norm_bound`: its square, times the most tasks, is finite, so that an eigensolver's input is.
    package static let maximumNormBound = 1e100
    /// How long sites may take to come back to an aggregator that was started again: the largest pause of a site
    /// between two attempts.
    package static let returnTimeout = Duration.seconds(30)
    /// Privacy ledgers of one site of which heads are signed: one for each of its data sets.
    package static let maximumLedgersPerSite = 64
    /// Tasks of one site.
    package static let maximumTasksPerSite = 4_096
}
