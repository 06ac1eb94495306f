package import Sodium

/// A handshake of two messages, as either end (Noise revision 34, section 5.3).
///
/// The initiator calls ``writeMessage(_:)`` then ``readMessage(_:)``, the responder the other way round,
/// and both end with ``finish(maximumMessageCount:)``. After an error the value is of no more use.
package struct NoiseHandshake: ~Copyable, Sendable {
    /// Which end this is.
    package enum Role: Sendable { case initiator, responder }

    /// Makes the ephemeral key pair when its turn comes; never the same pair twice.
    package typealias EphemeralSource = @Sendable () throws -> X25519.KeyPair

    private let noiseProtocol: NoiseProtocol
    private let role: Role
    private var symmetric: SymmetricState
    private let localStatic: X25519.KeyPair
    private var localEphemeral: X25519.KeyPair?
    /// The peer's static public key: given to the initiator, learnt by the responder from message 1.
    package private(set) var remoteStatic: [UInt8]?
    private var remoteEphemeral: [UInt8]?
    private let presharedKey: SecretBytes?
    private let makeEphemeral: EphemeralSource
    private var messageIndex = 0

    /// Creates the initiator's end; the responder's static key is pinned.
    ///
    /// - Throws: ``SecureChannelError/Code/invalidKey`` for a key of a wrong size.
    package init(
        initiator localStatic: consuming X25519.KeyPair, responderStatic: [UInt8], prologue: [UInt8],
        presharedKey: consuming SecretBytes? = nil, makeEphemeral: @escaping EphemeralSource
    ) throws(SecureChannelError) {
        guard responderStatic.count == X25519.keyByteCount else {
            throw SecureChannelError(
                .invalidKey, "a channel key has \(X25519.keyByteCount) bytes, got \(responderStatic.count)")
        }
        try self.init(
            .initiator, localStatic, remoteStatic: responderStatic, responderStatic: responderStatic,
            prologue: prologue, presharedKey: presharedKey, makeEphemeral: makeEphemeral)
    }

    /// Creates the responder's end.
    ///
    /// - Throws: ``SecureChannelError/Code/invalidKey`` for a pre-shared key of a wrong size.
    package init(
        responder localStatic: consuming X25519.KeyPair, prologue: [UInt8],
        presharedKey: consuming SecretBytes? = nil, makeEphemeral: @escaping EphemeralSource
    ) throws(SecureChannelError) {
        let publicKey = localStatic.publicKey
        try self.init(
            .responder, localStatic, remoteStatic: nil, responderStatic: publicKey, prologue: prologue,
            presharedKey: presharedKey, makeEphemeral: makeEphemeral)
    }

    private init(
        _ role: Role, _ localStatic: consuming X25519.KeyPair, remoteStatic: [UInt8]?,
        responderStatic: [UInt8], prologue: [UInt8], presharedKey: consuming SecretBytes?,
        makeEphemeral: @escaping EphemeralSource
    ) throws(SecureChannelError) {
        let presharedKeyByteCount = presharedKey?.count
        try NoiseHandshake.requirePresharedKey(byteCount: presharedKeyByteCount)
        self.role = role
        noiseProtocol = presharedKeyByteCount == nil ? .ik : .ikPSK2
        self.localStatic = localStatic
        self.remoteStatic = remoteStatic
        self.presharedKey = presharedKey
        self.makeEphemeral = makeEphemeral
        symmetric = SymmetricState(noiseProtocol)
        symmetric.mixHash(prologue)
        // The pre-message: the responder's static key.
        symmetric.mixHash(responderStatic)
    }

    /// Returns this end's handshake message around `payload`.
    ///
    /// - Throws: ``SecureChannelError/Code/handshakeFailed`` when the peer's key is of low order or the
    ///   ephemeral key cannot be made.
    package mutating func writeMessage(_ payload: [UInt8]) throws(SecureChannelError) -> [UInt8] {
        precondition(isSending && messageIndex < 2, "it is not this end's turn to write a handshake message")
        var message: [UInt8] = []
        for token in noiseProtocol.messageTokens[messageIndex] {
            switch token {
            case .e: message += try sendEphemeral()
            case .s: message += try symmetric.encryptAndHash(localStatic.publicKey)
            case .psk: mixPresharedKey()
            case .ee, .es, .se, .ss: try mixKeyAgreement(token)
            }
        }
        message += try symmetric.encryptAndHash(payload)
        messageIndex += 1
        return message
    }

    /// Returns the payload of the peer's handshake message.
    ///
    /// - Throws: ``SecureChannelError/Code/malformedHandshake`` when the message is too short, and
    ///   ``SecureChannelError/Code/handshakeFailed`` when it does not open or holds a key of low order.
    package mutating func readMessage(_ message: [UInt8]) throws(SecureChannelError) -> [UInt8] {
        precondition(!isSending && messageIndex < 2, "it is not this end's turn to read a handshake message")
        guard message.count <= SecureChannelLimits.maximumFrameByteCount else {
            throw SecureChannelError(
                .malformedHandshake,
                "a Noise message has at most \(SecureChannelLimits.maximumFrameByteCount) bytes, got "
                    + "\(message.count)")
        }
        var rest = message[...]
        for token in noiseProtocol.messageTokens[messageIndex] {
            switch token {
            case .e: receiveEphemeral(try NoiseHandshake.take(X25519.keyByteCount, of: &rest))
            case .s:
                let sealed = try NoiseHandshake.take(
                    X25519.keyByteCount + ChaCha20Poly1305.tagByteCount, of: &rest)
                remoteStatic = try decrypt(sealed)
            case .psk: mixPresharedKey()
            case .ee, .es, .se, .ss: try mixKeyAgreement(token)
            }
        }
        let payload = try decrypt(Array(rest))
        messageIndex += 1
        return payload
    }

    /// Returns the session that both messages have made.
    ///
    /// - Parameter maximumMessageCount: The messages each of the two keys may carry.
    package consuming func finish(maximumMessageCount: UInt64 = .max) -> NoiseSession {
        precondition(messageIndex == 2, "a handshake has two messages; this one is at \(messageIndex)")
        let pair = symmetric.split(maximumMessageCount: maximumMessageCount)
        let hash = symmetric.hash
        switch role {
        case .initiator:
            return NoiseSession(
                sending: pair.fromInitiator, receiving: pair.fromResponder, handshakeHash: hash)
        case .responder:
            return NoiseSession(
                sending: pair.fromResponder, receiving: pair.fromInitiator, handshakeHash: hash)
        }
    }

    static func requirePresharedKey(byteCount: Int?) throws(SecureChannelError) {
        guard byteCount == nil || byteCount == NoiseProtocol.presharedKeyByteCount else {
            throw SecureChannelError(
                .invalidKey,
                "a pre-shared key has \(NoiseProtocol.presharedKeyByteCount) bytes, got \(byteCount ?? 0)")
        }
    }

    private var isSending: Bool { (role == .initiator) == (messageIndex == 0) }

    private mutating func sendEphemeral() throws(SecureChannelError) -> [UInt8] {
        do {
            let pair = try makeEphemeral()
            let publicKey = pair.publicKey
            localEphemeral = consume pair
            mix(ephemeral: publicKey)
            return publicKey
        } catch {
            throw SecureChannelError(.handshakeFailed, "no ephemeral key: \(error)")
        }
    }

    private mutating func receiveEphemeral(_ publicKey: [UInt8]) {
        remoteEphemeral = publicKey
        mix(ephemeral: publicKey)
    }

    private mutating func mix(ephemeral publicKey: [UInt8]) {
        symmetric.mixHash(publicKey)
        // With a pre-shared key the ephemeral keys also randomise the chaining key (section 9.2).
        if noiseProtocol.usesPresharedKey {
            symmetric.mixKey(SecretBytes(copying: publicKey, lifetime: .transient))
        }
    }

    private mutating func mixPresharedKey() {
        switch presharedKey {
        case .some(let key): symmetric.mixKeyAndHash(key)
        case .none: preconditionFailure("\(noiseProtocol.rawValue) has a pre-shared key")
        }
    }

    /// Mixes in the key agreement that a token names: its first letter is the initiator's key, its second
    /// the responder's.
    private mutating func mixKeyAgreement(_ token: NoiseProtocol.Token) throws(SecureChannelError) {
        let (initiatorIsEphemeral, responderIsEphemeral) =
            switch token {
            case .ee: (true, true)
            case .es: (true, false)
            case .se: (false, true)
            default: (false, false)
            }
        let localIsEphemeral = role == .initiator ? initiatorIsEphemeral : responderIsEphemeral
        let remoteIsEphemeral = role == .initiator ? responderIsEphemeral : initiatorIsEphemeral
        guard let remote = remoteIsEphemeral ? remoteEphemeral : remoteStatic else {
            preconditionFailure("the pattern gives the peer's key before it is used")
        }
        do {
            if localIsEphemeral {
                guard let shared = try localEphemeral?.sharedSecret(with: remote) else {
                    preconditionFailure("the pattern makes the ephemeral key before it is used")
                }
                symmetric.mixKey(shared)
            } else {
                symmetric.mixKey(try localStatic.sharedSecret(with: remote))
            }
        } catch {
            throw SecureChannelError(.handshakeFailed, error.message)
        }
    }

    private mutating func decrypt(_ ciphertext: [UInt8]) throws(SecureChannelError) -> [UInt8] {
        guard ciphertext.count >= ChaCha20Poly1305.tagByteCount else {
            throw SecureChannelError(
                .malformedHandshake, "a handshake message ends early, in a part of \(ciphertext.count) bytes")
        }
        do {
            return try symmetric.decryptAndHash(ciphertext)
        } catch {
            throw SecureChannelError(
                .handshakeFailed,
                "a handshake message does not open: check the pinned public line, the pre-shared key and "
                    + "the version")
        }
    }

    private static func take(
        _ count: Int, of rest: inout ArraySlice<UInt8>
    ) throws(SecureChannelError) -> [UInt8] {
        guard rest.count >= count else {
            throw SecureChannelError(
                .malformedHandshake,
                "a handshake message ends early: \(count) bytes expected, got \(rest.count)")
        }
        defer { rest.removeFirst(count) }
        return Array(rest.prefix(count))
    }
}
