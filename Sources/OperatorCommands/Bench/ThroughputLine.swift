internal import Reporting
internal import ThroughputBench

/// A figure of `atoll bench throughput`, for people.
struct ThroughputLine {
    let label: String
    let value: String

    /// Writes a value with so many digits behind the point.
    fileprivate init(_ label: String, _ value: Double, decimals: Int = 3) {
        self.label = label
        self.value = NumberText.fixed(value, decimals: decimals)
    }
}

extension ThroughputMeasurement {
    /// The figures without privacy, in order.
    var lines: [ThroughputLine] {
        var lines: [ThroughputLine] = []
        lines.append(ThroughputLine("in flight", Double(inFlight), decimals: 0))
        lines.append(ThroughputLine("updates/s", load.updatesPerSecond, decimals: 0))
        lines.append(ThroughputLine("echoes/s, one in flight", echoPerSecond, decimals: 0))
        lines.append(ThroughputLine("updates to these", ratio))
        lines.append(ThroughputLine("echoes/s, as many in flight", pipelinedEchoPerSecond, decimals: 0))
        lines.append(ThroughputLine("updates to these", pipelinedRatio))
        lines.append(ThroughputLine("SQLite commits/s", commitsPerSecond, decimals: 0))
        lines += load.lines
        lines.append(ThroughputLine("latency p50 ms", latencyMilliseconds.median))
        lines.append(ThroughputLine("latency p99 ms", latencyMilliseconds.p99))
        lines.append(ThroughputLine("one site's round trip p50 ms", roundTripMilliseconds.median))
        lines.append(ThroughputLine("commit p50 ms", commitMilliseconds.median))
        return lines
    }

    /// The figures with privacy, in order; nil where it was left out.
    var privateLines: [ThroughputLine]? {
        guard let privacy, let privateRatio, let privateEchoRatio else { return nil }
        var lines: [ThroughputLine] = []
        lines.append(ThroughputLine("updates/s", privacy.load.updatesPerSecond, decimals: 0))
        lines.append(ThroughputLine("updates to those without privacy", privateRatio))
        lines.append(ThroughputLine("updates to echoes, one in flight", privateEchoRatio))
        lines += privacy.load.lines
        lines.append(ThroughputLine("ledger bytes", privacy.ledgerBytes, decimals: 0))
        lines.append(
            ThroughputLine("ms between two updates of a site", privacy.load.siteIntervalMilliseconds))
        lines.append(
            ThroughputLine("its two syncs alone p50 ms, all sites", privacy.syncMilliseconds.median))
        lines.append(
            ThroughputLine("one site's round trip p50 ms", privacy.roundTripMilliseconds.median))
        lines.append(
            ThroughputLine("its two syncs alone p50 ms, one site", privacy.loneSyncMilliseconds.median))
        return lines
    }
}

extension LoadFigures {
    fileprivate var lines: [ThroughputLine] {
        [
            ThroughputLine("aggregator ms/update", aggregatorMilliseconds),
            ThroughputLine("site ms/update", siteMilliseconds),
            ThroughputLine("bytes up", bytesUp, decimals: 0),
            ThroughputLine("bytes down", bytesDown, decimals: 0),
            ThroughputLine(
                "bytes up, TCP/IP estimated", ThroughputMeasurement.bytesWithHeaders(bytesUp), decimals: 0),
            ThroughputLine("aggregator MiB", aggregatorMebibytes, decimals: 1),
            ThroughputLine("site MiB", siteMebibytes, decimals: 1),
        ]
    }
}
