internal import Federation

/// The messages that wait for one connection's socket.
struct ConnectionOutbox: Sendable {
    let messages: AsyncStream<[AggregatorMessage]>
    private let continuation: AsyncStream<[AggregatorMessage]>.Continuation

    init() {
        (messages, continuation) = AsyncStream.makeStream(
            bufferingPolicy: .bufferingOldest(AggregatorLimits.queuedMessageCount))
    }

    /// Queues messages that leave together; false where the bound is reached.
    func enqueue(_ batch: [AggregatorMessage]) -> Bool {
        if case .dropped = continuation.yield(batch) { return false }
        return true
    }

    func finish() {
        continuation.finish()
    }
}
