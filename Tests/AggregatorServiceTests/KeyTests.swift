internal import AggregatorService
internal import Federation
internal import InMemoryLogging
internal import LinearAlgebra
internal import Logging
internal import SecureChannel
internal import TestSupport
internal import Testing
internal import Transport

/// Who may talk to the aggregator at all.
@Suite(.timeLimit(.minutes(3)))
struct KeyTests {
    @Test("a key that is not authorised sees the uniform close; the log has the type; others are served")
    func unauthorizedKey() async throws {
        try await expectHandshakeRefused(logged: "unauthorizedKey") { federation in
            _ = try await federation.connect(as: Party("east")) { try await $0.join() }
        }
    }

    @Test("a site that pins another key sees the uniform close; the log has the type; others are served")
    func wrongAggregatorKey() async throws {
        try await expectHandshakeRefused(logged: "handshakeFailed") { federation in
            let other = try Party("aggregator").identity
            _ = try await federation.connect(as: federation.party("east"), pinning: other) {
                try await $0.join()
            }
        }
    }

    private func expectHandshakeRefused(
        logged code: String, _ attempt: (TestFederation) async throws -> Void
    ) async throws {
        let study = try TestStudy()
        let run = try await TestFederation.run(study) { federation in
            try await federation.withAgents(["north", "south"]) {
                // The same error for every cause: before authentication a peer is told nothing.
                await #expect(throws: TransportError(.handshakeRefused, "")) { try await attempt(federation) }
                #expect(federation.hasLogged("a connection was not accepted", "reason", code))
                try await federation.completeAgent("east")
            }
        }
        #expect(run.outcome.phase == .finished(.residual))
    }

