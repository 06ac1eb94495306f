internal import Sodium

extension SecureConnection {
    /// Returns the initiator's message 1, of a first handshake or of one for new keys.
    mutating func beginHandshake(prologue: [UInt8]) throws -> [UInt8] {
        guard let peerChannelKey else { preconditionFailure("the initiator has its peer's key") }
        var handshake = try NoiseHandshake(
            initiator: localStatic.copy(), responderStatic: peerChannelKey, prologue: prologue,
            presharedKey: presharedKey?.copy(), makeEphemeral: makeEphemeral)
        let message = try handshake.writeMessage([])
        pendingHandshake = consume handshake
        return message
    }

    /// Takes the responder's message 2: both directions use the new keys at once.
    mutating func acceptResponse(_ message: [UInt8], at now: Duration) throws -> [Event] {
        guard var handshake = pendingHandshake.take() else {
            preconditionFailure("an answer belongs to a handshake")
        }
        try SecureConnection.requireEmptyPayload(handshake.readMessage(message))
        begin(handshake.finish(maximumMessageCount: keyLimits.maximumRecordCount), at: now)
        phase = .open
        // Sent at once, so that the responder need not wait for a message to drop its old key.
        return [try seal(.confirmation)]
    }

    /// Takes message 1 of a new connection.
    mutating func acceptFirstMessage(_ message: [UInt8], at now: Duration) throws -> [Event] {
        let answer = try respond(to: message, prologue: prologue, expectedKey: nil)
        begin(answer.handshake.finish(maximumMessageCount: keyLimits.maximumRecordCount), at: now)
        peerChannelKey = answer.peerKey
        phase = .awaitingConfirmation
        return [.authenticated(peerChannelKey: answer.peerKey), .transmit(answer.message)]
    }

    /// Takes message 1 of a handshake for new keys.
    ///
    /// The answer goes out under the old key and everything after it under the new one; what comes in is
    /// tried with the new key first until the initiator has used it.
    mutating func acceptRekeyRequest(_ request: [UInt8], at now: Duration) throws -> [Event] {
        guard role == .responder else {
            throw SecureChannelError(.unexpectedRecord, "a request for new keys from a responder")
        }
        guard previousReceiving == nil else {
            throw SecureChannelError(.rekeyRefused, "a request for new keys while the last are unconfirmed")
        }
        guard now - sessionStart >= keyLimits.minimumRekeyInterval else {
            throw SecureChannelError(
                .rekeyRefused,
                "a request for new keys \(now - sessionStart) after the last; at least "
                    + "\(keyLimits.minimumRekeyInterval) must pass")
        }
        let answer = try respond(to: request, prologue: rekeyPrologue, expectedKey: peerChannelKey)
        let response = try seal(.rekeyResponse(answer.message))
        if let old = session.take() { previousReceiving = old.receivingAlone() }
        begin(answer.handshake.finish(maximumMessageCount: keyLimits.maximumRecordCount), at: now)
        return [response]
    }

    /// Returns the initiator's request for new keys when the present ones have their age or use.
    mutating func rekeyIfDue(at now: Duration) throws -> [Event] {
        guard role == .initiator, phase == .open, pendingHandshake == nil else { return [] }
        let recordCount = max(session?.sending.messageCount ?? 0, session?.receiving.messageCount ?? 0)
        guard
            now - sessionStart >= keyLimits.rekeyInterval || recordCount >= keyLimits.rekeyRecordCount
        else { return [] }
        let request = try beginHandshake(prologue: rekeyPrologue)
        return [try seal(.rekeyRequest(request))]
    }

    /// Ties a handshake for new keys to the session in which it happens.
    private var rekeyPrologue: [UInt8] {
        Array("atoll rekey".utf8) + (handshakeHash ?? [])
    }

    private struct Answer: ~Copyable {
        var handshake: NoiseHandshake
        let message: [UInt8]
        let peerKey: [UInt8]
    }

    private func respond(
        to message: [UInt8], prologue: [UInt8], expectedKey: [UInt8]?
    ) throws -> Answer {
        // Refused by size before any key agreement is computed.
        guard message.count == NoiseProtocol.firstMessageByteCount else {
            throw SecureChannelError(
                .malformedHandshake,
                "message 1 has \(NoiseProtocol.firstMessageByteCount) bytes, got \(message.count)")
        }
        var handshake = try NoiseHandshake(
            responder: localStatic.copy(), prologue: prologue, presharedKey: presharedKey?.copy(),
            makeEphemeral: makeEphemeral)
        try SecureConnection.requireEmptyPayload(handshake.readMessage(message))
        guard let peerKey = handshake.remoteStatic, expectedKey == nil || expectedKey == peerKey,
            authorize(peerKey)
        else {
            throw SecureChannelError(
                .unauthorized, "the peer's channel key is not authorised: add its public line")
        }
        let response = try handshake.writeMessage([])
        return Answer(handshake: handshake, message: response, peerKey: peerKey)
    }

    private mutating func begin(_ new: consuming NoiseSession, at now: Duration) {
        handshakeHash = new.handshakeHash
        session = consume new
        sessionStart = now
    }

    private static func requireEmptyPayload(_ payload: [UInt8]) throws(SecureChannelError) {
        guard payload.isEmpty else {
            throw SecureChannelError(
                .malformedHandshake, "handshake messages carry no payload, got \(payload.count) bytes")
        }
    }
}
