internal import SecureChannel
internal import Synchronization
internal import Testing
internal import TransportTestSupport

@testable internal import Transport

@Suite("What is on the wire", .timeLimit(.minutes(3)))
struct WireTests {
    @Test("a canary in the payload is not on the wire, and the same search finds it in clear")
    func canary() async throws {
        let canary = [UInt8]("CANARY-5f1d9a-patient-records".utf8)
        let message = [UInt8](repeating: 0, count: 500) + canary + [UInt8](repeating: 0, count: 500)
        try await TestServer.run { server in
            try await RecordingProxy.run(to: server.port) { proxy, port in
                try await server.connect(as: server.makeSite(), port: port) { connection in
                    try await connection.send(message)
                    #expect(try await connection.next() == message)
                }
                for direction in RecordingProxy.Direction.allCases {
                    let recorded = proxy.recorded(direction)
                    #expect(recorded.count > message.count)
                    #expect(!Recording(recorded).shows(canary))
                }
            }
            // The same message in clear frames, by the same relay and the same search.
            try await RecordingProxy.run(to: server.port) { proxy, port in
                try await RawPeer.connect(port: port) { peer in
                    _ = try await peer.upgrade()
                    try await peer.send(RawPeer.frame(message))
                    _ = await peer.readToEnd()
                }
                let recorded = proxy.recorded(.toServer)
                // The client's mask alone hides it: the search looks beneath.
                #expect(!Recording.contains(canary, in: recorded))
                #expect(Recording(recorded).shows(canary))
            }
        }
    }

    @Test("no altered message, nor one after it, is ever read", arguments: RecordingProxy.Direction.allCases)
    func bitFlips(direction: RecordingProxy.Direction) async throws {
        var limits = TransportLimits()
        limits.timerInterval = .milliseconds(10)
        // Longer than all else: only the flipped frame, the one after it and the close pass.
        limits.pingInterval = .seconds(60)
        limits.idleDeadline = .seconds(60)
        limits.closeTimeout = .milliseconds(50)
        let limitsHere = limits
        let plain: [UInt8] = [0, 0, 0]
        let first: [UInt8] = [1, 2, 3]
        let second: [UInt8] = [4, 5, 6]
        // Reads at the far end of the altered direction.
        let read = Mutex<[[UInt8]]>([])
        let handler: @Sendable (PeerConnection) async throws -> Void = { connection in
            if direction == .toServer {
                for try await message in connection.messages {
                    if message == plain || connection.peer.name == "honest" {
                        try await connection.send(message)
                    } else {
                        read.withLock { $0.append(message) }
                    }
                }
            } else {
                try await TestServer.echo(connection)
            }
        }
        try await TestServer.run(limits: limitsHere, handler: handler) { server in
            try await RecordingProxy.run(to: server.port) { proxy, port in
                let site = try server.makeSite()
                var byte = 0
                var frameByteCount = 1
                while byte < frameByteCount {
                    try await server.connect(as: site, port: port, limits: limitsHere) { connection in
                        try await connection.send(plain)
                        _ = try await connection.next()
                        let before = connection.byteCounts
                        try await connection.send(plain)
                        _ = try await connection.next()
                        let after = connection.byteCounts
                        frameByteCount =
                            direction == .toServer ? after.written - before.written : after.read - before.read
                        proxy.flipNext(direction, bit: 8 * byte + byte % 8)
                        try await connection.send(first)
                        // May find the connection already closed by the far end's refusal.
                        try? await connection.send(second)
                        let received = await Self.readAll(connection)
                        if direction == .toClient { read.withLock { $0 += received } }
                    }
                    byte += 1
                }
                #expect(frameByteCount > 20)
                // A frame that was altered in its length or opcode only may be lost; nothing may be read.
                #expect(read.withLock { $0 } == [])
            }
            try await server.expectServing()
        }
    }

    private static func readAll(_ connection: PeerConnection) async -> [[UInt8]] {
        var messages: [[UInt8]] = []
        while let message = try? await connection.next() { messages.append(message) }
        return messages
    }
}
