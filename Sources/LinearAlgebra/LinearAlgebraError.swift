/// An error of a factorisation.
///
/// Two errors are equal when their codes are.
package struct LinearAlgebraError: Error, Equatable, CustomStringConvertible {
    /// What kind of thing went wrong.
    package struct Code: Hashable, Sendable {
        private enum Value { case nonFinite, noConvergence, notPositiveDefinite }
        private let value: Value

        /// The input holds a NaN or an infinity.
        package static let nonFinite = Code(value: .nonFinite)
        /// The iteration inside LAPACK did not converge.
        package static let noConvergence = Code(value: .noConvergence)
        /// A Cholesky factor was asked of a matrix that has none.
        package static let notPositiveDefinite = Code(value: .notPositiveDefinite)
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
