/// The figures of one dimension, of one run.
package struct ThroughputMeasurement: Sendable {
    package let dimension: Int
    /// Exchanges on each connection.
    package let inFlight: Int
    package let updatesPerSecond: Double
    /// Round trips of the raw echo: the same bytes, as many connections, one message on the way on each.
    package let echoPerSecond: Double
    /// The same with as many messages on the way on each as there are exchanges, which lets one system call carry
    /// several.
    package let pipelinedEchoPerSecond: Double
    /// Commits of one update's rows by SQLite alone.
    package let commitsPerSecond: Double
    /// Processor time of an update at the aggregator, and at its site.
    package let aggregatorMilliseconds: Double
    package let siteMilliseconds: Double
    /// Bytes of WebSocket frames for an update, from site to aggregator and back, first and last columns included.
    package let bytesUp: Double
    package let bytesDown: Double
    package let aggregatorByteCount: Int
    /// Of the largest site.
    package let siteByteCount: Int
    /// From one update of a lone site to its next, with one exchange on the way.
    package let roundTripMilliseconds: Quantiles
    package let commitMilliseconds: Quantiles

    /// Updates to echoes with one message on the way on each connection, whatever ``inFlight`` is.
    package var ratio: Double { updatesPerSecond / echoPerSecond }

    /// Updates to echoes with as many messages on the way as there are exchanges.
    package var pipelinedRatio: Double { updatesPerSecond / pipelinedEchoPerSecond }

    /// A lone site's round trip less a bare commit's median.
    package var latencyMilliseconds: (median: Double, p99: Double) {
        (
            roundTripMilliseconds.median - commitMilliseconds.median,
            roundTripMilliseconds.p99 - commitMilliseconds.median
        )
    }

    /// An estimate of bytes with TCP/IP: 20 bytes of IPv4 and 32 of TCP with timestamps for each segment of at most
    /// 1,448 bytes, as on Ethernet; acknowledgements ride on the answers.
    package static func bytesWithHeaders(_ byteCount: Double) -> Double {
        byteCount + 52 * max(1, (byteCount / 1_448).rounded(.up))
    }
}
