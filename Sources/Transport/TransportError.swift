/// What went wrong on a connection, before or after the peer was authenticated.
///
/// Two errors are equal when their codes are. Messages never hold key bytes or payload.
package struct TransportError: Error, Equatable, CustomStringConvertible {
    /// The kinds of transport error.
    package enum Code: String, Sendable, CaseIterable {
        /// The listener could not bind its address.
        case bindFailed
        /// The TCP connection could not be made.
        case connectFailed
        /// The TCP connection was not made within its bound.
        case connectTimedOut
        /// The server answered the upgrade request with something other than an upgrade.
        case upgradeRefused
        /// The two ends speak different wire versions.
        case versionRefused
        /// The HTTP request or response was not complete at its deadline.
        case requestTimedOut
        /// The HTTP request or response was larger than its bound, or not HTTP.
        case requestRefused
        /// The handshake was not confirmed at its deadline.
        case handshakeTimedOut
        /// The peer closed during the handshake: it does not know our key, or its key is not the expected one.
        case handshakeRefused
        /// Handshake bytes did not authenticate, or were malformed.
        case handshakeFailed
        /// The peer proved a key that is not authorised.
        case unauthorizedKey
        /// A WebSocket frame broke the rules of the exchange.
        case frameRefused
        /// A sealed record did not open: altered, replayed or out of order.
        case recordRefused
        /// A message is larger than the bound of the connection.
        case messageTooLarge
        /// The connection was closed with a reason; see ``TransportError/closeReason``.
        case connectionClosed
        /// The connection ended without a close.
        case connectionLost
        /// The connection was turned away because all places are taken.
        case tooManyConnections
    }

    /// The kind of error; the only part that counts for equality.
    package let code: Code
    /// What was wrong, the value, the bound and what to do.
    package let message: String
    /// Why the connection was closed, when it was.
    package let closeReason: CloseReason?

    package init(_ code: Code, _ message: String, closeReason: CloseReason? = nil) {
        self.code = code
        self.message = message
        self.closeReason = closeReason
    }

    package static func == (left: Self, right: Self) -> Bool { left.code == right.code }

    package var description: String { "\(code.rawValue): \(message)" }

    /// Returns the error of everything that is tried on a connection closed for `reason`.
    static func closed(_ reason: CloseReason, byPeer: Bool) -> TransportError {
        TransportError(
            .connectionClosed, "the connection was closed by \(byPeer ? "the peer" : "this side"): \(reason)",
            closeReason: reason)
    }
}
