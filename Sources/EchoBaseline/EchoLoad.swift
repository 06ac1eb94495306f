/// Clients that send a message each and wait for the answer, again and again.
package struct EchoLoad: Sendable {
    package let connectionCount: Int
    /// Bytes of a message, and of its answer.
    package let byteCount: Int
    package let answerByteCount: Int
    /// Messages that each client keeps unanswered.
    package let inFlight: Int
    package let duration: Duration

    /// Creates a load.
    ///
    /// - Parameter answerByteCount: As many as the message has when nil.
    package init(
        connectionCount: Int, byteCount: Int, answerByteCount: Int? = nil, inFlight: Int = 1,
        duration: Duration
    ) {
        self.connectionCount = connectionCount
        self.byteCount = byteCount
        self.answerByteCount = answerByteCount ?? byteCount
        self.inFlight = inFlight
        self.duration = duration
    }

    /// One client: connects, calls `roundTrips` with a function that makes one round trip, and disconnects.
    package typealias Client =
        @Sendable (
            _ index: Int, _ roundTrips: (_ roundTrip: () async throws -> Void) async throws -> Void
        ) async throws -> Void

    /// Returns the seconds between two round trips of all clients together.
    ///
    /// Connecting does not count: the clients start together once each has made its first round trip.
    package func secondsPerRoundTrip(_ client: @escaping Client) async throws -> Double {
        let (arrivals, arrival) = AsyncStream<Void>.makeStream()
        let starts = (0..<connectionCount).map { _ in AsyncStream<ContinuousClock.Instant>.makeStream() }
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<connectionCount {
                let start = starts[index].stream
                group.addTask {
                    var count = 0
                    try await client(index) { roundTrip in
                        try await roundTrip()
                        arrival.yield()
                        var beginnings = start.makeAsyncIterator()
                        guard let beginning = await beginnings.next() else { throw CancellationError() }
                        while ContinuousClock.now - beginning < duration {
                            try await roundTrip()
                            count += 1
                        }
                    }
                    return count
                }
            }
            group.addTask {
                var iterator = arrivals.makeAsyncIterator()
                for _ in 0..<connectionCount { await iterator.next() }
                let beginning = ContinuousClock.now
                for start in starts { start.continuation.yield(beginning) }
                return 0
            }
            var total = 0
            for try await count in group { total += count }
            return duration / .seconds(1) / Double(total)
        }
    }
}
