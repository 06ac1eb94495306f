internal import Synchronization

/// Bytes of WebSocket frames, headers included, that went over one connection's socket since its upgrade.
package struct ByteCounts: Sendable, Equatable {
    /// Bytes handed to the socket.
    package var written: Int
    /// Bytes of whole frames read from the socket.
    package var read: Int

    package init(written: Int, read: Int) {
        self.written = written
        self.read = read
    }
}

/// The counters behind ``ByteCounts``: written by the event loop, read by anyone.
final class ByteCounters: Sendable {
    private let written = Atomic(0)
    private let read = Atomic(0)

    var counts: ByteCounts {
        ByteCounts(written: written.load(ordering: .relaxed), read: read.load(ordering: .relaxed))
    }

    func add(written byteCount: Int) { written.wrappingAdd(byteCount, ordering: .relaxed) }
    func add(read byteCount: Int) { read.wrappingAdd(byteCount, ordering: .relaxed) }
}
