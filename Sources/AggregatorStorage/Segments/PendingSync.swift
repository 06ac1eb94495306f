internal import Dispatch
internal import Synchronization

/// A sync of a segment that goes on beside the thread that asked for it.
final class PendingSync: Sendable {
    private static let queue = DispatchQueue(label: "atoll.aggregator-segments")

    private let isDone = DispatchSemaphore(value: 0)
    private let failure = Mutex<(any Error)?>(nil)

    /// Begins the sync; nobody writes to the file until ``wait()`` has returned.
    init(of file: SegmentFile) {
        Self.queue.async { [self] in
            do { try file.synchronize() } catch { failure.withLock { $0 = error } }
            isDone.signal()
        }
    }

    /// Waits until the file is on the disk; to be called once.
    ///
    /// - Throws: What the sync threw.
    func wait() throws {
        isDone.wait()
        if let error = failure.withLock({ $0 }) { throw error }
    }
}
