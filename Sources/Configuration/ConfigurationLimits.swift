/// Every bound of configuration files and of the values in them.
package enum ConfigurationLimits {
    /// Bytes of one configuration file.
    package static let fileByteCount = 16 << 20
    /// Values, lists and mappings of one file after its aliases are resolved.
    package static let nodeCount = 1_000_000
    /// Depth of nested lists and mappings.
    package static let nestingDepth = 16
    /// Overrides (`--set`) of one command.
    package static let overrideCount = 1_000
    /// Characters of a refused value that an error message repeats.
    package static let quotedCharacterCount = 80
    /// Typing slips between a mistyped word and the known one that an error message suggests.
    package static let suggestionDistance = 3
    /// UTF-8 bytes of a task's name.
    package static let nameByteCount = 128
    /// Bytes of a study's or a site's name: what a public line takes.
    package static let siteNameByteCount = 64
    /// Tasks of one site: what one join takes.
    package static let tasksPerSite = 4_096
    /// Tasks of one study.
    package static let taskCount = 100_000
    /// Rows of a model, the intercept included.
    package static let dimension = 1_000_000
    /// Entries of a model: rows times tasks.
    package static let modelEntryCount = 1 << 28
    /// Longest configurable duration.
    package static let longestDuration = Duration.seconds(7 * 24 * 3600)
    /// Columns that a site may hold unanswered at once on its connection.
    package static let inFlightCount = 64
    /// Public lines pinned for one aggregator: the present key and the next one.
    package static let pinnedIdentityCount = 2
    /// Largest bound on the aggregator's log.
    package static let retainedUpdateCount = 1_000_000_000
    /// Largest bound on the aggregator's kept releases: 16 TiB.
    package static let retainedReleaseMebibytes = 1 << 24
    /// Largest value of a count such as `stop.updates`.
    package static let countValue = Int.max >> 1
}
