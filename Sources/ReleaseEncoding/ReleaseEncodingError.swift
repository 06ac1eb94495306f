/// Why a vector could not be encoded, or a release not decoded.
package struct ReleaseEncodingError: Error, Equatable, CustomStringConvertible {
    /// The kind of fault.
    package enum Code: Sendable {
        /// The bytes are no release: too short, too long, an unknown encoding, a corrupt packed plane.
        case malformed
        /// A release of a format version that this build does not read.
        case unsupportedVersion
        /// The vector's length is not the one expected.
        case wrongDimension
        /// More bytes or elements than the declared shape or the named bound allows.
        case oversized
        /// NaN or infinity in a vector.
        case nonFinite
        /// A finite element, or its difference to the reference, is beyond the encoding's largest number.
        case outOfRange
        /// The release is relative to a reference that the decoder does not hold; a full value is needed.
        case unknownReference
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "\(code): \(message)" }

    /// Returns whether both have the same code; messages are for people.
    package static func == (left: ReleaseEncodingError, right: ReleaseEncodingError) -> Bool {
        left.code == right.code
    }
}
