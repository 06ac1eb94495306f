internal import Synchronization

/// A value that others change and a test waits on.
package final class Observed<Value: Sendable>: Sendable {
    private struct State {
        var value: Value
        var waiterCount = 0
        var waiters: [Int: AsyncStream<Void>.Continuation] = [:]
    }

    private let state: Mutex<State>

    /// Creates an observed value.
    package init(_ value: Value) {
        state = Mutex(State(value: value))
    }

    /// The value now.
    package var value: Value { state.withLock { $0.value } }

    /// Changes the value and tells who waits.
    package func update(_ change: (inout Value) -> Void) {
        state.withLock { state in
            change(&state.value)
            for waiter in state.waiters.values { waiter.yield() }
        }
    }

    /// Waits until the value satisfies `predicate`; returns the first that did.
    ///
    /// - Throws: `CancellationError`. The bound of the wait is the test's time limit.
    package func wait(until predicate: (Value) throws -> Bool) async throws -> Value {
        let (changes, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.waiterCount += 1
            state.waiters[state.waiterCount] = continuation
            return state.waiterCount
        }
        defer { state.withLock { state in state.waiters[number] = nil } }
        continuation.yield()
        for await _ in changes {
            let value = value
            if try predicate(value) { return value }
        }
        throw CancellationError()
    }
}
