internal import SecureChannel
internal import Sodium

/// An authenticated site that seals whatever it likes.
struct HostileSite: ~Copyable {
    var session: NoiseSession
    var aggregator: SecureConnection
    /// The time of the handshake.
    let start = ConnectionPair.start

    init(
        maximumMessageByteCount: Int = 1 << 20, keyLimits: KeyLimits = KeyLimits(), isConfirmed: Bool = true,
        authorize: @escaping SecureConnection.Authorization = { _ in true }
    ) throws {
        var aggregator = try SecureConnection(
            responder: identity(2), prologue: ConnectionPair.prologue,
            maximumMessageByteCount: maximumMessageByteCount, keyLimits: keyLimits, authorize: authorize)
        var handshake = try HostileSite.handshake(prologue: ConnectionPair.prologue)
        let answer = try aggregator.receive(handshake.writeMessage([]), at: ConnectionPair.start).frames
        _ = try handshake.readMessage(answer[0])
        var session = handshake.finish()
        if isConfirmed { _ = try aggregator.receive(session.sending.seal([4]), at: ConnectionPair.start) }
        self.session = session
        self.aggregator = aggregator
    }

    /// A handshake as the site with `seed`.
    static func handshake(seed: UInt8 = 1, prologue: [UInt8]) throws -> NoiseHandshake {
        try NoiseHandshake(
            initiator: identity(seed).channelKeyPair.copy(),
            responderStatic: identity(2).channelKeyPair.publicKey, prologue: prologue,
            makeEphemeral: ephemeralSource(nil))
    }

    /// What a handshake for new keys in the present session has as its prologue.
    var rekeyPrologue: [UInt8] { Array("atoll rekey".utf8) + session.handshakeHash }

    /// Delivers one record of the given plaintext.
    mutating func send(_ plaintext: [UInt8], at now: Duration? = nil) throws -> [SecureConnection.Event] {
        try aggregator.receive(session.sending.seal(plaintext), at: now ?? start)
    }
}
