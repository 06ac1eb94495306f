/// The reason that a WebSocket close carries: its status code.
///
/// The code travels in clear and unauthenticated: it is a hint for people and for choosing a delay before the
/// next attempt, never evidence.
///
/// - SeeAlso: RFC 6455, section 7.4; 4000 to 4999 are free for private use.
package struct CloseReason: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// Everything was said.
    package static let finished = CloseReason(rawValue: 1000)
    /// The process is stopping.
    package static let goingAway = CloseReason(rawValue: 1001)
    /// The one close that a peer sees before it is authenticated, whatever the cause.
    package static let refused = CloseReason(rawValue: 1008)
    /// This side failed for a reason of its own.
    package static let internalError = CloseReason(rawValue: 1011)
    /// The key is no longer authorised.
    package static let revoked = CloseReason(rawValue: 4001)
    /// A newer connection of the same key took this one's place.
    package static let superseded = CloseReason(rawValue: 4002)
    /// A frame or record broke the rules.
    package static let protocolViolation = CloseReason(rawValue: 4003)
    /// Nothing was heard for the idle deadline.
    package static let idle = CloseReason(rawValue: 4004)
    /// A message was larger than the bound of the connection.
    package static let messageTooLarge = CloseReason(rawValue: 4005)
    /// Sessions of one key replaced each other too often, and the older one stays.
    package static let flapping = CloseReason(rawValue: 4006)
    /// Too much of what the connection brought was refused or repeated; a new one begins to count anew.
    package static let refusedTooOften = CloseReason(rawValue: 4007)

    package var description: String {
        switch self {
        case .finished: "finished (1000)"
        case .goingAway: "going away (1001)"
        case .refused: "refused (1008)"
        case .internalError: "internal error (1011)"
        case .revoked: "key revoked (4001)"
        case .superseded: "superseded by a newer connection of the same key (4002)"
        case .protocolViolation: "protocol violation (4003)"
        case .idle: "nothing heard for too long (4004)"
        case .messageTooLarge: "message too large (4005)"
        case .flapping: "sessions of this key replace each other too often (4006)"
        case .refusedTooOften: "too much was refused or repeated (4007)"
        default: "code \(rawValue)"
        }
    }

    /// Whether RFC 6455 allows the code on the wire.
    var isSendable: Bool {
        switch rawValue {
        case 1000...1003, 1007...1011, 3000...4999: true
        default: false
        }
    }
}
