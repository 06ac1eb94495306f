/// What went wrong when a result was written or read back.
package struct ReportingError: Error, Equatable, CustomStringConvertible {
    /// The kind of fault; two errors are equal when their codes are.
    package enum Code: Sendable, Equatable {
        /// The system refused a file operation; the message has its reason.
        case fileSystem
        /// Text is not JSON (RFC 8259).
        case malformedJSON
        /// A table is not the one it should be, or a line of it is not.
        case malformedTable
        /// A model file breaks its format or uses a feature that is not read.
        case malformedModel
        /// Tensors or metadata cannot be written as they are: a name twice, a shape that does not fit.
        case invalidModel
        /// A bound of ``ReportingLimits`` was passed.
        case tooLarge
        /// The writer was closed, or an earlier write failed.
        case closed
    }

    /// The kind of fault.
    package let code: Code
    /// What was wrong, where, and what is allowed.
    package let message: String

    /// Creates an error.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    package var description: String { message }

    /// Returns whether both errors are of one kind.
    package static func == (left: Self, right: Self) -> Bool { left.code == right.code }
}
