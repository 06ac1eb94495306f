internal import Synchronization

/// Received messages on their way from the event loop to the one task that reads them.
///
/// The event loop stops reading the socket when ``append(_:)`` says so and goes on when `resume` is called, so
/// what waits here is bounded by bytes, not by messages.
final class MessageQueue: Sendable {
    private struct State {
        /// Messages not yet taken start at `head`; the ones before it were taken and are empty.
        var messages: [[UInt8]] = []
        var head = 0
        var byteCount = 0
        var isPaused = false
        var ending: Result<Void, TransportError>?
        var reader: CheckedContinuation<[UInt8]?, any Error>?
    }

    private enum Step {
        case message([UInt8], mustResume: Bool)
        case ended(Result<Void, TransportError>)
        case wait
    }

    private let state = Mutex(State())
    private let capacity: Int
    private let resume: @Sendable () -> Void

    /// Creates an empty queue.
    ///
    /// - Parameters:
    ///   - capacity: bytes at which reading pauses; it goes on at half of them.
    ///   - resume: called from the reader's task when reading may go on.
    init(capacity: Int, resume: @escaping @Sendable () -> Void) {
        self.capacity = capacity
        self.resume = resume
    }

    /// Adds messages for the reader and returns whether reading the socket must pause.
    func append(_ messages: [[UInt8]]) -> Bool {
        let (reader, first, mustPause) = state.withLock { state in
            guard state.ending == nil else {
                return (nil as CheckedContinuation<[UInt8]?, any Error>?, nil as [UInt8]?, false)
            }
            var rest = messages[...]
            var reader: CheckedContinuation<[UInt8]?, any Error>?
            var first: [UInt8]?
            if !rest.isEmpty, let waiting = state.reader {
                // A reader waits only on an empty queue, so the first message is its.
                state.reader = nil
                reader = waiting
                first = rest.removeFirst()
            }
            for message in rest { state.byteCount += Self.cost(message) }
            state.messages.append(contentsOf: rest)
            if state.byteCount >= capacity { state.isPaused = true }
            return (reader, first, state.isPaused)
        }
        reader?.resume(returning: first)
        return mustPause
    }

    /// Ends the queue: the reader gets what is left, then the end; with `discarding` the end at once.
    ///
    /// Only the first end counts, except that a later discarding one still drops what is left.
    func finish(_ ending: Result<Void, TransportError>, discarding: Bool) {
        let reader = state.withLock { state in
            if discarding {
                state.messages = []
                state.head = 0
                state.byteCount = 0
            }
            if state.ending == nil || discarding { state.ending = ending }
            let reader = state.reader
            state.reader = nil
            return reader
        }
        switch ending {
        case .success: reader?.resume(returning: nil)
        case .failure(let error): reader?.resume(throwing: error)
        }
    }

    /// Returns the next message, or nil after the last.
    ///
    /// - Throws: ``TransportError`` when the connection ended otherwise than finished; `CancellationError`.
    /// - Precondition: one caller at a time.
    func next() async throws -> [UInt8]? {
        switch state.withLock({ Self.take(&$0, resumeAt: capacity / 2) }) {
        case .message(let message, let mustResume):
            if mustResume { resume() }
            return message
        case .ended(let ending):
            try ending.get()
            return nil
        case .wait:
            return try await waitForMessage()
        }
    }

    /// Returns the messages that wait now, in order; none where the queue is empty or has ended.
    func takeWaiting() -> [[UInt8]] {
        let (messages, mustResume) = state.withLock { state in
            let messages = Array(state.messages[state.head...])
            state.messages.removeAll(keepingCapacity: state.messages.capacity <= 64)
            state.head = 0
            state.byteCount = 0
            defer { state.isPaused = false }
            return (messages, state.isPaused)
        }
        if mustResume { resume() }
        return messages
    }

    private func waitForMessage() async throws -> [UInt8]? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // A message that came since the caller looked may have paused the socket: as in `next`.
                let (outcome, mustResume): (Result<[UInt8]?, any Error>?, Bool) = state.withLock { state in
                    precondition(state.reader == nil, "a connection's messages have one reader")
                    switch Self.take(&state, resumeAt: capacity / 2) {
                    case .message(let message, let mustResume): return (.success(message), mustResume)
                    case .ended(.success): return (.success(nil), false)
                    case .ended(.failure(let error)): return (.failure(error), false)
                    case .wait:
                        // Under the lock: either this sees the cancellation, or its handler sees the reader.
                        if Task.isCancelled { return (.failure(CancellationError()), false) }
                        state.reader = continuation
                        return (nil, false)
                    }
                }
                if mustResume { resume() }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let reader = state.withLock { state in
                let reader = state.reader
                state.reader = nil
                return reader
            }
            reader?.resume(throwing: CancellationError())
        }
    }

    private static func take(_ state: inout State, resumeAt threshold: Int) -> Step {
        guard state.head < state.messages.count else {
            return state.ending.map(Step.ended) ?? .wait
        }
        let message = state.messages[state.head]
        state.messages[state.head] = []
        state.head += 1
        if state.head == state.messages.count {
            state.messages.removeAll(keepingCapacity: state.messages.capacity <= 64)
            state.head = 0
        }
        state.byteCount -= cost(message)
        let mustResume = state.isPaused && state.byteCount <= threshold
        if mustResume { state.isPaused = false }
        return .message(message, mustResume: mustResume)
    }

    private static func cost(_ message: [UInt8]) -> Int {
        message.count + TransportLimits.messageOverheadByteCount
    }
}
