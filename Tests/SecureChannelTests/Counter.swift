internal import Synchronization

/// Counts calls of a closure that may run anywhere.
final class Counter: Sendable {
    private let count = Mutex(0)

    /// Counts one more and returns how many there have been.
    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
