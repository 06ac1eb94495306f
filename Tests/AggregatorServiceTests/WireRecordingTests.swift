internal import AggregatorService
internal import Federation
internal import SecureChannel
internal import TestSupport
internal import Testing
internal import Transport
internal import TransportTestSupport
internal import Wire

/// What somebody in the path of a connection can read: a recording of everything on the socket.
@Suite(.timeLimit(.minutes(3)))
struct WireRecordingTests {
    private static let studyName = "canary-study-5f1c"
    private static let taskPrefix = "canary-task-8d02-"
    /// Eight bytes that nothing else is likely to hold.
    private static let value = Double(bitPattern: 0x4053_C0FF_EE5A_FE77)

    private static var canaries: [[UInt8]] {
        [Array(studyName.utf8), Array(taskPrefix.utf8)]
            + [value.bitPattern.littleEndian, value.bitPattern.bigEndian].map { pattern in
                withUnsafeBytes(of: pattern) { Array($0) }
            }
    }

    private static func contains(_ canary: [UInt8], in bytes: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0...].starts(with: canary) }
    }

    @Test(
        "a recording of the socket holds no plaintext of a planted value; the same search on the plaintext finds it"
    )
    func canary() async throws {
        let study = try TestStudy(name: Self.studyName, taskPrefix: Self.taskPrefix)
        let limits = ProtocolPeer.limits(study.plan)
        let run = try await TestFederation.run(study) { federation in
            try await RecordingProxy.run(to: federation.port) { proxy, port in
                // What a site says, kept as it is before it is sealed.
                let plaintext = try await federation.connect(as: federation.party("east"), port: port) {
                    peer in
                    let column = try await peer.joinAndRead()
                    let canary = Array(repeating: Self.value, count: study.plan.dimension)
                    let update = try peer.update(column, release: ProtocolPeer.release(canary))
                    try await peer.send(.update(update))
                    let acceptance = try await peer.acceptance()
                    return try WireCodec.encode(
                        [SiteMessage.join(peer.joinRequest), .update(update)], limits: limits)
                        + WireCodec.encode([AggregatorMessage.acceptance(acceptance)], limits: limits)
                }
                // And a whole honest training, in both directions.
                try await federation.withAgents(TestStudy.sites, port: port) {}
                return (plaintext, RecordingProxy.Direction.allCases.map(proxy.recorded))
            }
        }
        #expect(run.outcome.phase == .finished(.residual))
        let (plaintext, recordings) = run.result
        // The positive control: the value travelled in little-endian, and so it is found.
        let found = Self.canaries.map { Self.contains($0, in: plaintext) }
        #expect(found == [true, true, true, false])
        // The recording is whole: the exchange's bytes in both directions, and what travels in clear is in it.
        let statistics = run.outcome.progress.statistics
        #expect(recordings.map(\.count) >= [Int(statistics.bytesUp), Int(statistics.bytesDown)])
        for recording in recordings {
            #expect(Self.contains(Array(WireVersion.subprotocol.utf8), in: recording))
            for canary in Self.canaries { #expect(!Self.contains(canary, in: recording)) }
        }
        // Nor is there a name of anybody.
        for name in TestStudy.sites + ["aggregator"] {
            #expect(!recordings.contains { Self.contains(Array(name.utf8), in: $0) })
        }
    }
}

extension [Int] {
    fileprivate static func >= (left: [Int], right: [Int]) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { $0 >= $1 }
    }
}
