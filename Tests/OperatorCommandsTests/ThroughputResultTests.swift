internal import OperatorCommands
internal import Reporting
internal import Testing

@testable internal import ThroughputBench

/// What scripts and people read of `atoll bench throughput`.
@Suite struct ThroughputResultTests {
    private static func measurement(dimension: Int, withPrivacy: Bool = false) -> ThroughputMeasurement {
        func load(updatesPerSecond: Double, bytesUp: Double) -> LoadFigures {
            LoadFigures(
                siteCount: 8, updatesPerSecond: updatesPerSecond, aggregatorMilliseconds: 0.25,
                siteMilliseconds: 0.125, bytesUp: bytesUp, bytesDown: 1_500, aggregatorByteCount: 48 << 20,
                siteByteCount: 24 << 20)
        }
        return ThroughputMeasurement(
            dimension: dimension, inFlight: 8, load: load(updatesPerSecond: 3_000, bytesUp: 400),
            echoPerSecond: 6_000, pipelinedEchoPerSecond: 12_000, commitsPerSecond: 700,
            // Of a hundred values the 51st and the 99th.
            roundTripMilliseconds: Quantiles((1...100).map { Double($0) }),
            commitMilliseconds: Quantiles([2, 4, 8]),
            privacy: withPrivacy
                ? PrivateFigures(
                    load: load(updatesPerSecond: 750, bytesUp: 420), ledgerBytes: 480,
                    roundTripMilliseconds: Quantiles([60, 70, 80]), syncMilliseconds: Quantiles([5, 6, 7]),
                    loneSyncMilliseconds: Quantiles([1, 2, 3])) : nil)
    }

    private static let withoutPrivacy: JSONObject = [
        "in_flight": 8, "updates_per_second": 3_000.0, "aggregator_cpu_milliseconds": 0.25,
        "site_cpu_milliseconds": 0.125, "bytes_up": 400.0, "bytes_down": 1_500.0,
        "bytes_up_with_headers": 452.0, "bytes_down_with_headers": 1_604.0,
        "aggregator_resident_mebibytes": 48.0, "site_resident_mebibytes": 24.0, "echo_per_second": 6_000.0,
        "ratio": 0.5, "pipelined_echo_per_second": 12_000.0, "pipelined_ratio": 0.25,
        "commits_per_second": 700.0, "latency_p50_milliseconds": 47.0, "latency_p99_milliseconds": 95.0,
        "round_trip_p50_milliseconds": 51.0, "commit_p50_milliseconds": 4.0,
    ]

    private static func expected(dimension: Int) -> JSONObject {
        var object: JSONObject = ["dimension": JSONValue(dimension)]
        for member in withoutPrivacy.members { object[member.key] = member.value }
        return object
    }

    @Test("every figure stands under its name, a dimension after the other")
    func json() {
        let json = ThroughputResult(measurements: [28, 10_000].map { Self.measurement(dimension: $0) }).json
        #expect(
            json == ["results": .array([28, 10_000].map { .object(Self.expected(dimension: $0)) })])
    }

    @Test("with privacy on the same figures follow, with their ratio to those without")
    func privateJSON() {
        var expected = Self.expected(dimension: 28)
        expected["privacy"] = [
            "updates_per_second": 750.0, "aggregator_cpu_milliseconds": 0.25, "site_cpu_milliseconds": 0.125,
            "bytes_up": 420.0, "bytes_down": 1_500.0, "bytes_up_with_headers": 472.0,
            "bytes_down_with_headers": 1_604.0, "aggregator_resident_mebibytes": 48.0,
            "site_resident_mebibytes": 24.0, "ratio": 0.25, "echo_ratio": 0.125, "ledger_bytes": 480.0,
            // Eight sites share 750 updates a second.
            "site_interval_milliseconds": .number(8_000.0 / 750), "two_syncs_p50_milliseconds": 6.0,
            "round_trip_p50_milliseconds": 70.0, "one_site_two_syncs_p50_milliseconds": 2.0,
        ]
        let json = ThroughputResult(measurements: [Self.measurement(dimension: 28, withPrivacy: true)]).json
        #expect(json == ["results": [.object(expected)]])
    }

    @Test("the text has the ratio of private updates, and no word of privacy where it was left out")
    func text() {
        let text = ThroughputResult(measurements: [Self.measurement(dimension: 28, withPrivacy: true)]).text
        let ratio = text.split(separator: "\n").first { $0.contains("updates to those without privacy") }
        #expect(ratio?.hasSuffix("0.250") == true, "\(text)")
        #expect(text.contains("its two syncs alone"))
        #expect(!ThroughputResult(measurements: [Self.measurement(dimension: 28)]).text.contains("privacy"))
    }
}
