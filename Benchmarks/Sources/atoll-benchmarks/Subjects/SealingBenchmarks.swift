internal import SecureChannel
internal import Sodium

/// A message sealed into records, opened and put together again at the other end.
enum SealingBenchmarks {
    static let byteCounts = [300, 40_000]

    static func all() throws -> [Benchmark] {
        try byteCounts.map { byteCount in
            let message = [UInt8](repeating: 7, count: byteCount)
            let channel = try EstablishedChannel()
            var cipher = BareCipher()
            return Benchmark("seal and open", "\(byteCount) B", against: "ChaCha20-Poly1305 alone") {
                keep(try channel.pass(message))
            } baseline: {
                keep(try cipher.pass(message))
            }
        }
    }
}

/// Both ends of one confirmed connection.
private final class EstablishedChannel {
    private var initiator: SecureConnection
    private var responder: SecureConnection

    init() throws {
        let server = try Identity(seed: SecretBytes.random(count: Identity.seedByteCount))
        let client = try Identity(seed: SecretBytes.random(count: Identity.seedByteCount))
        initiator = try SecureConnection(
            initiator: client, peerChannelKey: server.channelKeyPair.publicKey, prologue: [])
        responder = try SecureConnection(responder: server, prologue: [], authorize: { _ in true })
        var toResponder = Self.frames(of: try initiator.start(at: .zero))
        while !(initiator.isOpen && responder.isOpen) {
            let answers = try toResponder.flatMap { Self.frames(of: try responder.receive($0, at: .zero)) }
            toResponder = try answers.flatMap { Self.frames(of: try initiator.receive($0, at: .zero)) }
        }
    }

    /// Returns the message as the responder reads it.
    func pass(_ message: [UInt8]) throws -> [UInt8]? {
        var received: [UInt8]?
        for case .transmit(let frame) in try initiator.send(message, at: .zero) {
            for case .message(let whole) in try responder.receive(frame, at: .zero) { received = whole }
        }
        precondition(received?.count == message.count, "the message arrives")
        return received
    }

    private static func frames(of events: [SecureConnection.Event]) -> [[UInt8]] {
        events.compactMap { event in
            if case .transmit(let frame) = event { frame } else { nil }
        }
    }
}

/// The same bytes through the cipher, without records, counters or reassembly.
private struct BareCipher: ~Copyable {
    private let key = SecretBytes.random(count: ChaCha20Poly1305.keyByteCount)
    private var counter: UInt64 = 0

    mutating func pass(_ message: [UInt8]) throws -> [UInt8] {
        counter += 1
        let nonce = [0, 0, 0, 0] + (0..<8).map { UInt8(truncatingIfNeeded: counter >> (8 * $0)) }
        let sealed = try ChaCha20Poly1305.seal(message, key: key, nonce: nonce, associatedData: [])
        return try ChaCha20Poly1305.open(sealed, key: key, nonce: nonce, associatedData: [])
    }
}
