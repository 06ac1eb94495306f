internal import SecureChannel
internal import Sodium

extension VectorKind {
    /// Noise vectors: objects with a `protocol_name`, in a list of their own or under `vectors`.
    ///
    /// Each is run twice, as initiator and as responder: what this end writes, opens and hashes must be what
    /// the vector says.
    static let noise = VectorKind(
        name: "noise",
        vectors: { document in
            let list = document["vectors"]?.array ?? document.array ?? []
            return list.contains { $0["protocol_name"] != nil } ? list : []
        },
        run: { index, json in
            let source = json["source"]?.string ?? "no source"
            var outcome = ConformanceCase(name: "vector \(index) (\(source))")
            do {
                let vector = try NoiseVector(json)
                outcome.failure =
                    try vector.failure(as: .initiator) ?? vector.failure(as: .responder)
            } catch {
                outcome.failure = "\(error)"
            }
            return outcome
        })
}

extension NoiseVector {
    /// Returns what this build does otherwise than the vector as one of the ends; nil when nothing.
    func failure(as role: NoiseHandshake.Role) throws -> String? {
        var handshake = try makeHandshake(role)
        for (index, message) in messages.prefix(2).enumerated() {
            if (role == .initiator) == index.isMultiple(of: 2) {
                guard try handshake.writeMessage(message.payload) == message.ciphertext else {
                    return "\(role): handshake message \(index) differs"
                }
            } else {
                guard try handshake.readMessage(message.ciphertext) == message.payload else {
                    return "\(role): the payload of handshake message \(index) differs"
                }
            }
        }
        guard try handshake.remoteStatic == remotePublicKey(of: role) else {
            return "\(role): the peer's static key differs"
        }
        var session = handshake.finish()
        if let handshakeHash, session.handshakeHash != handshakeHash {
            return "\(role): the handshake hash differs"
        }
        for (index, message) in messages.enumerated().dropFirst(2) {
            if (role == .initiator) == index.isMultiple(of: 2) {
                guard try session.sending.seal(message.payload) == message.ciphertext else {
                    return "\(role): transport message \(index) differs"
                }
            } else {
                guard try session.receiving.open(message.ciphertext) == message.payload else {
                    return "\(role): the payload of transport message \(index) differs"
                }
            }
        }
        return nil
    }

    private func makeHandshake(_ role: NoiseHandshake.Role) throws -> NoiseHandshake {
        let end = role == .initiator ? initiator : responder
        let localStatic = try X25519.KeyPair(privateKey: SecretBytes(copying: end.staticKey))
        let ephemeralKey = end.ephemeralKey
        let makeEphemeral: NoiseHandshake.EphemeralSource = {
            try X25519.KeyPair(privateKey: SecretBytes(copying: ephemeralKey))
        }
        let presharedKey: SecretBytes? =
            if let bytes = end.presharedKey { SecretBytes(copying: bytes) } else { nil }
        switch role {
        case .initiator:
            return try NoiseHandshake(
                initiator: localStatic, responderStatic: responderPublicKey, prologue: end.prologue,
                presharedKey: presharedKey, makeEphemeral: makeEphemeral)
        case .responder:
            return try NoiseHandshake(
                responder: localStatic, prologue: end.prologue, presharedKey: presharedKey,
                makeEphemeral: makeEphemeral)
        }
    }

    private func remotePublicKey(of role: NoiseHandshake.Role) throws -> [UInt8] {
        switch role {
        case .initiator: responderPublicKey
        case .responder:
            try X25519.KeyPair(privateKey: SecretBytes(copying: initiator.staticKey)).publicKey
        }
    }
}
