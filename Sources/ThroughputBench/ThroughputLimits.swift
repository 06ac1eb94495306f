/// Sizes and bounds of the measurement of throughput.
package enum ThroughputLimits {
    /// Sites of the federation.
    package static let siteCount = 8
    /// Tasks that each of them owns.
    package static let tasksPerSite = 17
    /// Records of a task: few, so that what is measured is the exchange and not the local step.
    static let recordCount = 2
    /// Updates of every task before a measurement begins: connections, first full columns and caches are behind.
    static let warmUpEpochs = 10
    /// Longest wait for a federation to warm up, or for its history to grow.
    static let stallTimeout = Duration.seconds(60)
    /// How often the history is looked at for its next burst.
    static let pollInterval = Duration.milliseconds(2)
    /// Bytes read of a file of the kernel, and of the end of a history: at least one whole line.
    static let chunkByteCount = 4_096
    /// Seconds of one measurement.
    package static let seconds = 1.0...600.0
    /// Model rows.
    package static let dimensions = 1...100_000
}
