/// An error of a recording; two are equal when their codes are.
package struct RecordingError: Error, Equatable, CustomStringConvertible {
    /// What is wrong.
    package enum Code: String, Sendable, CaseIterable {
        /// A value that no recording may hold, or parts that do not fit each other.
        case invalidValue
        /// Bytes that no recorder writes: unknown or further fields, a cut end.
        case malformed
    }

    /// What is wrong, for programs.
    package let code: Code
    /// What is wrong, for people.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The code and the message.
    package var description: String { "\(code.rawValue): \(message)" }

    /// Whether two errors have the same code.
    package static func == (left: Self, right: Self) -> Bool { left.code == right.code }
}
