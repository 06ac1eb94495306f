/// The figures of one dimension, of one run.
package struct ThroughputMeasurement: Sendable {
    package let dimension: Int
    /// Exchanges on each connection.
    package let inFlight: Int
    package let updatesPerSecond: Double
    /// Round trips of the raw echo: the same bytes, as many connections, as many messages on the way on each.
    package let echoPerSecond: Double
    /// The same with one message on the way on each.
    package let singleEchoPerSecond: Double
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

    package var ratio: Double { updatesPerSecond / echoPerSecond }

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
