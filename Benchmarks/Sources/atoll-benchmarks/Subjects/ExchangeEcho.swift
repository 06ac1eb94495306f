internal import EchoBaseline
internal import Logging
internal import SecureChannel
internal import Sodium
internal import Transport

/// The real server and client: HTTP upgrade, WebSocket frames, handshake, sealed records, whole messages.
struct ExchangeEcho {
    /// Where the tasks run that read and answer.
    enum Place: String {
        /// On the threads of Swift's pool, as tasks do that compute.
        case pool
        /// On the connection's own event loop, without a change of thread.
        case eventLoop = "event loop"
    }

    let place: Place

    func secondsPerRoundTrip(_ load: EchoLoad) async throws -> Double {
        let aggregator = try Self.newIdentity()
        let aggregatorLine = try aggregator.identity.publicIdentity(name: "aggregator")
        let sites = try (0..<load.connectionCount).map { _ in try Self.newIdentity() }
        let authorized = Dictionary(
            uniqueKeysWithValues: try sites.enumerated().map { index, site in
                let line = try site.identity.publicIdentity(name: "site-\(index)")
                return (line.channelKey, line)
            })
        var logger = Logger(label: "atoll-benchmarks")
        logger.logLevel = .error
        let quiet = logger
        let server = ExchangeServer(
            host: "127.0.0.1", port: 0, identity: aggregator, authorize: { authorized[$0] }, logger: quiet)
        let (ports, listening) = AsyncStream<Int>.makeStream()
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { listening.finish() }
                try await server.run(onListening: { listening.yield($0) }) { connection in
                    try await run(connection) {
                        for try await message in connection.messages { try await connection.send(message) }
                    }
                }
            }
            defer { tasks.cancelAll() }
            var iterator = ports.makeAsyncIterator()
            // No port: the server says why.
            guard let port = await iterator.next() else {
                try await tasks.waitForAll()
                throw CancellationError()
            }
            let message = [UInt8](repeating: 7, count: load.byteCount)
            return try await load.secondsPerRoundTrip { index, roundTrips in
                try await ExchangeClient.withConnection(
                    host: "127.0.0.1", port: port, identity: sites[index], server: aggregatorLine,
                    logger: quiet
                ) { connection in
                    try await run(connection) {
                        var answers = connection.messages.makeAsyncIterator()
                        try await roundTrips {
                            try await connection.send(message)
                            let answer = try await answers.next()
                            precondition(answer?.count == load.byteCount, "the message comes back")
                        }
                    }
                }
            }
        }
    }

    private func run(_ connection: PeerConnection, _ body: () async throws -> Void) async throws {
        switch place {
        case .pool: try await body()
        case .eventLoop: try await withTaskExecutorPreference(connection.eventLoopExecutor, operation: body)
        }
    }

    private static func newIdentity() throws -> LocalIdentity {
        LocalIdentity(try Identity(seed: SecretBytes.random(count: Identity.seedByteCount)))
    }
}
