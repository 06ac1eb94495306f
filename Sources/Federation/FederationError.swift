/// A study that cannot be run, or a state that does not belong to it.
package struct FederationError: Error, Equatable, CustomStringConvertible {
    package enum Code: Sendable {
        /// A study's settings contradict each other or a limit.
        case invalidStudy
        /// A stored state does not fit the study.
        case stateMismatch
        /// A site was given tasks that the study does not assign to it.
        case notOwner
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    package static func == (left: FederationError, right: FederationError) -> Bool { left.code == right.code }
}
