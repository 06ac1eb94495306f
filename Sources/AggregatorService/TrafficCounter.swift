internal import Synchronization
internal import Transport

/// The WebSocket frames' bytes of all connections that have ended.
final class TrafficCounter: Sendable {
    private let up = Atomic(0)
    private let down = Atomic(0)

    /// Bytes that sites sent.
    var bytesUp: Int { up.load(ordering: .relaxed) }

    /// Bytes that were sent to sites.
    var bytesDown: Int { down.load(ordering: .relaxed) }

    func add(_ counts: ByteCounts) {
        up.wrappingAdd(counts.read, ordering: .relaxed)
        down.wrappingAdd(counts.written, ordering: .relaxed)
    }
}
