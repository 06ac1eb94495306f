package import SecureChannel

/// The bounds of the transport; every queue, wait and message has one here.
///
/// A fixed bound is a static constant. A bound that a service or a test chooses is a stored property whose default
/// stands in its declaration.
package struct TransportLimits: Sendable, Equatable {
    /// Bytes in one WebSocket frame: the largest Noise message.
    package static let frameByteCount = 65_535
    /// Bytes of HTTP request or response accepted before the upgrade.
    package static let requestByteCount = 8_192
    /// Characters of the peer's offer or answer that are quoted in a message.
    package static let quotedCharacterCount = 64
    /// Bytes of a refusing HTTP answer that a client reads.
    package static let refusalByteCount = 1_024
    /// Connections waiting in the kernel to be accepted.
    package static let listenBacklog: Int32 = 256
    /// Bytes that each buffered message counts for beyond its own, so that empty messages are bounded too.
    package static let messageOverheadByteCount = 64

    /// Bytes in one message, after reassembly.
    package var maximumMessageByteCount = 4 * 1_048_576
    /// Received bytes waiting for the reader at which the socket is no longer read.
    ///
    /// One more read of the socket, and one message in reassembly, may come on top.
    package var receiveBufferByteCount = 262_144
    /// Sent bytes not yet taken by the kernel at which `send` waits; one message may exceed it when alone.
    package var sendBufferByteCount = 262_144
    /// Connections of every kind.
    package var connectionCount = 4_096
    /// Connections not yet confirmed; one more ends the oldest.
    package var unconfirmedCount = 512
    /// Longest wait for the TCP connection.
    package var connectTimeout: Duration = .seconds(10)
    /// Longest wait from the TCP connection to the whole HTTP request or response.
    package var requestDeadline: Duration = .seconds(10)
    /// Longest wait from the upgrade to the first sealed record that opens.
    package var handshakeDeadline: Duration = .seconds(10)
    /// Time between two pings.
    package var pingInterval: Duration = .seconds(15)
    /// Silence after which a connection is given up.
    package var idleDeadline: Duration = .seconds(45)
    /// Time between two looks at the timers of a connection.
    package var timerInterval: Duration = .seconds(1)
    /// Longest wait for the peer's answer to a close.
    package var closeTimeout: Duration = .seconds(2)
    /// Longest pause in reading the socket because the reader is behind; then the connection is closed.
    ///
    /// Far longer than any step of a service that takes messages; ``idleDeadline`` does not run meanwhile.
    package var readPauseDeadline: Duration = .seconds(600)
    /// Replacements of one key's session within ``flappingWindow`` from which newer connections may be refused.
    package var flappingCount = 5
    /// Window in which replacements of a session are counted, and in which one warning of them is logged.
    package var flappingWindow: Duration = .seconds(60)
    /// Time since the last replacement in which a newer connection is refused, once there were too many.
    package var flappingPenalty: Duration = .seconds(10)
    /// Handshake failures logged in a second; the others are counted in the next line.
    package var failureLogsPerSecond = 10
    /// When the channel's keys are replaced.
    package var keyLimits = KeyLimits()

    /// Creates the standard limits; change what a service or a test needs.
    package init() {}
}
