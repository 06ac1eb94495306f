internal import EchoBaseline
internal import NIOCore
internal import NIOPosix

/// Messages to a server and back on loopback: through the whole encrypted exchange, beside bare length-prefixed frames.
///
/// Client and server share this process, its event loops and its cores; each connection has one message under way.
enum EchoBenchmarks {
    /// Connections, and bytes in a message.
    static let loads = [(1, 300), (8, 300), (32, 300), (8, 40_000)]
    /// How long a measurement counts round trips.
    static let sampleDuration: Duration = .milliseconds(500)

    static func all() -> [Benchmark] {
        loads.flatMap { connectionCount, byteCount in
            [ExchangeEcho.Place.pool, .eventLoop].map { place in
                Benchmark(
                    name: "echo, \(place.rawValue)", size: "\(connectionCount) x \(byteCount) B",
                    baseline: "length-prefixed frames on SwiftNIO"
                ) { repetitions in
                    var samples: [PairedSample] = []
                    for _ in 0..<repetitions {
                        let load = EchoLoad(
                            connectionCount: connectionCount, byteCount: byteCount, duration: sampleDuration)
                        let baselineSeconds = try await FrameEcho.secondsPerRoundTrip(load)
                        let subjectSeconds = try await ExchangeEcho(place: place).secondsPerRoundTrip(load)
                        samples.append(
                            PairedSample(subjectSeconds: subjectSeconds, baselineSeconds: baselineSeconds))
                    }
                    return samples
                }
            }
        }
    }
}
