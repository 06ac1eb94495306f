internal import Logging
internal import NIOCore
internal import SecureChannel
internal import Sodium
internal import Synchronization
internal import Testing

@testable internal import Transport

/// One party of a test: private keys and their public line.
struct Party: Sendable {
    let local: LocalIdentity
    let identity: PublicIdentity

    init(_ name: String) throws {
        local = LocalIdentity(try Identity(seed: SecretBytes.random(count: Identity.seedByteCount)))
        identity = try local.identity.publicIdentity(name: name)
    }
}

/// The keys that a test server accepts now.
final class Directory: Sendable {
    private let entries = Mutex<[[UInt8]: PublicIdentity]>([:])

    func add(_ party: Party) { entries.withLock { $0[party.identity.channelKey] = party.identity } }
    func remove(_ party: Party) { entries.withLock { $0[party.identity.channelKey] = nil } }
    func find(_ key: [UInt8]) -> PublicIdentity? { entries.withLock { $0[key] } }
}

/// Values that a test waits for, one after the other.
struct Signal<Value: Sendable>: Sendable {
    private let stream: AsyncStream<Value>
    private let sink: AsyncStream<Value>.Continuation

    init() { (stream, sink) = AsyncStream.makeStream() }

    func send(_ value: Value) { sink.yield(value) }

    func next() async throws -> Value {
        for await value in stream { return value }
        throw CancellationError()
    }
}

/// A server on a port of the kernel's choice, with what a test needs to talk to it.
struct TestServer: Sendable {
    let server: ExchangeServer
    let party: Party
    let directory: Directory
    let port: Int
    let failures: Signal<TransportError>
    let log: LogRecorder

    static let echo: @Sendable (PeerConnection) async throws -> Void = { connection in
        for try await message in connection.messages { try await connection.send(message) }
    }

    /// Runs `body` beside a server, then cancels the server and waits for its end.
    static func run<Result: Sendable>(
        limits: TransportLimits = TransportLimits(),
        handler: @escaping @Sendable (PeerConnection) async throws -> Void = TestServer.echo,
        _ body: (TestServer) async throws -> Result
    ) async throws -> Result {
        let party = try Party("aggregator")
        let directory = Directory()
        let failures = Signal<TransportError>()
        let log = LogRecorder()
        let server = ExchangeServer(
            host: "127.0.0.1", port: 0, identity: party.local, authorize: { directory.find($0) },
            limits: limits,
            logger: log.logger, onHandshakeFailure: { failures.send($0) })
        let ports = Signal<Int>()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run(onListening: { ports.send($0) }, handler: handler) }
            let result = try await body(
                TestServer(
                    server: server, party: party, directory: directory, port: try await ports.next(),
                    failures: failures, log: log))
            group.cancelAll()
            try await group.waitForAll()
            return result
        }
    }

    /// Returns a party whose key the server accepts.
    func makeSite(_ name: String = "north") throws -> Party {
        let site = try Party(name)
        directory.add(site)
        return site
    }

    func connect<Result: Sendable>(
        as site: Party, port: Int? = nil, pinning server: PublicIdentity? = nil,
        limits: TransportLimits = TransportLimits(), _ body: (PeerConnection) async throws -> Result
    ) async throws -> Result {
        try await ExchangeClient.withConnection(
            host: "127.0.0.1", port: port ?? self.port, identity: site.local,
            server: server ?? party.identity,
            limits: limits, logger: Logger(label: "client"), body)
    }

    /// Checks that an honest site is served.
    func expectServing(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let site = try makeSite("honest")
        let message = [UInt8](repeating: 7, count: 300)
        let answer = try await connect(as: site) { connection in
            try await connection.send(message)
            return try await connection.next()
        }
        #expect(answer == message, sourceLocation: sourceLocation)
    }
}

extension PeerConnection {
    /// Returns the next message; for tests that read one at a time.
    func next() async throws -> [UInt8]? {
        var iterator = messages.makeAsyncIterator()
        return try await iterator.next()
    }

    /// Returns the error with which the messages end, or nil when they end without one.
    func end() async -> TransportError? {
        do {
            while try await next() != nil {}
            return nil
        } catch {
            return error as? TransportError
        }
    }
}
