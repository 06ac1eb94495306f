/// What went wrong with the operator's endpoint.
package struct OperatorEndpointError: Error, Equatable, CustomStringConvertible {
    /// The kind of fault; two errors are equal when their codes are.
    package enum Code: Sendable, Equatable {
        /// The address cannot be listened on.
        case bindFailed
    }

    package let code: Code
    /// What was wrong, where, and what to do.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    package static func == (left: Self, right: Self) -> Bool { left.code == right.code }
}
