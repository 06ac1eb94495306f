internal import Federation
internal import Synchronization

/// The messages that wait for one connection's socket, bounded in bytes.
final class ConnectionOutbox: Sendable {
    /// Encoded bytes of vectors, and an allowance for the rest, that may wait.
    let byteCountMaximum: Int
    let batches: AsyncStream<[AggregatorMessage]>
    private let continuation: AsyncStream<[AggregatorMessage]>.Continuation
    private let byteCount = Mutex(0)

    init(byteCountMaximum: Int) {
        self.byteCountMaximum = byteCountMaximum
        // Bounded by the bytes: an empty message counts too.
        (batches, continuation) = AsyncStream.makeStream()
    }

    /// Queues messages that leave together; false where the bound is reached.
    func enqueue(_ batch: [AggregatorMessage]) -> Bool {
        let cost = Self.cost(of: batch)
        let fits = byteCount.withLock { count in
            guard count + cost <= byteCountMaximum else { return false }
            count += cost
            return true
        }
        if fits { continuation.yield(batch) }
        return fits
    }

    /// Gives the room of a batch that was sent back.
    func sent(_ batch: [AggregatorMessage]) {
        let cost = Self.cost(of: batch)
        byteCount.withLock { $0 -= cost }
    }

    func finish() {
        continuation.finish()
    }

    private static func cost(of batch: [AggregatorMessage]) -> Int {
        batch.reduce(0) { sum, message in
            let vector =
                switch message {
                case .column(let column): column.release.count
                case .final(let column): column.release.count
                case .welcome(let welcome): welcome.tasks.count * AggregatorLimits.queuedMessageByteCount
                case .acceptance, .released, .refusal, .headSigned: 0
                }
            return sum + vector + AggregatorLimits.queuedMessageByteCount
        }
    }
}
