/// Why a federation on this machine could not run to its end.
package struct LocalFederationError: Error, Equatable, CustomStringConvertible {
    package enum Code: Sendable {
        /// The run's folder holds another run.
        case folderInUse
        /// The study has more sites than one machine runs.
        case tooManySites
        /// A program is not where it should be.
        case programMissing
        /// A process ended with an error, or by a fault of its own.
        case processFailed
        /// A process was restarted too often.
        case tooManyRestarts
        /// A result that a process should have written is absent or wrong.
        case resultMissing
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    package static func == (left: LocalFederationError, right: LocalFederationError) -> Bool {
        left.code == right.code
    }
}
