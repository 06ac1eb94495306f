/// Why bytes are no batch of messages, or a message may not be sent.
package struct WireError: Error, Equatable, CustomStringConvertible {
    /// The kind of fault.
    package enum Code: Sendable {
        /// The bytes are no protobuf message of the expected type, or hold no message at all.
        case malformed
        /// More bytes than the bound of the whole, of a release or of a text.
        case oversized
        /// More messages or tasks than the bound.
        case tooMany
        /// A message of no kind that this build knows.
        case unknownKind
        /// A field is missing, or holds a value that the protocol does not allow.
        case invalidField
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "\(code): \(message)" }

    /// Returns whether both have the same code; messages are for people.
    package static func == (left: WireError, right: WireError) -> Bool { left.code == right.code }
}
