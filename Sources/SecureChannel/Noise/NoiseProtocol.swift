internal import Sodium

/// A Noise protocol that this module speaks.
package enum NoiseProtocol: String, Sendable, CaseIterable {
    /// Mutual authentication, the responder's static key known beforehand.
    case ik = "Noise_IK_25519_ChaChaPoly_BLAKE2b"
    /// The same, with a pre-shared key mixed in at the end of the second message.
    case ikPSK2 = "Noise_IKpsk2_25519_ChaChaPoly_BLAKE2b"

    /// One step of a handshake message (Noise revision 34, sections 7.1 and 9.3).
    enum Token {
        case e, s, ee, es, se, ss, psk
    }

    /// The tokens of the two messages, the initiator's first (sections 7.5 and 9.4).
    var messageTokens: [[Token]] {
        switch self {
        case .ik: [[.e, .es, .s, .ss], [.e, .ee, .se]]
        case .ikPSK2: [[.e, .es, .s, .ss], [.e, .ee, .se, .psk]]
        }
    }

    /// Whether both ends must hold a pre-shared key.
    package var usesPresharedKey: Bool { self == .ikPSK2 }

    /// The size of a pre-shared key in bytes (section 9.1).
    package static let presharedKeyByteCount = 32
    /// The size of message 1 without a payload: an ephemeral key, a sealed static key, a tag.
    package static let firstMessageByteCount = 32 + (32 + 16) + 16
    /// The size of message 2 without a payload: an ephemeral key, a tag.
    package static let secondMessageByteCount = 32 + 16
    /// The size of a handshake hash in bytes: BLAKE2b's largest digest.
    package static let hashByteCount = 64
}
