/// An error of a mechanism; two are equal when their codes are.
package struct MechanismError: Error, Equatable, CustomStringConvertible {
    /// What kind of thing went wrong.
    package struct Code: Hashable, Sendable {
        private enum Value { case invalidParameter, shapeMismatch, tooManyUnits }
        private let value: Value

        /// A parameter is outside its range, or fits no other.
        package static let invalidParameter = Code(value: .invalidParameter)
        /// A gradient has another number of elements than the release.
        package static let shapeMismatch = Code(value: .shapeMismatch)
        /// More units than the sum of 64 bits holds for certain.
        package static let tooManyUnits = Code(value: .tooManyUnits)
    }

    /// What kind of thing went wrong.
    package let code: Code
    /// What was wrong, in words.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    package var description: String { message }

    /// Returns whether both errors have the same code.
    package static func == (left: Self, right: Self) -> Bool { left.code == right.code }
}
