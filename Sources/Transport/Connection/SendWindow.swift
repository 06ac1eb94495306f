internal import Synchronization

/// The bytes handed to the event loop and not yet taken by the kernel; a sender waits while they are too many.
final class SendWindow: Sendable {
    private struct Waiter {
        let id: UInt64
        let byteCount: Int
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var pendingByteCount = 0
        var ending: TransportError?
        var waiters: [Waiter] = []
        var nextID: UInt64 = 0
    }

    private let state = Mutex(State())
    private let capacity: Int

    /// Creates an empty window of `capacity` bytes.
    init(capacity: Int) { self.capacity = capacity }

    /// Waits until `byteCount` more bytes fit, in order of arrival; more than the capacity fit alone.
    ///
    /// - Throws: what ``close(_:)`` was called with; `CancellationError`.
    func reserve(_ byteCount: Int) async throws {
        if try state.withLock({ try Self.admit(byteCount, capacity: capacity, &$0) }) { return }
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    do {
                        if try Self.admit(byteCount, capacity: capacity, &state) { return .success(()) }
                    } catch { return .failure(error) }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    state.waiters.append(Waiter(id: id, byteCount: byteCount, continuation: continuation))
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
            }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Gives bytes back once the kernel took them, and lets waiting senders go on.
    func release(_ byteCount: Int) {
        let admitted = state.withLock { state in
            state.pendingByteCount -= byteCount
            var admitted: [Waiter] = []
            while let first = state.waiters.first,
                Self.fits(first.byteCount, capacity: capacity, pending: state.pendingByteCount)
            {
                state.pendingByteCount += first.byteCount
                admitted.append(state.waiters.removeFirst())
            }
            return admitted
        }
        for waiter in admitted { waiter.continuation.resume() }
    }

    /// Refuses all waiting and later senders with `error`; only the first call counts.
    func close(_ error: TransportError) {
        let waiters = state.withLock { state in
            guard state.ending == nil else { return [Waiter]() }
            state.ending = error
            let waiters = state.waiters
            state.waiters = []
            return waiters
        }
        for waiter in waiters { waiter.continuation.resume(throwing: error) }
    }

    private static func admit(_ byteCount: Int, capacity: Int, _ state: inout State) throws -> Bool {
        if let ending = state.ending { throw ending }
        guard state.waiters.isEmpty, fits(byteCount, capacity: capacity, pending: state.pendingByteCount)
        else {
            return false
        }
        state.pendingByteCount += byteCount
        return true
    }

    private static func fits(_ byteCount: Int, capacity: Int, pending: Int) -> Bool {
        pending == 0 || pending + byteCount <= capacity
    }
}
