/// The bounds of the operator's endpoint.
///
/// A fixed bound is a static constant; one that a test chooses is a stored property whose default stands here.
package struct OperatorLimits: Sendable, Equatable {
    /// Connections waiting in the kernel to be accepted.
    package static let listenBacklog: Int32 = 16
    /// Rows of one table of a status page; a last row says how many are left out.
    package static let tableRowCount = 200
    /// Seconds between two loads of a page whose numbers move.
    package static let refreshSeconds = 5
    /// Seconds between two loads of a page whose numbers stand still.
    package static let restingRefreshSeconds = 30

    /// Connections at once; one more is closed.
    package var connectionCount = 32
    /// Bytes of a request's line and headers.
    package var headerByteCount = 8_192
    /// Longest time from the connection, or from a later request's first byte, until its answer is sent.
    package var requestTimeout = Duration.seconds(5)
    /// Longest time between an answer and the next request's first byte.
    package var idleTimeout = Duration.seconds(30)

    /// Creates the standard limits.
    package init() {}
}
