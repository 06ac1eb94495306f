internal import AggregatorService
internal import Federation
internal import SecureChannel
internal import TestSupport
internal import Testing
internal import Transport
internal import TransportTestSupport
internal import Wire

/// What somebody in the path of a connection can read: a recording of everything on the socket, without masks.
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

    /// Which of the canaries a search of the recordings finds.
    private static func found(in recordings: [Recording]) -> [Bool] {
        canaries.map { canary in recordings.contains { $0.shows(canary) } }
    }

    @Test(
        "a recording of the socket holds no plaintext of a planted value; the same search finds it in clear frames"
    )
    func canary() async throws {
        let study = try TestStudy(name: Self.studyName, taskPrefix: Self.taskPrefix)
        let limits = ProtocolPeer.limits(study.plan)
        let run = try await TestFederation.run(study) { federation in
            try await RecordingProxy.run(to: federation.port) { proxy, port in
                // What a site and the aggregator say, kept as it is before it is sealed.
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
                let control = try await Self.recordingInClear(of: plaintext, to: federation.port)
                // And a whole honest training, in both directions.
                try await federation.withAgents(TestStudy.sites, port: port) {}
                let sealed = RecordingProxy.Direction.allCases.map { direction in
                    proxy.recordings(direction).map { Recording($0) }
                }
                return (control, sealed)
            }
        }
        let (control, sealed) = run.result
        #expect(run.outcome.phase == .finished(.residual))
        // The positive control: the value travelled in little-endian, and so it is found, beneath the mask only.
        #expect(Self.found(in: [control]) == [true, true, true, false])
        for canary in Self.canaries { #expect(!Recording.contains(canary, in: control.bytes)) }
        // The recording is whole: the exchange's bytes in both directions, frames on every connection, and what travels
        // in clear.
        let statistics = run.outcome.progress.statistics
        for (recordings, byteCount) in zip(sealed, [statistics.bytesUp, statistics.bytesDown]) {
            #expect(recordings.count >= 1 + TestStudy.sites.count)
            #expect(recordings.reduce(0) { $0 + $1.bytes.count } >= Int(byteCount))
            for recording in recordings {
                #expect(recording.payloads?.isEmpty == false)
                #expect(recording.shows(Array(WireVersion.subprotocol.utf8)))
            }
            #expect(Self.found(in: recordings) == [false, false, false, false])
            // Nor is there a name of anybody.
            for name in TestStudy.sites + ["aggregator"] {
                #expect(!recordings.contains { $0.shows(Array(name.utf8)) }, "\(name)")
            }
        }
    }

    /// A recording, by a relay of the same kind, of a site that says `plaintext` in clear frames.
    private static func recordingInClear(of plaintext: [UInt8], to port: Int) async throws -> Recording {
        try await RecordingProxy.run(to: port) { proxy, port in
            try await RawPeer.connect(port: port) { peer in
                _ = try await peer.upgrade()
                try await peer.send(RawPeer.frame(plaintext))
                // The aggregator closes it: there is no handshake in it.
                _ = await peer.readToEnd()
            }
            return Recording(proxy.recorded(.toServer))
        }
    }
}
