/// The figures of one dimension, of one run.
package struct ThroughputMeasurement: Sendable {
    package let dimension: Int
    /// Exchanges on each connection.
    package let inFlight: Int
    /// Of all sites, without privacy.
    package let load: LoadFigures
    /// Round trips of the raw echo: the same bytes, as many connections, one message on the way on each.
    package let echoPerSecond: Double
    /// The same with as many messages on the way on each as there are exchanges, which lets one system call carry
    /// several.
    package let pipelinedEchoPerSecond: Double
    /// Commits of one update's rows by SQLite alone.
    package let commitsPerSecond: Double
    /// From one update of a lone site to its next, with one exchange on the way.
    package let roundTripMilliseconds: Quantiles
    package let commitMilliseconds: Quantiles
    /// The same federation with privacy on; nil where it was left out.
    package let privacy: PrivateFigures?

    /// Updates to echoes with one message on the way on each connection, whatever ``inFlight`` is.
    package var ratio: Double { load.updatesPerSecond / echoPerSecond }

    /// Updates to echoes with as many messages on the way as there are exchanges.
    package var pipelinedRatio: Double { load.updatesPerSecond / pipelinedEchoPerSecond }

    /// Private updates to updates without privacy.
    package var privateRatio: Double? { privacy.map { $0.load.updatesPerSecond / load.updatesPerSecond } }

    /// Private updates to the echoes that ``ratio`` is to: of the sizes of updates without privacy.
    package var privateEchoRatio: Double? { privacy.map { $0.load.updatesPerSecond / echoPerSecond } }

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
