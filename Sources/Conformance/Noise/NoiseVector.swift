internal import SecureChannel
internal import Sodium

/// A Noise vector in the form that cacophony, snow and noise-c share: bytes as hexadecimal.
struct NoiseVector {
    /// What one end is given.
    struct End {
        let prologue: [UInt8]
        let staticKey: [UInt8]
        let ephemeralKey: [UInt8]
        let presharedKey: [UInt8]?
    }

    /// A message as its sender has it and as it is sent.
    struct Message {
        let payload: [UInt8]
        let ciphertext: [UInt8]
    }

    let noiseProtocol: NoiseProtocol
    let initiator: End
    let responder: End
    let responderPublicKey: [UInt8]
    let handshakeHash: [UInt8]?
    /// The initiator's first, then by turns; the first two are the handshake.
    let messages: [Message]

    init(_ json: JSONValue) throws {
        guard let name = json["protocol_name"]?.string, let known = NoiseProtocol(rawValue: name) else {
            throw MalformedVector(
                "protocol \(json["protocol_name"]?.string ?? "unnamed") is not spoken here, only "
                    + NoiseProtocol.allCases.map(\.rawValue).joined(separator: " and "))
        }
        noiseProtocol = known
        initiator = try NoiseVector.end("init", json, known)
        responder = try NoiseVector.end("resp", json, known)
        responderPublicKey = try NoiseVector.bytes("init_remote_static", json)
        handshakeHash =
            json["handshake_hash"] == nil ? nil : try NoiseVector.bytes("handshake_hash", json)
        messages = try (json["messages"]?.array ?? []).map { message in
            Message(
                payload: try NoiseVector.bytes("payload", message),
                ciphertext: try NoiseVector.bytes("ciphertext", message))
        }
        guard messages.count >= 2 else {
            throw MalformedVector("a vector has at least the two handshake messages, got \(messages.count)")
        }
    }

    private static func end(_ prefix: String, _ json: JSONValue, _ known: NoiseProtocol) throws -> End {
        var presharedKey: [UInt8]?
        if let keys = json["\(prefix)_psks"]?.array {
            guard keys.count == 1, let text = keys[0].string, let bytes = Hexadecimal.bytes(of: text) else {
                throw MalformedVector("\(prefix)_psks is not one key in hexadecimal")
            }
            presharedKey = bytes
        }
        guard (presharedKey != nil) == known.usesPresharedKey else {
            throw MalformedVector("\(known.rawValue) and \(prefix)_psks do not fit")
        }
        return End(
            prologue: try bytes("\(prefix)_prologue", json), staticKey: try bytes("\(prefix)_static", json),
            ephemeralKey: try bytes("\(prefix)_ephemeral", json), presharedKey: presharedKey)
    }

    private static func bytes(_ key: String, _ json: JSONValue) throws -> [UInt8] {
        guard let text = json[key]?.string, let bytes = Hexadecimal.bytes(of: text) else {
            throw MalformedVector("\(key) is absent or not hexadecimal")
        }
        return bytes
    }
}
