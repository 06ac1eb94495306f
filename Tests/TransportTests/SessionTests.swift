internal import Logging
internal import SecureChannel
internal import Testing
internal import TransportTestSupport

@testable internal import Transport

@Suite("Sessions", .timeLimit(.minutes(2)))
struct SessionTests {
    @Test("revocation ends a live session at once, with its reason, and lets nobody back in")
    func revocation() async throws {
        let ends = Signal<TransportError?>()
        let handler: @Sendable (PeerConnection) async throws -> Void = { connection in
            do { try await TestServer.echo(connection) } catch {
                ends.send(error as? TransportError)
                throw error
            }
        }
        try await TestServer.run(handler: handler) { server in
            let site = try server.makeSite()
            let error = try await server.connect(as: site) { connection in
                try await connection.send([1])
                #expect(try await connection.next() == [1])
                server.directory.remove(site)
                server.server.closeSessions(ofChannelKeys: [site.identity.channelKey])
                return await connection.end()
            }
            #expect(error?.code == .connectionClosed)
            #expect(error?.closeReason == .revoked)
            #expect(try await ends.next()?.closeReason == .revoked)
            await #expect(throws: TransportError(.handshakeRefused, "")) {
                try await server.connect(as: site) { _ in }
            }
            try await server.expectServing()
        }
    }

    @Test("messages that a revoked site sent before are not read after")
    func revocationDropsBuffered() async throws {
        let arrived = Signal<PeerConnection>()
        let revoked = Signal<Void>()
        let ends = Signal<TransportError?>()
        let handler: @Sendable (PeerConnection) async throws -> Void = { connection in
            guard connection.peer.name == "north" else { return try await TestServer.echo(connection) }
            arrived.send(connection)
            try await revoked.next()
            do {
                let message = try await connection.next()
                Issue.record("read \(message?.count ?? -1) bytes of a revoked site")
                ends.send(nil)
            } catch { ends.send(error as? TransportError) }
        }
        try await TestServer.run(handler: handler) { server in
            let site = try server.makeSite()
            try await server.connect(as: site) { connection in
                for _ in 0..<10 { try await connection.send([UInt8](repeating: 1, count: 100)) }
                let remote = try await arrived.next()
                while remote.byteCounts.read < 1_000 { try await Task.sleep(for: .milliseconds(1)) }
                server.directory.remove(site)
                server.server.closeSessions(ofChannelKeys: [site.identity.channelKey])
                revoked.send(())
                #expect(try await ends.next()?.closeReason == .revoked)
            }
        }
    }

    @Test("a second confirmed session of a key closes the first")
    func secondSession() async throws {
        try await TestServer.run { server in
            let site = try server.makeSite()
            try await server.connect(as: site) { first in
                // Answered, so confirmed at the server too before the second comes.
                try await first.send([1])
                #expect(try await first.next() == [1])
                try await server.connect(as: site) { second in
                    let error = await first.end()
                    #expect(error?.closeReason == .superseded)
                    await #expect(throws: TransportError(.connectionClosed, "")) { try await first.send([1]) }
                    try await second.send([2])
                    #expect(try await second.next() == [2])
                }
            }
            #expect(server.server.statistics.replacedCount == 1)
        }
    }

    /// Connects as `site` again and again, each time in the place of the one before, then runs `body`.
    private func replace(
        _ count: Int, of former: PeerConnection, as site: Party, at server: TestServer,
        _ body: (PeerConnection) async throws -> Void
    ) async throws {
        guard count > 0 else { return try await body(former) }
        try await server.connect(as: site) { connection in
            #expect(await former.end()?.closeReason == .superseded)
            try await expectEcho(connection)
            try await replace(count - 1, of: connection, as: site, at: server, body)
        }
    }

    private func expectEcho(_ connection: PeerConnection) async throws {
        try await connection.send([1])
        #expect(try await connection.next() == [1])
    }

    @Test("two processes with one key: after a few replacements the older stays, with one warning")
    func flapping() async throws {
        var limits = TransportLimits()
        limits.flappingCount = 3
        limits.flappingWindow = .seconds(3_600)
        limits.flappingPenalty = .seconds(3_600)
        try await TestServer.run(limits: limits) { server in
            let site = try server.makeSite()
            try await server.connect(as: site) { first in
                try await expectEcho(first)
                try await replace(2, of: first, as: site, at: server) { former in
                    #expect(server.log.count(.warning) == 0)
                    try await replace(1, of: former, as: site, at: server) { kept in
                        #expect(server.log.count(.warning) == 1)
                        for _ in 0..<5 {
                            let error = try await server.connect(as: site) { await $0.end() }
                            #expect(error?.code == .connectionClosed)
                            #expect(error?.closeReason == .flapping)
                            try await expectEcho(kept)
                        }
                        // Another key is not concerned.
                        try await server.expectServing()
                    }
                }
            }
            #expect(server.log.count(.warning) == 1)
            #expect(server.server.statistics.replacedCount == 3)
            #expect(server.server.statistics.refusedReplacementCount == 5)
            // With no live session of its key there is nothing to replace.
            while server.server.statistics.sessionCount > 0 { try await Task.sleep(for: .milliseconds(1)) }
            try await server.connect(as: site) { try await expectEcho($0) }
        }
    }

    @Test("when the penalty is over a newer session takes the older one's place again")
    func flappingPenalty() async throws {
        var limits = TransportLimits()
        limits.flappingCount = 1
        limits.flappingWindow = .seconds(3_600)
        limits.flappingPenalty = .zero
        try await TestServer.run(limits: limits) { server in
            let site = try server.makeSite()
            try await server.connect(as: site) { first in
                try await expectEcho(first)
                try await replace(4, of: first, as: site, at: server) { try await expectEcho($0) }
            }
            #expect(server.server.statistics.replacedCount == 4)
            #expect(server.log.count(.warning) == 1)
        }
    }

    @Test("an unconfirmed handshake displaces nobody")
    func replayedHandshake() async throws {
        try await TestServer.run { server in
            let site = try server.makeSite()
            // Record an honest connection, then replay all that the site sent.
            let recorded = try await RecordingProxy.run(to: server.port) { proxy, port in
                try await server.connect(as: site, port: port) { connection in
                    try await connection.send([1])
                    _ = try await connection.next()
                }
                return proxy.recorded(.toServer)
            }
            try await server.connect(as: site) { connection in
                let answer = try await RawPeer.connect(port: server.port) { peer in
                    try await peer.send(recorded)
                    _ = try await peer.readHead()
                    return await peer.readToEnd()
                }
                #expect(answer.suffix(4) == RawPeer.uniformClose)
                try await connection.send([3])
                #expect(try await connection.next() == [3])
            }
            #expect(server.server.statistics.confirmedCount == 2)
            #expect(server.server.statistics.replacedCount == 0)
            #expect(server.server.statistics.failureCounts == [.handshakeFailed: 1])
        }
    }

    @Test("cancellation closes the listener and every connection as going away")
    func shutdown() async throws {
        let cancelled = try await TestServer.run { server in
            let site = try server.makeSite()
            return (server, site)
        }
        await #expect(throws: TransportError(.connectFailed, "")) {
            try await cancelled.0.connect(as: cancelled.1) { _ in }
        }

        let errors = Signal<TransportError?>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            try await TestServer.run { server in
                let connected = Signal<Void>()
                for index in 0..<5 {
                    let site = try server.makeSite("site-\(index)")
                    group.addTask {
                        try await server.connect(as: site) { connection in
                            try await connection.send([1])
                            _ = try await connection.next()
                            connected.send(())
                            errors.send(await connection.end())
                        }
                    }
                }
                for _ in 0..<5 { try await connected.next() }
            }
            // `run` has returned: the server is gone.
            for _ in 0..<5 { #expect(try await errors.next()?.closeReason == .goingAway) }
            try await group.waitForAll()
        }
    }

    @Test("a strangers' silent socket does not hold up the end")
    func shutdownWithStranger() async throws {
        let connected = Signal<Void>()
        let release = Signal<Void>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            try await TestServer.run { server in
                group.addTask {
                    try await RawPeer.connect(port: server.port) { peer in
                        _ = try await peer.upgrade()
                        connected.send(())
                        try await release.next()
                    }
                }
                try await connected.next()
            }
            release.send(())
            try await group.waitForAll()
        }
    }

    @Test("a cancelled client ends, before and after its connection")
    func cancelledClient() async throws {
        try await RawServer.run(answer: "") { port in
            let task = Task {
                let (site, server) = (try Party("site"), try Party("server"))
                try await ExchangeClient.withConnection(
                    host: "127.0.0.1", port: port, identity: site.local, server: server.identity,
                    logger: Logger(label: "client")
                ) { _ in }
            }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        try await TestServer.run { server in
            let site = try server.makeSite()
            let connected = Signal<Void>()
            let task = Task {
                try await server.connect(as: site) { connection in
                    connected.send(())
                    _ = try await connection.next()
                }
            }
            try await connected.next()
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test("a handler that fails closes its connection as an internal error, and no other")
    func failingHandler() async throws {
        struct Fault: Error {}
        let handler: @Sendable (PeerConnection) async throws -> Void = { connection in
            if connection.peer.name == "north" { throw Fault() }
            try await TestServer.echo(connection)
        }
        try await TestServer.run(handler: handler) { server in
            let error = try await server.connect(as: server.makeSite()) { await $0.end() }
            #expect(error?.closeReason == .internalError)
            try await server.expectServing()
        }
    }

    @Test(
        "the port answers the liveness check and nothing else",
        arguments: zip(
            [
                "GET /healthz", "POST /healthz", "GET /healthz?x=1", "GET /", "GET /v1/exchange/x",
                "DELETE /v1/exchange", "GET /metrics",
            ],
            ["200", "404", "404", "404", "404", "404", "404"]))
    func plainRequests(request: String, status: String) async throws {
        try await TestServer.run { server in
            let answer = try await RawPeer.connect(port: server.port) { peer in
                try await peer.send("\(request) HTTP/1.1\r\nHost: test\r\n\r\n")
                return String(decoding: await peer.readToEnd(), as: UTF8.self)
            }
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
            #expect(answer.hasSuffix("\r\n\r\n\(status == "200" ? "ok" : "not found")\n"))
            #expect(server.server.statistics.failureCounts.isEmpty)
        }
    }
}
