internal import SecureChannel
internal import SeededRandom
internal import Testing
internal import TransportTestSupport

@testable internal import Transport

@Suite("Exchange over loopback", .timeLimit(.minutes(2)))
struct ExchangeTests {
    @Test(
        "a message comes back whole, whatever its size",
        arguments: [0, 1, 300, 65_471, 65_472, 65_473, 65_519, 65_520, 65_535, 65_536, 1 << 20])
    func echo(size: Int) async throws {
        var generator = SeededGenerator(seed: UInt64(size))
        let message = (0..<size).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        try await TestServer.run { server in
            let answers = try await server.connect(as: server.makeSite()) { connection in
                try await connection.send(message)
                try await connection.send([1])
                return [try await connection.next(), try await connection.next()]
            }
            #expect(answers == [message, [1]])
        }
    }

    @Test("many sites talk at once, each with its own peer")
    func concurrency() async throws {
        let handler: @Sendable (PeerConnection) async throws -> Void = { connection in
            for try await message in connection.messages {
                try await connection.send([UInt8](connection.peer.name.utf8) + message)
            }
        }
        try await TestServer.run(handler: handler) { server in
            let sites = try (0..<32).map { try server.makeSite("site-\($0)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for site in sites {
                    group.addTask {
                        try await server.connect(as: site) { connection in
                            for round in 0..<20 {
                                let message = [UInt8](repeating: UInt8(round), count: 100 * round)
                                try await connection.send(message)
                                let answer = try await connection.next()
                                #expect(answer == [UInt8](site.identity.name.utf8) + message)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(server.server.statistics.confirmedCount == 32)
            #expect(server.server.statistics.failureCounts.isEmpty)
        }
    }

    @Test("the server may speak first")
    func serverFirst() async throws {
        try await TestServer.run(handler: { try await $0.send([42]) }) { server in
            let messages = try await server.connect(as: server.makeSite()) { connection in
                var messages: [[UInt8]] = []
                for try await message in connection.messages { messages.append(message) }
                return messages
            }
            #expect(messages == [[42]])
        }
    }

    @Test("both ends may run on their event loops")
    func eventLoopExecutor() async throws {
        let handler: @Sendable (PeerConnection) async throws -> Void = { connection in
            try await withTaskExecutorPreference(connection.eventLoopExecutor) {
                try await TestServer.echo(connection)
            }
        }
        try await TestServer.run(handler: handler) { server in
            try await server.connect(as: server.makeSite()) { connection in
                try await withTaskExecutorPreference(connection.eventLoopExecutor) {
                    for size in [0, 300, 1 << 20] {
                        let message = [UInt8](repeating: 1, count: size)
                        try await connection.send(message)
                        #expect(try await connection.next() == message)
                    }
                }
            }
        }
    }

    @Test("a message over the bound is refused by the sender, and the connection goes on")
    func senderBound() async throws {
        var limits = TransportLimits()
        limits.maximumMessageByteCount = 1_000
        try await TestServer.run(limits: limits) { server in
            try await server.connect(as: server.makeSite(), limits: limits) { connection in
                for size in [999, 1_000] {
                    try await connection.send([UInt8](repeating: 1, count: size))
                    #expect(try await connection.next()?.count == size)
                }
                await #expect(throws: TransportError(.messageTooLarge, "")) {
                    try await connection.send([UInt8](repeating: 1, count: 1_001))
                }
                try await connection.send([5])
                #expect(try await connection.next() == [5])
            }
        }
    }

    @Test("a message over the receiver's bound closes the connection by that reason")
    func receiverBound() async throws {
        var limits = TransportLimits()
        limits.maximumMessageByteCount = 1_000
        try await TestServer.run(limits: limits) { server in
            let error = try await server.connect(as: server.makeSite()) { connection in
                try await connection.send([UInt8](repeating: 1, count: 1_001))
                return await connection.end()
            }
            #expect(error?.code == .connectionClosed)
            #expect(error?.closeReason == .messageTooLarge)
            try await server.expectServing()
        }
    }

    @Test("keys are replaced while messages pass")
    func rekey() async throws {
        var limits = TransportLimits()
        limits.timerInterval = .milliseconds(5)
        limits.keyLimits.rekeyInterval = .milliseconds(20)
        limits.keyLimits.minimumRekeyInterval = .zero
        let limitsHere = limits
        try await TestServer.run(limits: limitsHere) { server in
            try await server.connect(as: server.makeSite(), limits: limitsHere) { connection in
                var round = 0
                while server.server.statistics.rekeyCount < 3 {
                    let message = [UInt8](repeating: UInt8(truncatingIfNeeded: round), count: 300)
                    try await connection.send(message)
                    #expect(try await connection.next() == message)
                    round += 1
                }
            }
        }
    }

    @Test("pings keep a silent connection alive past its idle deadline")
    func keepalive() async throws {
        var limits = TransportLimits()
        limits.timerInterval = .milliseconds(10)
        limits.pingInterval = .milliseconds(20)
        limits.idleDeadline = .seconds(2)
        let limitsHere = limits
        try await TestServer.run(limits: limitsHere) { server in
            try await server.connect(as: server.makeSite(), limits: limitsHere) { connection in
                // Silence for longer than the idle deadline: time is what is tested.
                try await Task.sleep(for: limitsHere.idleDeadline * 1.5)
                try await connection.send([1])
                #expect(try await connection.next() == [1])
            }
        }
    }

    @Test("a half-open connection ends at both ends")
    func halfOpen() async throws {
        var limits = TransportLimits()
        limits.timerInterval = .milliseconds(10)
        limits.pingInterval = .milliseconds(20)
        limits.idleDeadline = .seconds(2)
        limits.closeTimeout = .milliseconds(50)
        let limitsHere = limits
        let ends = Signal<TransportError?>()
        let handler: @Sendable (PeerConnection) async throws -> Void = { connection in
            do { try await TestServer.echo(connection) } catch {
                ends.send(error as? TransportError)
                throw error
            }
        }
        try await TestServer.run(limits: limitsHere, handler: handler) { server in
            try await RecordingProxy.run(to: server.port) { proxy, port in
                let error = try await server.connect(as: server.makeSite(), port: port, limits: limitsHere) {
                    connection in
                    try await connection.send([1])
                    _ = try await connection.next()
                    proxy.swallow()
                    return await connection.end()
                }
                #expect(error?.closeReason == .idle)
                #expect(try await ends.next()?.closeReason == .idle)
            }
        }
    }

    @Test("a reader that is behind stops its peer, and nothing is lost")
    func backpressure() async throws {
        var limits = TransportLimits()
        limits.receiveBufferByteCount = 100_000
        let limitsHere = limits
        let start = Signal<Void>()
        let results = Signal<(buffered: Int, sum: Int)>()
        let handler: @Sendable (PeerConnection) async throws -> Void = { connection in
            guard connection.peer.name == "slow" else { return try await TestServer.echo(connection) }
            while connection.byteCounts.read < 100_000 { try await Task.sleep(for: .milliseconds(1)) }
            try await start.next()
            let buffered = connection.byteCounts.read
            var sum = 0
            for _ in 0..<400 { sum += try await connection.next()?.count ?? 0 }
            results.send((buffered, sum))
        }
        try await TestServer.run(limits: limitsHere, handler: handler) { server in
            let site = try server.makeSite("slow")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await server.connect(as: site) { connection in
                        for _ in 0..<400 { try await connection.send([UInt8](repeating: 3, count: 40_000)) }
                        while try await connection.next() != nil {}
                    }
                }
                // Others are served meanwhile, and this takes long enough for the sender to come to its stop.
                for _ in 0..<3 { try await server.expectServing() }
                start.send(())
                let result = try await results.next()
                #expect(result.sum == 400 * 40_000)
                // The bound, and four reads of the socket of at most 64 KiB each.
                #expect(result.buffered <= 100_000 + 4 * 65_536 + 65_535)
                try await group.waitForAll()
            }
        }
    }

    @Test("a reader that never goes on does not keep its connection for ever")
    func stuckReader() async throws {
        var limits = TransportLimits()
        limits.timerInterval = .milliseconds(10)
        limits.receiveBufferByteCount = 100_000
        limits.readPauseDeadline = .milliseconds(300)
        limits.closeTimeout = .milliseconds(200)
        let limitsHere = limits
        let released = Signal<Void>()
        let ends = Signal<TransportError?>()
        let handler: @Sendable (PeerConnection) async throws -> Void = { connection in
            try await released.next()
            ends.send(await connection.end())
        }
        try await TestServer.run(limits: limitsHere, handler: handler) { server in
            let error = try await server.connect(as: server.makeSite()) { connection in
                do {
                    while true { try await connection.send([UInt8](repeating: 3, count: 40_000)) }
                } catch let error as TransportError {
                    return error
                }
            }
            // By the close, or by the end of the socket when that outran it.
            #expect(error.code == .connectionLost || error.closeReason == .internalError)
            released.send(())
            let end = try await ends.next()
            #expect(end?.code == .connectionClosed)
            #expect(end?.closeReason == .internalError)
        }
    }

    @Test("byte counts are those of the frames")
    func byteCounts() async throws {
        try await TestServer.run { server in
            try await RecordingProxy.run(to: server.port) { proxy, port in
                let counts = try await server.connect(as: server.makeSite(), port: port) { connection in
                    try await connection.send([UInt8](repeating: 1, count: 100_000))
                    _ = try await connection.next()
                    return connection.byteCounts
                }
                // Everything after the two HTTP heads, and the close is not yet in the counts.
                let end = [UInt8]("\r\n\r\n".utf8)
                for (direction, count, close) in [
                    (RecordingProxy.Direction.toServer, counts.written, 8), (.toClient, counts.read, 4),
                ] {
                    let bytes = proxy.recorded(direction)
                    let head = try #require(bytes.indices.first { bytes[$0...].starts(with: end) }) + 4
                    #expect(count == bytes.count - head - close)
                }
            }
        }
    }
}
