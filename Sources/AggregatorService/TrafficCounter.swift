internal import Federation
internal import Synchronization
internal import Transport

/// The WebSocket frames' bytes of all confirmed connections, those that have ended and those that live.
final class TrafficCounter: Sendable {
    private struct State {
        var live: [ConnectionIdentifier: (connection: PeerConnection, told: ByteCounts?)] = [:]
        /// All that was counted, and what of it was taken.
        var total = ByteCounts(written: 0, read: 0)
        var taken = ByteCounts(written: 0, read: 0)

        mutating func count(_ identifier: ConnectionIdentifier) {
            guard let (connection, told) = live[identifier] else { return }
            let counts = connection.byteCounts
            total.read += max(counts.read - (told?.read ?? 0), 0)
            total.written += max(counts.written - (told?.written ?? 0), 0)
            live[identifier]?.told = counts
        }

        mutating func countAll() {
            for identifier in live.keys { count(identifier) }
        }
    }

    private let state = Mutex(State())

    func begin(_ identifier: ConnectionIdentifier, _ connection: PeerConnection) {
        state.withLock { $0.live[identifier] = (connection, nil) }
    }

    func end(_ identifier: ConnectionIdentifier) {
        state.withLock { state in
            state.count(identifier)
            state.live[identifier] = nil
        }
    }

    /// Returns the bytes that sites sent, and that were sent to sites, since the last call.
    func take() -> (bytesUp: UInt64, bytesDown: UInt64) {
        state.withLock { state in
            state.countAll()
            defer { state.taken = state.total }
            return (
                UInt64(state.total.read - state.taken.read),
                UInt64(state.total.written - state.taken.written)
            )
        }
    }

    /// Bytes that sites sent (`read`), and that were sent to sites (`written`), since the start.
    var counts: ByteCounts {
        state.withLock { state in
            state.countAll()
            return state.total
        }
    }
}
