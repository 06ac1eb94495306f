internal import Reporting
internal import ThroughputBench

extension ThroughputMeasurement {
    /// The figures of one dimension, as scripts read them; without `privacy` where it was left out.
    var json: JSONValue {
        let latency = latencyMilliseconds
        var object: JSONObject = ["dimension": JSONValue(dimension), "in_flight": JSONValue(inFlight)]
        load.write(to: &object)
        object["echo_per_second"] = JSONValue(echoPerSecond)
        object["ratio"] = JSONValue(ratio)
        object["pipelined_echo_per_second"] = JSONValue(pipelinedEchoPerSecond)
        object["pipelined_ratio"] = JSONValue(pipelinedRatio)
        object["commits_per_second"] = JSONValue(commitsPerSecond)
        object["latency_p50_milliseconds"] = JSONValue(latency.median)
        object["latency_p99_milliseconds"] = JSONValue(latency.p99)
        object["round_trip_p50_milliseconds"] = JSONValue(roundTripMilliseconds.median)
        object["commit_p50_milliseconds"] = JSONValue(commitMilliseconds.median)
        object["privacy"] = privateJSON
        return .object(object)
    }

    private var privateJSON: JSONValue? {
        guard let privacy, let privateRatio, let privateEchoRatio else { return nil }
        var object = JSONObject()
        privacy.load.write(to: &object)
        object["ratio"] = JSONValue(privateRatio)
        object["echo_ratio"] = JSONValue(privateEchoRatio)
        object["ledger_bytes"] = JSONValue(privacy.ledgerBytes)
        object["site_interval_milliseconds"] = JSONValue(privacy.load.siteIntervalMilliseconds)
        object["two_syncs_p50_milliseconds"] = JSONValue(privacy.syncMilliseconds.median)
        object["round_trip_p50_milliseconds"] = JSONValue(privacy.roundTripMilliseconds.median)
        object["one_site_two_syncs_p50_milliseconds"] = JSONValue(privacy.loneSyncMilliseconds.median)
        return .object(object)
    }
}

extension LoadFigures {
    var aggregatorMebibytes: Double { Double(aggregatorByteCount) / 1_048_576 }
    var siteMebibytes: Double { Double(siteByteCount) / 1_048_576 }

    fileprivate func write(to object: inout JSONObject) {
        object["updates_per_second"] = JSONValue(updatesPerSecond)
        object["aggregator_cpu_milliseconds"] = JSONValue(aggregatorMilliseconds)
        object["site_cpu_milliseconds"] = JSONValue(siteMilliseconds)
        object["bytes_up"] = JSONValue(bytesUp)
        object["bytes_down"] = JSONValue(bytesDown)
        object["bytes_up_with_headers"] = JSONValue(ThroughputMeasurement.bytesWithHeaders(bytesUp))
        object["bytes_down_with_headers"] = JSONValue(ThroughputMeasurement.bytesWithHeaders(bytesDown))
        object["aggregator_resident_mebibytes"] = JSONValue(aggregatorMebibytes)
        object["site_resident_mebibytes"] = JSONValue(siteMebibytes)
    }
}
