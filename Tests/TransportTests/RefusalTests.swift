internal import Logging
internal import SeededRandom
internal import Testing
internal import TransportTestSupport

@testable internal import Transport

/// What a stranger may try after a good upgrade, and how the server names it to itself.
enum HostileFrame: String, CaseIterable, Sendable {
    case garbageHandshake, shortHandshake, emptyHandshake, oversized, fragmented, continuation, text, unmasked
    case reservedBit, reservedOpcode

    var bytes: [UInt8] {
        var generator = SeededGenerator(seed: 11)
        let noise = (0..<96).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        return switch self {
        case .garbageHandshake: RawPeer.frame(noise)
        case .shortHandshake: RawPeer.frame([1, 2, 3])
        case .emptyHandshake: RawPeer.frame([])
        case .oversized: RawPeer.frame([], declared: 65_536)
        case .fragmented: RawPeer.frame(firstByte: 0x02, noise)
        case .continuation: RawPeer.frame(firstByte: 0x80, noise)
        case .text: RawPeer.frame(firstByte: 0x81, noise)
        case .unmasked: RawPeer.frame(noise, masked: false)
        case .reservedBit: RawPeer.frame(firstByte: 0xC2, noise)
        case .reservedOpcode: RawPeer.frame(firstByte: 0x83, noise)
        }
    }

    var code: TransportError.Code {
        switch self {
        case .garbageHandshake, .shortHandshake, .emptyHandshake: .handshakeFailed
        default: .frameRefused
        }
    }
}

@Suite("Refusals, each with an honest site served after it", .timeLimit(.minutes(2)))
struct RefusalTests {
    @Test("a stranger's frame gets the one uniform close", arguments: HostileFrame.allCases)
    func hostileFrame(frame: HostileFrame) async throws {
        try await TestServer.run { server in
            let answer = try await RawPeer.connect(port: server.port) { peer in
                let head = try await peer.upgrade()
                #expect(head.hasPrefix("HTTP/1.1 101"))
                try await peer.send(frame.bytes)
                return await peer.readToEnd()
            }
            #expect(answer == RawPeer.uniformClose)
            #expect(try await server.failures.next().code == frame.code)
            try await server.expectServing()
        }
    }

    @Test("a frame of 65,535 bytes is read whole, and refused as a handshake only")
    func largestFrame() async throws {
        try await TestServer.run { server in
            let answer = try await RawPeer.connect(port: server.port) { peer in
                _ = try await peer.upgrade()
                try await peer.send(RawPeer.frame([UInt8](repeating: 9, count: 65_535)))
                return await peer.readToEnd()
            }
            #expect(answer == RawPeer.uniformClose)
            #expect(try await server.failures.next().code == .handshakeFailed)
        }
    }

