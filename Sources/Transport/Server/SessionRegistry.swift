internal import NIOCore
internal import SecureChannel
internal import Synchronization

/// The connections of a server: all of them, the unconfirmed ones by age, and one session at most of each key.
final class SessionRegistry: Sendable {
    /// The number of a connection, rising with its age.
    typealias ConnectionID = UInt64

    /// What becomes of a new connection.
    enum Admission {
        case admitted(ConnectionID)
        /// Admitted in the place of the oldest unconfirmed connection, which the caller closes.
        case admittedEvicting(ConnectionID, evicted: ConnectionID, any Channel)
        case refused
    }

    /// What a confirmed session meets.
    enum Confirmation {
        /// It is the only session of its key.
        case alone
        /// It took the place of another session of its key, which the caller closes.
        case replaced(PeerConnection, ReplacementHistory.Decision)
        /// Sessions of its key replaced each other too often: the other stays, and the caller closes this one.
        case refused(ReplacementHistory.Decision)
    }

    private struct Session {
        let id: ConnectionID
        let connection: PeerConnection
    }

    private struct State {
        var nextID: ConnectionID = 0
        var channels: [ConnectionID: any Channel] = [:]
        var unconfirmed: Set<ConnectionID> = []
        /// Connections whose failure was reported; a subset of the unconfirmed.
        var failed: Set<ConnectionID> = []
        var sessions: [[UInt8]: Session] = [:]
        /// The latest replacements by key; only authorised keys appear.
        var replacements: [[UInt8]: ReplacementHistory] = [:]
        var isStopping = false
        var statistics = ServerStatistics()
    }

    private let state = Mutex(State())
    private let limits: TransportLimits

    init(limits: TransportLimits) { self.limits = limits }

    /// Takes up a new connection if there is a place, or one that an older unconfirmed one must leave.
    ///
    /// Under a flood of strangers an honest peer thus has the time in which all places are taken once more,
    /// which is far longer than its handshake needs.
    ///
    /// - Complexity: O(1); O(unconfirmed) when one is evicted.
    func admit(_ channel: any Channel) -> Admission {
        state.withLock { state in
            state.statistics.acceptedCount += 1
            guard !state.isStopping else { return .refused }
            var evicted: (ConnectionID, any Channel)?
            if state.unconfirmed.count >= limits.unconfirmedCount
                || state.channels.count >= limits.connectionCount
            {
                guard let oldest = state.unconfirmed.min(), let channel = state.channels[oldest] else {
                    return .refused
                }
                evicted = (oldest, channel)
                state.channels[oldest] = nil
                state.unconfirmed.remove(oldest)
                state.failed.remove(oldest)
            }
            let id = state.nextID
            state.nextID += 1
            state.channels[id] = channel
            state.unconfirmed.insert(id)
            return evicted.map { .admittedEvicting(id, evicted: $0.0, $0.1) } ?? .admitted(id)
        }
    }

    /// Records the failure of a connection and returns whether it is the first one and the connection still known.
    func fail(_ id: ConnectionID, code: TransportError.Code) -> Bool {
        state.withLock { state in
            guard state.unconfirmed.contains(id), state.failed.insert(id).inserted else { return false }
            state.statistics.failureCounts[code, default: 0] += 1
            return true
        }
    }

    /// Counts a connection that was turned away or evicted.
    func countRefusal() {
        state.withLock { $0.statistics.failureCounts[.tooManyConnections, default: 0] += 1 }
    }

    /// Makes a connection the session of its key, unless that flaps.
    ///
    /// A refused connection counts as unconfirmed until it is gone, and can be evicted like one.
    func confirm(_ id: ConnectionID, _ connection: PeerConnection, at now: Duration) -> Confirmation {
        state.withLock { state in
            state.statistics.confirmedCount += 1
            let key = connection.peer.channelKey
            let former = state.sessions[key]
            let decision = former.map { _ in
                state.replacements[key, default: ReplacementHistory()].decide(at: now, limits: limits)
            }
            if let decision, decision.isRefused {
                state.statistics.refusedReplacementCount += 1
                return .refused(decision)
            }
            state.unconfirmed.remove(id)
            state.sessions[key] = Session(id: id, connection: connection)
            guard let former, let decision else { return .alone }
            state.statistics.replacedCount += 1
            return .replaced(former.connection, decision)
        }
    }

    /// Forgets a closed connection.
    func remove(_ id: ConnectionID, channelKey: [UInt8]?) {
        state.withLock { state in
            state.channels[id] = nil
            state.unconfirmed.remove(id)
            state.failed.remove(id)
            if let channelKey, state.sessions[channelKey]?.id == id { state.sessions[channelKey] = nil }
        }
    }

    func countRekey() { state.withLock { $0.statistics.rekeyCount += 1 } }

    /// Returns the live sessions of these channel keys.
    func sessions(ofChannelKeys keys: some Sequence<[UInt8]>) -> [PeerConnection] {
        state.withLock { state in keys.compactMap { state.sessions[$0]?.connection } }
    }

    /// Returns all channels, and refuses new ones from now on.
    func stop() -> [any Channel] {
        state.withLock { state in
            state.isStopping = true
            return Array(state.channels.values)
        }
    }

    /// What was counted so far.
    var statistics: ServerStatistics {
        state.withLock { state in
            var statistics = state.statistics
            statistics.sessionCount = state.sessions.count
            statistics.unconfirmedCount = state.unconfirmed.count
            return statistics
        }
    }
}
