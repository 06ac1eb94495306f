/// A refusal by a cryptographic primitive; two errors are equal when their codes are.
package struct SodiumError: Error, Equatable, CustomStringConvertible {
    /// What went wrong.
    package enum Code: String, Sendable {
        /// A key, nonce, hash or signature has another size than its primitive takes.
        case invalidByteCount
        /// A ciphertext was made with another key, nonce or associated data, or was altered.
        case authenticationFailed
        /// A key agreement gave the all-zero value: the peer's point has low order.
        case lowOrderPoint
        /// A text is not the canonical unpadded base64url form of the expected number of bytes.
        case invalidEncoding
    }

    /// What went wrong, for programs.
    package let code: Code
    /// What went wrong, for people; never holds key bytes.
    package let message: String

    /// Creates an error.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The code and the message.
    package var description: String { "\(code.rawValue): \(message)" }

    /// Whether two errors have the same code.
    package static func == (left: Self, right: Self) -> Bool { left.code == right.code }

    /// Throws ``Code/invalidByteCount`` unless `byteCount` is `expected`.
    static func require(_ byteCount: Int, _ expected: Int, _ what: StaticString) throws(SodiumError) {
        guard byteCount == expected else {
            throw SodiumError(.invalidByteCount, "\(what) must be \(expected) bytes, got \(byteCount)")
        }
    }
}
