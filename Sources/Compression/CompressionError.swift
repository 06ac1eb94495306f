/// Why bytes could not be compressed or decompressed.
package struct CompressionError: Error, Equatable, CustomStringConvertible {
    /// The kind of fault.
    package enum Code: Sendable {
        /// The bytes are not one whole Zstandard frame, or its blocks are corrupt.
        case malformed
        /// The frame does not declare its content size.
        case missingSize
        /// The content, or the window that it asks for, exceeds the caller's limit.
        case oversized
        /// The frame needs a dictionary.
        case dictionary
        /// Bytes follow the first frame.
        case trailingBytes
        /// The library could not do its work, as when memory is exhausted.
        case library
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "\(code): \(message)" }

    /// Returns whether both have the same code; messages are for people.
    package static func == (left: CompressionError, right: CompressionError) -> Bool {
        left.code == right.code
    }
}
