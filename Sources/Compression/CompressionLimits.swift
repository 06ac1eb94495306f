/// The bounds of this module that are not the caller's.
package enum CompressionLimits {
    /// The window that every decoder grants (RFC 8878, section 3.1.1.1.2: no window is smaller).
    package static let smallestWindowByteCount = 1 << 10
    /// Inputs beyond this are compressed in a context of their own, so that the kept one stays small.
    package static let keptContextInputByteCount = 1 << 18
    /// The compression levels offered, fastest first.
    package static let levels = 1...19
}
