/// What a server has counted since it was made.
package struct ServerStatistics: Sendable, Equatable {
    /// TCP connections accepted.
    package var acceptedCount = 0
    /// Connections whose handshake was confirmed.
    package var confirmedCount = 0
    /// Connections that ended before confirmation, by reason; also exchange requests of another version.
    package var failureCounts: [TransportError.Code: Int] = [:]
    /// Sessions that a newer one of the same key replaced.
    package var replacedCount = 0
    /// Confirmed connections that were closed because sessions of their key replaced each other too often.
    package var refusedReplacementCount = 0
    /// Times that the keys of a session were replaced.
    package var rekeyCount = 0
    /// Live sessions now.
    package var sessionCount = 0
    /// Connections that are not confirmed, or not any more, now.
    package var unconfirmedCount = 0

    /// Creates the statistics of a server that did nothing yet.
    package init() {}
}
