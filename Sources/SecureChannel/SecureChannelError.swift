/// A refusal by the channel; two errors are equal when their codes are.
///
/// For the local log and metrics. An unauthenticated peer must see none of it: the transport closes the
/// connection in one and the same way whatever the code.
package struct SecureChannelError: Error, Equatable, CustomStringConvertible {
    /// What went wrong.
    package enum Code: String, Sendable {
        /// A handshake message has another size than its pattern gives it, or an unexpected payload.
        case malformedHandshake
        /// A handshake message does not open: wrong static key, pre-shared key, prologue, or altered bytes.
        case handshakeFailed
        /// The peer's handshake is sound and its static key is not authorised.
        case unauthorized
        /// A frame does not open: altered, replayed, reordered, from another session, or one is missing.
        case recordRefused
        /// A record opened and its plaintext is not of the defined form.
        case malformedRecord
        /// A message is larger than the bound for this connection.
        case messageTooLarge
        /// A record of a kind that is not due in this state.
        case unexpectedRecord
        /// A request for new keys too soon after the last, or while one is unconfirmed.
        case rekeyRefused
        /// No session keys yet, or not yet confirmed by the peer.
        case notOpen
        /// The keys have sealed or opened as many records, or are as old, as keys may.
        case keysExhausted
        /// The connection failed before; nothing more passes.
        case closed
        /// A key, seed or pre-shared key of a wrong size.
        case invalidKey
        /// A public line or site name is not of the defined form.
        case invalidIdentity
    }

    /// What went wrong, for programs.
    package let code: Code
    /// What went wrong, for people; never holds key or message bytes.
    package let message: String

    /// Creates an error.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The code and the message.
    package var description: String { "\(code.rawValue): \(message)" }

    /// Whether two errors have the same code.
    package static func == (left: Self, right: Self) -> Bool { left.code == right.code }
}
