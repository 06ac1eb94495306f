package import Sodium

/// The channel of one connection: frames in, frames and messages out.
///
/// A handshake of two frames makes a session (``NoiseProtocol``); every frame after it is one sealed
/// record. The transport must keep order and lose nothing: a frame that is not the next one does not open,
/// and the connection is at its end.
///
/// What the events ask for must be done in their order, and frames must go out in the order in which the
/// calls returned them. Time is passed in, as a duration since an arbitrary start.
///
/// Every error thrown ends the connection, with two exceptions, both by ``send(_:at:)``: a message over
/// the bound, and a message before ``Event/confirmed``.
package struct SecureConnection: ~Copyable, Sendable {
    /// What the transport must do or know.
    package enum Event: Sendable, Equatable {
        /// Send these bytes to the peer as one frame, of at most
        /// ``SecureChannelLimits/maximumFrameByteCount`` bytes.
        case transmit([UInt8])
        /// The responder has opened message 1 and authorised its static key.
        ///
        /// Message 1 may be a replay: displace no other connection before ``confirmed``.
        case authenticated(peerChannelKey: [UInt8])
        /// The peer holds the session keys: messages pass from now on, both ways.
        case confirmed
        /// One whole message of the peer.
        case message([UInt8])
        /// New keys are in use, both ways, and the old ones are gone.
        case rekeyed
    }

    /// Decides whether the owner of a channel key may connect; asked again at each change of keys.
    package typealias Authorization = @Sendable (_ channelKey: [UInt8]) -> Bool

    enum Phase: Equatable {
        case new
        case awaitingResponse
        case awaitingConfirmation
        case open
        case closed
    }

    let role: NoiseHandshake.Role
    let localStatic: X25519.KeyPair
    let presharedKey: SecretBytes?
    let makeEphemeral: NoiseHandshake.EphemeralSource
    let authorize: Authorization
    let keyLimits: KeyLimits
    let prologue: [UInt8]

    /// The bound on a message in either direction, in bytes.
    ///
    /// It may be set at any time, for example when the shape of what the peer may send becomes known.
    package var maximumMessageByteCount: Int
    /// The static key of the peer: the pinned one, or for a responder that of message 1.
    package internal(set) var peerChannelKey: [UInt8]?

    /// The hash of the handshake that made the present session: the same 64 bytes at both ends.
    package internal(set) var handshakeHash: [UInt8]?

    var phase = Phase.new
    /// The initiator's handshake while its answer is outstanding, the first one or one for new keys.
    var pendingHandshake: NoiseHandshake?
    var session: NoiseSession?
    /// The responder's old key while the initiator may still use it.
    var previousReceiving: CipherState?
    var sessionStart = Duration.zero
    var nextMessageID: UInt64 = 0
    var assembler = MessageAssembler()

    /// Creates the end that connects: the site's.
    ///
    /// - Parameters:
    ///   - identity: This end's keys; the connection keeps its own copy of the channel key.
    ///   - peerChannelKey: The responder's static key, 32 bytes, from its public line.
    ///   - prologue: What both ends must agree on beforehand, such as the subprotocol's name.
    ///   - presharedKey: 32 bytes, when both ends share one.
    ///   - maximumMessageByteCount: The bound on a message in either direction.
    ///   - keyLimits: When keys are replaced.
    ///   - makeEphemeral: Makes a new key pair for each handshake.
    /// - Throws: ``SecureChannelError/Code/invalidKey``.
    package init(
        initiator identity: borrowing Identity, peerChannelKey: [UInt8], prologue: [UInt8],
        presharedKey: consuming SecretBytes? = nil,
        maximumMessageByteCount: Int = SecureChannelLimits.defaultMaximumMessageByteCount,
        keyLimits: KeyLimits = KeyLimits(),
        makeEphemeral: @escaping NoiseHandshake.EphemeralSource = { try X25519.KeyPair.generate() }
    ) throws(SecureChannelError) {
        guard peerChannelKey.count == X25519.keyByteCount else {
            throw SecureChannelError(
                .invalidKey, "a channel key has \(X25519.keyByteCount) bytes, got \(peerChannelKey.count)")
        }
        try self.init(
            .initiator, identity, prologue, presharedKey, maximumMessageByteCount, keyLimits,
            makeEphemeral, { _ in true })
        self.peerChannelKey = peerChannelKey
    }

    /// Creates the end that is connected to: the aggregator's.
    ///
    /// - Parameters:
    ///   - identity: This end's keys; the connection keeps its own copy of the channel key.
    ///   - prologue: What both ends must agree on beforehand, such as the subprotocol's name.
    ///   - presharedKey: 32 bytes, when both ends share one.
    ///   - maximumMessageByteCount: The bound on a message in either direction.
    ///   - keyLimits: When keys are replaced.
    ///   - makeEphemeral: Makes a new key pair for each handshake.
    ///   - authorize: Asked with the initiator's static key once message 1 has opened.
    /// - Throws: ``SecureChannelError/Code/invalidKey``.
    package init(
        responder identity: borrowing Identity, prologue: [UInt8],
        presharedKey: consuming SecretBytes? = nil,
        maximumMessageByteCount: Int = SecureChannelLimits.defaultMaximumMessageByteCount,
        keyLimits: KeyLimits = KeyLimits(),
        makeEphemeral: @escaping NoiseHandshake.EphemeralSource = { try X25519.KeyPair.generate() },
        authorize: @escaping Authorization
    ) throws(SecureChannelError) {
        try self.init(
            .responder, identity, prologue, presharedKey, maximumMessageByteCount, keyLimits,
            makeEphemeral, authorize)
    }

    private init(
        _ role: NoiseHandshake.Role, _ identity: borrowing Identity, _ prologue: [UInt8],
        _ presharedKey: consuming SecretBytes?, _ maximumMessageByteCount: Int, _ keyLimits: KeyLimits,
        _ makeEphemeral: @escaping NoiseHandshake.EphemeralSource, _ authorize: @escaping Authorization
    ) throws(SecureChannelError) {
        precondition(maximumMessageByteCount >= 0, "a message bound is at least 0")
        try NoiseHandshake.requirePresharedKey(byteCount: presharedKey?.count)
        self.role = role
        localStatic = identity.channelKeyPair.copy()
        self.prologue = prologue
        self.presharedKey = presharedKey
        self.maximumMessageByteCount = maximumMessageByteCount
        self.keyLimits = keyLimits
        self.makeEphemeral = makeEphemeral
        self.authorize = authorize
    }

    /// Whether messages pass: after ``Event/confirmed`` and before any error.
    package var isOpen: Bool { phase == .open }

    /// Returns the initiator's first frame.
    ///
    /// - Precondition: This is the initiator, and the first call.
    package mutating func start(at now: Duration) throws -> [Event] {
        precondition(role == .initiator && phase == .new, "start(at:) is the initiator's first call")
        do {
            phase = .awaitingResponse
            let message = try beginHandshake(prologue: prologue)
            return [.transmit(message)]
        } catch {
            close()
            throw error
        }
    }

    /// Takes one frame of the peer.
    ///
    /// - Throws: ``SecureChannelError``; the connection is closed then.
    package mutating func receive(_ frame: consuming [UInt8], at now: Duration) throws -> [Event] {
        do {
            return try process(frame, at: now)
        } catch {
            close()
            throw error
        }
    }

    /// Seals a message into as many frames as it needs.
    ///
    /// - Throws: ``SecureChannelError/Code/notOpen`` and ``SecureChannelError/Code/messageTooLarge``,
    ///   which change nothing; any other error closes the connection.
    package mutating func send(_ message: [UInt8], at now: Duration) throws -> [Event] {
        try requireNotClosed()
        guard phase == .open else {
            throw SecureChannelError(.notOpen, "no message passes before the session is confirmed")
        }
        guard message.count <= maximumMessageByteCount else {
            throw SecureChannelError(
                .messageTooLarge,
                "a message of \(message.count) bytes; at most \(maximumMessageByteCount) pass here")
        }
        do {
            try requireYoungKeys(at: now)
            let request = try rekeyIfDue(at: now)
            return request + (try seal(message))
        } catch {
            close()
            throw error
        }
    }

    /// Lets time pass: the initiator asks for new keys when the present ones have their age.
    ///
    /// Call it about once a second.
    ///
    /// - Throws: ``SecureChannelError/Code/keysExhausted`` when the keys are too old; the connection is
    ///   closed then. ``SecureChannelError/Code/closed``.
    package mutating func advance(to now: Duration) throws -> [Event] {
        try requireNotClosed()
        do {
            try requireYoungKeys(at: now)
            return try rekeyIfDue(at: now)
        } catch {
            close()
            throw error
        }
    }

    /// Ends the connection and forgets its keys; what comes after throws ``SecureChannelError/Code/closed``.
    package mutating func close() {
        phase = .closed
        pendingHandshake = nil
        session = nil
        previousReceiving = nil
        assembler = MessageAssembler()
    }
}
