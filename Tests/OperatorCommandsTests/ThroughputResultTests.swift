internal import OperatorCommands
internal import Reporting
internal import Testing

@testable internal import ThroughputBench

/// What scripts read of `atoll bench throughput --json`.
@Suite struct ThroughputResultTests {
    private static func measurement(dimension: Int) -> ThroughputMeasurement {
        ThroughputMeasurement(
            dimension: dimension, inFlight: 8, updatesPerSecond: 3_000, echoPerSecond: 6_000,
            pipelinedEchoPerSecond: 12_000, commitsPerSecond: 700, aggregatorMilliseconds: 0.25,
            siteMilliseconds: 0.125, bytesUp: 400, bytesDown: 1_500, aggregatorByteCount: 48 << 20,
            siteByteCount: 24 << 20,
            // Of a hundred values the 51st and the 99th.
            roundTripMilliseconds: Quantiles((1...100).map { Double($0) }),
            commitMilliseconds: Quantiles([2, 4, 8]))
    }

    @Test("every figure stands under its name, a dimension after the other")
    func json() {
        let json = ThroughputResult(measurements: [28, 10_000].map(Self.measurement)).json
        func expected(dimension: Int) -> JSONValue {
            [
                "dimension": JSONValue(dimension), "in_flight": 8, "updates_per_second": 3_000.0,
                "echo_per_second": 6_000.0, "ratio": 0.5, "pipelined_echo_per_second": 12_000.0,
                "pipelined_ratio": 0.25, "commits_per_second": 700.0, "aggregator_cpu_milliseconds": 0.25,
                "site_cpu_milliseconds": 0.125, "bytes_up": 400.0, "bytes_down": 1_500.0,
                "bytes_up_with_headers": 452.0, "bytes_down_with_headers": 1_604.0,
                "aggregator_resident_mebibytes": 48.0, "site_resident_mebibytes": 24.0,
                "latency_p50_milliseconds": 47.0, "latency_p99_milliseconds": 95.0,
                "commit_p50_milliseconds": 4.0,
            ]
        }
        #expect(json == ["results": [expected(dimension: 28), expected(dimension: 10_000)]])
    }
}