    @Test("an unknown key and a wrong server key end alike for the client, and not in the server's log")
    func keys() async throws {
        try await TestServer.run { server in
            let stranger = try Party("stranger")
            let unknown = await #expect(throws: TransportError.self) {
                try await server.connect(as: stranger) { _ in }
            }
            #expect(try await server.failures.next().code == .unauthorizedKey)
            let site = try server.makeSite()
            let wrongPin = await #expect(throws: TransportError.self) {
                try await server.connect(as: site, pinning: stranger.identity) { _ in }
            }
            #expect(try await server.failures.next().code == .handshakeFailed)
            #expect(unknown?.code == .handshakeRefused)
            #expect(unknown?.closeReason == .refused)
            #expect(wrongPin?.message == unknown?.message)
            #expect(wrongPin?.closeReason == unknown?.closeReason)
            #expect(server.server.statistics.failureCounts == [.unauthorizedKey: 1, .handshakeFailed: 1])
            #expect(server.server.statistics.confirmedCount == 0)
            try await server.expectServing()
        }
    }

    @Test(
        "another wire version is refused by a text that names both",
        arguments: zip(
            [
                nil, "atoll.0", "atoll.2", "atoll.10", "ATOLL.1", String(repeating: "x", count: 1_000),
                "a\u{1}b\u{7F}",
            ],
            [
                "nothing", "atoll.0", "atoll.2", "atoll.10", "ATOLL.1",
                String(repeating: "x", count: 64) + "...", nil,
            ]))
    func version(offer: String?, quoted: String?) async throws {
        try await TestServer.run { server in
            let answer = try await RawPeer.connect(port: server.port) { peer in
                try await peer.send(RawPeer.upgradeRequest(subprotocol: offer))
                return String(decoding: await peer.readToEnd(), as: UTF8.self)
            }
            if let quoted {
                #expect(answer.hasPrefix("HTTP/1.1 426"))
                #expect(answer.hasSuffix("speaks atoll.1 over WebSocket; the request offers \(quoted)\n"))
                #expect(try await server.failures.next().code == .versionRefused)
            } else {
                // Control characters are not HTTP at all.
                #expect(answer.hasPrefix("HTTP/1.1 400"))
                #expect(try await server.failures.next().code == .requestRefused)
            }
            try await server.expectServing()
        }
    }

    @Test("a request up to the bound is upgraded, and a longer one is cut off", arguments: [-1, 0, 1])
    func requestBound(offset: Int) async throws {
        try await TestServer.run { server in
            let request = RawPeer.upgradeRequest(subprotocol: WireVersion.subprotocol)
            let field = "X-Padding: "
            let byteCount = TransportLimits.requestByteCount + offset
            let padding = String(
                repeating: "a", count: byteCount - request.utf8.count - field.utf8.count - 2)
            // The empty line is one character.
            let padded = request.dropLast() + field + padding + "\r\n\r\n"
            #expect(padded.utf8.count == byteCount)
            let head = try await RawPeer.connect(port: server.port) { peer in
                try await peer.send(padded)
                return try? await peer.readHead()
            }
            if offset > 0 {
                #expect(head?.isEmpty != false)
                #expect(try await server.failures.next().code == .requestRefused)
            } else {
                #expect(head?.hasPrefix("HTTP/1.1 101") == true)
            }
            try await server.expectServing()
        }
    }

    @Test("a subprotocol among several is found")
    func severalOffers() async throws {
        try await TestServer.run { server in
            let head = try await RawPeer.connect(port: server.port) { peer in
                try await peer.upgrade(subprotocol: "atoll.2, atoll.1")
            }
            #expect(head.hasPrefix("HTTP/1.1 101"))
            #expect(head.lowercased().contains("sec-websocket-protocol: atoll.1"))
        }
    }

    @Test("the client reports a server of another version with the server's own words")
    func clientSeesVersion() async throws {
        try await RawServer.run(
            answer: "HTTP/1.1 426 Upgrade Required\r\nContent-Length: 16\r\n\r\nspeaks atoll.9\n\n"
        ) {
            port in
            let error = await connectError(port: port)
            #expect(error?.code == .versionRefused)
            #expect(error?.message.contains("speaks atoll.9") == true)
            #expect(error?.message.contains("atoll.1") == true)
        }
    }

    @Test(
        "the client refuses what is not an upgrade",
        arguments: [
            ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", TransportError.Code.upgradeRefused),
            ("SSH-2.0-OpenSSH_9.2\r\n", .requestRefused),
            ("HTTP/1.1 200 OK\r\nX: " + String(repeating: "y", count: 9_000), .requestRefused),
            (
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
                    + "Sec-WebSocket-Accept: wrong\r\nSec-WebSocket-Protocol: atoll.1\r\n\r\n",
                .upgradeRefused
            ),
        ])
    func clientRefuses(answer: String, code: TransportError.Code) async throws {
        try await RawServer.run(answer: answer) { port in
            #expect(await connectError(port: port)?.code == code)
        }
    }

    @Test("a server that says nothing is left at the deadline")
    func clientDeadline() async throws {
        var limits = TransportLimits()
        limits.requestDeadline = .milliseconds(600)
        let limitsHere = limits
        try await RawServer.run(answer: "") { port in
            #expect(await connectError(port: port, limits: limitsHere)?.code == .requestTimedOut)
        }
    }

    @Test("nobody listening is a typed error")
    func connectFailed() async throws {
        // A port that was bound a moment ago and is not any more.
        let port = try await RawServer.run(answer: "") { $0 }
        #expect(await connectError(port: port)?.code == .connectFailed)
    }

    @Test(
        "bytes that are not HTTP, or too many, are refused",
        arguments: [
            "\u{16}\u{3}\u{1}garbage\r\n\r\n",
            "GET /v1/exchange HTTP/1.1\r\nX: " + String(repeating: "y", count: 8_200),
        ])
    func notHTTP(request: String) async throws {
        try await TestServer.run { server in
            _ = try await RawPeer.connect(port: server.port) { peer in
                try await peer.send(request)
                return await peer.readToEnd()
            }
            #expect(try await server.failures.next().code == .requestRefused)
            try await server.expectServing()
        }
    }

    @Test(
        "a request that never ends is dropped at its deadline",
        arguments: ["", "GET /v1/exch", "GET /healthz HTTP/1.1\r\n"])
    func requestDeadline(start: String) async throws {
        var limits = TransportLimits()
        limits.requestDeadline = .milliseconds(600)
        try await TestServer.run(limits: limits) { server in
            let answer = try await RawPeer.connect(port: server.port) { peer in
                if !start.isEmpty { try await peer.send(start) }
                return await peer.readToEnd()
            }
            #expect(answer.isEmpty)
            #expect(try await server.failures.next().code == .requestTimedOut)
            #expect(server.server.statistics.failureCounts == [.requestTimedOut: 1])
        }
    }

    @Test("a handshake that never comes is dropped at its deadline, with the uniform close")
    func handshakeDeadline() async throws {
        var limits = TransportLimits()
        limits.handshakeDeadline = .milliseconds(600)
        limits.closeTimeout = .milliseconds(50)
        try await TestServer.run(limits: limits) { server in
            let answer = try await RawPeer.connect(port: server.port) { peer in
                _ = try await peer.upgrade()
                return await peer.readToEnd()
            }
            #expect(answer == RawPeer.uniformClose)
            #expect(try await server.failures.next().code == .handshakeTimedOut)
        }
    }

    @Test("strangers over the bound push out the oldest stranger, and honest sites get in")
    func tooManyUnconfirmed() async throws {
        var limits = TransportLimits()
        limits.unconfirmedCount = 3
        try await TestServer.run(limits: limits) { server in
            try await RawPeer.connect(port: server.port) { first in
                _ = try await first.upgrade()
                try await RawPeer.connect(port: server.port) { second in
                    _ = try await second.upgrade()
                    try await RawPeer.connect(port: server.port) { third in
                        _ = try await third.upgrade()
                        #expect(server.server.statistics.failureCounts.isEmpty)
                        #expect(server.server.statistics.unconfirmedCount == 3)
                        try await server.expectServing()
                        #expect(await first.readToEnd().isEmpty)
                        #expect(try await server.failures.next().code == .tooManyConnections)
                        #expect(server.server.statistics.failureCounts == [.tooManyConnections: 1])
                        // The honest site was confirmed and left, so one place is free again.
                        #expect(server.server.statistics.unconfirmedCount <= 3)
                        try await third.send(HostileFrame.text.bytes)
                        #expect(await third.readToEnd() == RawPeer.uniformClose)
                    }
                }
            }
        }
    }

    @Test("sessions over the bound are turned away, and the others go on")
    func tooManyConnections() async throws {
        var limits = TransportLimits()
        limits.connectionCount = 2
        try await TestServer.run(limits: limits) { server in
            try await server.connect(as: server.makeSite("one")) { one in
                try await server.connect(as: server.makeSite("two")) { two in
                    // Answered, so confirmed at the server too.
                    for connection in [one, two] {
                        try await connection.send([1])
                        #expect(try await connection.next() == [1])
                    }
                    await #expect(throws: TransportError(.connectionLost, "")) {
                        try await server.connect(as: server.makeSite("three")) { _ in }
                    }
                    #expect(try await server.failures.next().code == .tooManyConnections)
                    for connection in [one, two] {
                        try await connection.send([1])
                        #expect(try await connection.next() == [1])
                    }
                }
            }
        }
    }

    @Test("a flood of bad handshakes leaves an honest site served and the bound kept")
    func flood() async throws {
        var limits = TransportLimits()
        limits.unconfirmedCount = 16
        try await TestServer.run(limits: limits) { server in
            let site = try server.makeSite()
            let attemptCount = try await withThrowingTaskGroup(of: Void.self, returning: Int.self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        // Some are pushed out before they have said a word.
                        try? await RawPeer.connect(port: server.port) { peer in
                            _ = try await peer.upgrade()
                            try await peer.send(HostileFrame.garbageHandshake.bytes)
                            _ = await peer.readToEnd()
                        }
                    }
                }
                // With so few places an honest handshake may be pushed out too; its agent comes again.
                var attemptCount = 0
                var isServed = false
                while !isServed, attemptCount < 50 {
                    attemptCount += 1
                    do {
                        isServed = try await server.connect(as: site) { connection in
                            for round in 0..<100 {
                                try await connection.send([UInt8(round)])
                                #expect(try await connection.next() == [UInt8(round)])
                                #expect(server.server.statistics.unconfirmedCount <= 16)
                            }
                            return true
                        }
                    } catch let error as TransportError {
                        #expect(error.code == .connectionLost)
                    }
                }
                #expect(isServed)
                try await group.waitForAll()
                return attemptCount
            }
            // None but the site's: an attempt that the site gave up may have been confirmed all the same.
            #expect((1...attemptCount).contains(server.server.statistics.confirmedCount))
            #expect(server.server.statistics.acceptedCount >= 201)
        }
    }

    private func connectError(port: Int, limits: TransportLimits = TransportLimits()) async -> TransportError?
    {
        await #expect(throws: TransportError.self) {
            let (site, server) = (try Party("site"), try Party("server"))
            try await ExchangeClient.withConnection(
                host: "127.0.0.1", port: port, identity: site.local, server: server.identity, limits: limits,
                logger: .init(label: "client")
            ) { _ in }
        }
    }
}
