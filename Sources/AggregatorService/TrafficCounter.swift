internal import Federation
internal import Synchronization
internal import Transport

/// The WebSocket frames' bytes of all confirmed connections, those that have ended and those that live.
final class TrafficCounter: Sendable {
    private struct State {
        var ended = ByteCounts(written: 0, read: 0)
        var live: [ConnectionIdentifier: PeerConnection] = [:]
    }

    private let state = Mutex(State())

    /// Bytes that sites sent (`read`), and that were sent to sites (`written`).
    var counts: ByteCounts {
        state.withLock { state in
            state.live.values.reduce(into: state.ended) { $0.add($1.byteCounts) }
        }
    }

    func began(_ identifier: ConnectionIdentifier, _ connection: PeerConnection) {
        state.withLock { $0.live[identifier] = connection }
    }

    func ended(_ identifier: ConnectionIdentifier) {
        state.withLock { state in
            if let connection = state.live.removeValue(forKey: identifier) {
                state.ended.add(connection.byteCounts)
            }
        }
    }
}

extension ByteCounts {
    fileprivate mutating func add(_ other: ByteCounts) {
        written += other.written
        read += other.read
    }
}