    @Test(
        "a removed key's session ends within 2 s, nothing of it is applied after, and the study ends for the others"
    )
    func revocation() async throws {
        let study = try TestStudy()
        let run = try await TestFederation.run(study) { federation in
            let east = try federation.party("east")
            // South comes last: the study cannot end before.
            let closed = try await federation.withAgents(["north"]) {
                let closed = try await federation.connect(as: east) { peer in
                    // One honest update, so that there is a column to freeze; then a column in hand.
                    let first = try await peer.joinAndRead()
                    try await peer.send(
                        .update(peer.update(first, release: ProtocolPeer.release([1, 2, 3, 4]))))
                    _ = try await peer.acceptance()
                    let column = try await peer.read()
                    let error = try await Metronome.measure { ticks in
                        try federation.keys.remove("east.pub")
                        let start = ticks.value
                        let error = await #expect(throws: TransportError.self) { _ = try await peer.next() }
                        #expect(Metronome.interval * (ticks.value - start) <= .seconds(2))
                        return error
                    }
                    // Whatever it still says is not heard.
                    await #expect(throws: TransportError.self) {
                        try await peer.send(
                            .update(peer.update(column, release: ProtocolPeer.release([9, 9, 9, 9]))))
                    }
                    return error?.closeReason
                }
                await #expect(throws: TransportError(.handshakeRefused, "")) {
                    _ = try await federation.connect(as: east) { try await $0.join() }
                }
                try await federation.completeAgent("south")
                return closed
            }
            #expect(closed == .revoked)
            return federation.history.value
        }
        let left = try #require(run.result.appliedCount { $0 == .left(SiteName("east")) })
        let own = Set(study.tasks(of: "east"))
        #expect(run.result.applied[..<left].contains { own.contains($0.task) })
        #expect(run.result.applied[left...].allSatisfy { !own.contains($0.task) })
        #expect(run.outcome.phase == .finished(.residual))
    }

    @Test(
        "a key that is removed before or during a restart is not waited for after it",
        arguments: ["asynchronous", "synchronous"], [false, true])
    func revocationOverRestart(mode: String, isDown: Bool) async throws {
        let deployment = try TestFederation.Deployment(TestStudy(settings: ["mode=\(mode)"]))
        let removed = AggregatorNote.keyRemoved(SiteName("east"))
        try await TestFederation.run(deployment, port: 0, stops: true) { federation in
            try await federation.connect(as: federation.party("east")) { peer in
                _ = try await peer.joinAndRead()
                guard !isDown else { return }
                try federation.keys.remove("east.pub")
                await #expect(throws: TransportError.self) { _ = try await peer.next() }
                try await federation.history.wait { $0.notes.contains(removed) }
            }
        }
        if isDown { try deployment.keys.remove("east.pub") }
        let run = try await TestFederation.run(deployment, port: 0, stops: false) { federation in
            try await federation.withAgents(["north", "south"]) {}
            return federation.history.value
        }
        #expect(run.outcome.phase == .finished(.residual))
        #expect(run.result.notes.contains(removed))
    }

    @Test("an agent whose key is removed while it trains is cut off, and the study ends for the others")
    func revocationOfAgent() async throws {
        let study = try TestStudy()
        let run = try await TestFederation.run(study) { federation in
            try await withThrowingTaskGroup(of: Void.self) { revoked in
                revoked.addTask { _ = try await federation.runAgent("east") }
                let own = Set(study.tasks(of: "east"))
                // South comes when east is gone: the study cannot end before.
                try await federation.withAgents(["north"]) {
                    try await federation.history.wait { $0.applied.contains { own.contains($0.task) } }
                    try federation.keys.remove("east.pub")
                    try await federation.history.wait { $0.notes.contains(.left(SiteName("east"))) }
                    try await federation.runAgent("south")
                }
                revoked.cancelAll()
            }
            return federation.history.value
        }
        let left = try #require(run.result.appliedCount { $0 == .left(SiteName("east")) })
        let own = Set(study.tasks(of: "east"))
        #expect(run.result.applied[left...].allSatisfy { !own.contains($0.task) })
        #expect(run.outcome.phase == .finished(.residual))
    }

    @Test("a key that is added while the aggregator runs may connect")
    func addedKey() async throws {
        let study = try TestStudy()
        let run = try await TestFederation.run(study, unauthorized: ["east"]) { federation in
            try await federation.withAgents(["north", "south"]) {
                let east = try federation.party("east")
                await #expect(throws: TransportError(.handshakeRefused, "")) {
                    _ = try await federation.connect(as: east) { try await $0.join() }
                }
                try federation.keys.write(east.identity.line + "\n", to: "east.pub")
                // The agent comes back by itself until it is let in.
                try await federation.completeAgent("east")
            }
        }
        #expect(run.outcome.phase == .finished(.residual))
        let model = try #require(run.outcome.model)
        #expect(try study.relativeSuboptimality(of: model).magnitude < 1e-7)
    }

    @Test("a key that comes back thaws its columns")
    func keyComesBack() async throws {
        let study = try TestStudy()
        let run = try await TestFederation.run(study) { federation in
            let east = try federation.party("east")
            try await federation.withAgents(["north"]) {
                try await federation.connect(as: east) { peer in
                    try await peer.join()
                    try federation.keys.remove("east.pub")
                    await #expect(throws: TransportError.self) { _ = try await peer.next() }
                }
                try federation.keys.write(east.identity.line + "\n", to: "east.pub")
                try await federation.withAgents(["east"]) {
                    // The study would end without a site that is not back yet: the last one comes after it.
                    let joined = AggregatorNote.joined(SiteName("east"), taskCount: 2)
                    try await federation.history.wait { $0.notes.count { $0 == joined } == 2 }
                    try await federation.completeAgent("south")
                }
            }
        }
        let model = try #require(run.outcome.model)
        #expect(try study.relativeSuboptimality(of: model).magnitude < 1e-7)
    }

    @Test("a removed key's session ends where its site has another key, which goes on at once")
    func withdrawal() async throws {
        let deployment = try TestFederation.Deployment(TestStudy())
        let second = try Party("east")
        try await TestFederation.run(deployment, port: 0, stops: true) { federation in
            let first = try federation.party("east")
            try federation.keys.write(
                first.identity.line + "\n" + second.identity.line + "\n", to: "east.pub")
            try await federation.connect(as: first) { peer in
                _ = try await peer.joinAndRead()
                try federation.keys.write(second.identity.line + "\n", to: "east.pub")
                let error = await #expect(throws: TransportError.self) { _ = try await peer.next() }
                #expect(error?.closeReason == .revoked)
            }
            try await federation.connect(as: second) { peer in
                let column = try await peer.joinAndRead()
                try await peer.send(
                    .update(peer.update(column, release: ProtocolPeer.release([1, 2, 3, 4]))))
                #expect(try await peer.acceptance().version == 1)
            }
            #expect(!federation.history.value.notes.contains(.keyRemoved(SiteName("east"))))
        }
    }

    @Test("another wire version is told so in clear, with HTTP 426, and others are served")
    func wireVersion() async throws {
        let run = try await TestFederation.run(TestStudy()) { federation in
            try await federation.withAgents(["north", "south"]) {
                let answer = try await HTTPAnswer.text(
                    port: federation.port,
                    to: "GET /v1/exchange HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\n"
                        + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        + "Sec-WebSocket-Protocol: atoll.0\r\n\r\n")
                #expect(answer.hasPrefix("HTTP/1.1 426 "), "\(answer)")
                #expect(answer.contains(WireVersion.subprotocol), "\(answer)")
                try await federation.completeAgent("east")
            }
        }
        #expect(run.outcome.phase == .finished(.residual))
    }
}
