/// Every bound of the aggregator's store.
package enum AggregatorStorageLimits {
    /// A task's checkpoint is written anew when the release bytes since its last one exceed this many times its own
    /// size: the writes that an update causes then stay within 1 + 1 / this of its release.
    package static let replayedByteRatio = 8
    /// The most updates of one task that are replayed at a start.
    package static let replayedUpdateCount = 64
    /// The most versions back from the newest that a start looks for updates to replay; a task that has been silent
    /// for longer gets a checkpoint.
    package static let replayWindow: UInt64 = 16_384
    /// Rows that one commit removes beyond the bound of retention, of each table and beside as many as it adds: a
    /// lowered bound is reached step by step.
    package static let prunedRowCount = 64
    /// Releases of so many bytes and more stand in segments: for less, a second sync in a commit costs more than it saves.
    package static let segmentedReleaseByteCount = 8_192
    /// Bytes of a segment, reserved at once: some 800 releases of 10,000 float32 numbers.
    package static let segmentByteCount = 32 << 20
    /// Pages in the write-ahead log from which on they are copied into the database file: 16 MiB.
    package static let writeAheadPageCount = 4_096
    /// Bytes that the write-ahead log keeps on disk between two such copies.
    package static let writeAheadByteCount = 32 << 20
    /// How long another process that reads the file may keep a start waiting: so long that a service manager that
    /// starts a service ten times in five minutes does not give up before that process ends.
    package static let busyTimeoutSeconds = 30.0
    /// Rows that are read at once where the log is read in parts.
    package static let logPageCount = 10_000
}
