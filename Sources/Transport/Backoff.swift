/// The growing, jittered delays between attempts to reconnect.
///
/// The delay before attempt n is drawn uniformly from the upper half of `minimum * 2^n`, capped at `maximum`
/// ("equal jitter"): sites that lost the same aggregator come back spread over time, and none at once.
package struct Backoff: Sendable, Equatable {
    /// The default first delay.
    package static let minimum: Duration = .milliseconds(200)
    /// The default largest delay.
    package static let maximum: Duration = .seconds(30)
    /// Doublings after which the exponent grows no more, so that it cannot overflow.
    package static let doublingCount = 20

    /// The ceiling of the first delay.
    package let minimum: Duration
    /// The ceiling of every delay.
    package let maximum: Duration
    /// Attempts since the start or the last reset.
    package private(set) var attemptCount = 0

    /// Creates a backoff that has made no attempt.
    ///
    /// - Precondition: `0 < minimum <= maximum`.
    package init(minimum: Duration = Backoff.minimum, maximum: Duration = Backoff.maximum) {
        precondition(minimum > .zero && minimum <= maximum, "backoff needs 0 < minimum <= maximum")
        self.minimum = minimum
        self.maximum = maximum
    }

    /// Returns the delay before the next attempt, in [ceiling / 2, ceiling].
    package mutating func nextDelay(using generator: inout some RandomNumberGenerator) -> Duration {
        let ceiling = min(maximum, minimum * (1 << min(attemptCount, Self.doublingCount)))
        attemptCount += 1
        // 53 random bits to a Double in [0, 1).
        let fraction = Double(generator.next() >> 11) * 0x1p-53
        return ceiling / 2 + (ceiling / 2) * fraction
    }

    /// Starts again from the first delay; for a connection that brought its owner's work on, not for one that was merely
    /// confirmed.
    package mutating func reset() { attemptCount = 0 }
}
