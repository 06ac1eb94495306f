/// An error of a loss, a regularizer, a splitting or a solver.
///
/// Two errors are equal when their codes are. Messages name positions and bounds; the one value of a record
/// they may hold is a label that is not a label.
package struct MultiTaskLearningError: Error, Equatable, CustomStringConvertible {
    /// What kind of thing went wrong.
    package struct Code: Hashable, Sendable {
        private enum Value { case shapeMismatch, nonFinite, invalidLabel, invalidParameter, noConvergence }
        private let value: Value

        /// Two things that belong together differ in shape, or one is empty.
        package static let shapeMismatch = Code(value: .shapeMismatch)
        /// A number is a NaN or an infinity.
        package static let nonFinite = Code(value: .nonFinite)
        /// A target of the logistic loss is no label.
        package static let invalidLabel = Code(value: .invalidLabel)
        /// A parameter is outside its range.
        package static let invalidParameter = Code(value: .invalidParameter)
        /// An iteration reached its limit before its tolerance.
        package static let noConvergence = Code(value: .noConvergence)
    }

    /// What kind of thing went wrong.
    package let code: Code
    /// What was wrong, in words.
    package let message: String

    /// Creates an error.
    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    package var description: String { message }

    /// Returns whether both errors have the same code.
    package static func == (left: Self, right: Self) -> Bool { left.code == right.code }
}
