package import Reporting
package import ThroughputBench

/// What `atoll bench throughput` measured.
package struct ThroughputResult: CommandResult, Sendable {
    package let measurements: [ThroughputMeasurement]

    package init(measurements: [ThroughputMeasurement]) {
        self.measurements = measurements
    }

    package var text: String {
        var table = TextTable([("", .left)] + measurements.map { ("d = \($0.dimension)", .right) })
        for (label, value) in Self.rows { table.append([label] + measurements.map(value)) }
        return table.text
    }

    package var json: JSONValue {
        let results = measurements.map { measurement -> JSONValue in
            let latency = measurement.latencyMilliseconds
            return [
                "dimension": JSONValue(measurement.dimension),
                "in_flight": JSONValue(measurement.inFlight),
                "updates_per_second": JSONValue(measurement.updatesPerSecond),
                "echo_per_second": JSONValue(measurement.echoPerSecond),
                "ratio": JSONValue(measurement.ratio),
                "pipelined_echo_per_second": JSONValue(measurement.pipelinedEchoPerSecond),
                "pipelined_ratio": JSONValue(measurement.pipelinedRatio),
                "commits_per_second": JSONValue(measurement.commitsPerSecond),
                "aggregator_cpu_milliseconds": JSONValue(measurement.aggregatorMilliseconds),
                "site_cpu_milliseconds": JSONValue(measurement.siteMilliseconds),
                "bytes_up": JSONValue(measurement.bytesUp),
                "bytes_down": JSONValue(measurement.bytesDown),
                "bytes_up_with_headers": JSONValue(
                    ThroughputMeasurement.bytesWithHeaders(measurement.bytesUp)),
                "bytes_down_with_headers": JSONValue(
                    ThroughputMeasurement.bytesWithHeaders(measurement.bytesDown)),
                "aggregator_resident_mebibytes": JSONValue(Self.mebibytes(measurement.aggregatorByteCount)),
                "site_resident_mebibytes": JSONValue(Self.mebibytes(measurement.siteByteCount)),
                "latency_p50_milliseconds": JSONValue(latency.median),
                "latency_p99_milliseconds": JSONValue(latency.p99),
                "commit_p50_milliseconds": JSONValue(measurement.commitMilliseconds.median),
            ]
        }
        return ["results": .array(results)]
    }

    private static func mebibytes(_ byteCount: Int) -> Double { Double(byteCount) / 1_048_576 }

    private typealias Row = (label: String, value: @Sendable (ThroughputMeasurement) -> String)

    private static let rows: [Row] = [
        ("in flight", { "\($0.inFlight)" }),
        ("updates/s", { NumberText.fixed($0.updatesPerSecond, decimals: 0) }),
        ("echoes/s, one in flight", { NumberText.fixed($0.echoPerSecond, decimals: 0) }),
        ("updates to these", { NumberText.fixed($0.ratio, decimals: 3) }),
        ("echoes/s, as many in flight", { NumberText.fixed($0.pipelinedEchoPerSecond, decimals: 0) }),
        ("updates to these", { NumberText.fixed($0.pipelinedRatio, decimals: 3) }),
        ("SQLite commits/s", { NumberText.fixed($0.commitsPerSecond, decimals: 0) }),
        ("aggregator ms/update", { NumberText.fixed($0.aggregatorMilliseconds, decimals: 3) }),
        ("site ms/update", { NumberText.fixed($0.siteMilliseconds, decimals: 3) }),
        ("bytes up", { NumberText.fixed($0.bytesUp, decimals: 0) }),
        ("bytes down", { NumberText.fixed($0.bytesDown, decimals: 0) }),
        (
            "bytes up, TCP/IP estimated",
            { NumberText.fixed(ThroughputMeasurement.bytesWithHeaders($0.bytesUp), decimals: 0) }
        ),
        ("aggregator MiB", { NumberText.fixed(mebibytes($0.aggregatorByteCount), decimals: 1) }),
        ("site MiB", { NumberText.fixed(mebibytes($0.siteByteCount), decimals: 1) }),
        ("latency p50 ms", { NumberText.fixed($0.latencyMilliseconds.median, decimals: 3) }),
        ("latency p99 ms", { NumberText.fixed($0.latencyMilliseconds.p99, decimals: 3) }),
        ("commit p50 ms", { NumberText.fixed($0.commitMilliseconds.median, decimals: 3) }),
    ]
}
