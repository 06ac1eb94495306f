internal import NIOCore
package import SecureChannel
internal import Synchronization

/// An authenticated, confirmed connection to one peer: whole messages in, whole messages out.
///
/// All cryptography happens on the connection's event loop. One task reads ``messages``; any task may send or
/// close.
package final class PeerConnection: Sendable {
    /// Who is at the other end, as authorised or pinned; not what the peer said of itself.
    package let peer: PublicIdentity
    /// Bytes in the largest message that may be sent or received.
    package let maximumMessageByteCount: Int

    /// Runs a task on this connection's event loop, by `withTaskExecutorPreference`.
    ///
    /// A reader that answers at once then needs no change of thread: twice the round trips of one connection. A
    /// task that computes for longer than a millisecond, or blocks, must not use it: the loop serves others too.
    package let eventLoopExecutor: EventLoopExecutor

    private let channel: any Channel
    private let handler: NIOLoopBound<SecureChannelHandler>
    private let queue: MessageQueue
    private let window: SendWindow
    private let counters: ByteCounters
    /// The reason of the first close on this side.
    private let closeReason = Mutex<CloseReason?>(nil)

    init(
        peer: PublicIdentity, maximumMessageByteCount: Int, channel: any Channel,
        handler: NIOLoopBound<SecureChannelHandler>, queue: MessageQueue, window: SendWindow,
        counters: ByteCounters
    ) {
        self.peer = peer
        self.maximumMessageByteCount = maximumMessageByteCount
        self.eventLoopExecutor = EventLoopExecutor(channel.eventLoop)
        self.channel = channel
        self.handler = handler
        self.queue = queue
        self.window = window
        self.counters = counters
    }

    /// Bytes written to and read from the socket so far.
    package var byteCounts: ByteCounts { counters.counts }

    /// The messages of the peer, in order, for one reader.
    package var messages: Messages { Messages(queue: queue) }

    /// Returns the messages after the last of ``messages`` that have arrived already, for the same reader.
    package func takeWaitingMessages() -> [[UInt8]] { queue.takeWaiting() }

    /// Sends one message; returns when it is queued, after waiting for earlier ones when the socket is behind.
    ///
    /// Messages of one task arrive in the order they were sent.
    ///
    /// - Throws: ``TransportError`` with `messageTooLarge` (nothing was sent and the connection goes on),
    ///   `connectionClosed` or `connectionLost`; `CancellationError` when cancelled while waiting.
    package func send(_ message: [UInt8]) async throws {
        guard message.count <= maximumMessageByteCount else {
            throw TransportError(
                .messageTooLarge, "message of \(message.count) bytes; the bound is \(maximumMessageByteCount)"
            )
        }
        let cost = message.count + TransportLimits.messageOverheadByteCount
        try await window.reserve(cost)
        if channel.eventLoop.inEventLoop {
            handler.value.send(message, cost: cost)
        } else {
            channel.eventLoop.execute { self.handler.value.send(message, cost: cost) }
        }
    }

    /// Closes the connection: messages already sent go first, received ones not yet read are dropped.
    ///
    /// From the return of this call ``messages`` yields nothing more and ``send(_:)`` throws. The socket closes
    /// when the peer answers, at the latest after ``TransportLimits/closeTimeout``. Later calls do nothing.
    package func close(_ reason: CloseReason) {
        // The reader that this wakes may call close in its turn, and reach the event loop first.
        let reason = closeReason.withLock { first in
            first = first ?? reason
            return first ?? reason
        }
        let error = TransportError.closed(reason, byPeer: false)
        window.close(error)
        queue.finish(reason == .finished ? .success(()) : .failure(error), discarding: true)
        channel.eventLoop.execute { self.handler.value.close(reason) }
    }

    /// Waits until the socket is closed; bounded once ``close(_:)`` was called.
    func waitUntilClosed() async {
        // A close future never fails.
        try? await channel.closeFuture.get()
    }

    /// The messages of one connection.
    ///
    /// The sequence ends when the peer closes with `finished` or this side does. It throws ``TransportError``
    /// with `connectionClosed` and the reason, `connectionLost`, `recordRefused` and the like in every other
    /// case, and `CancellationError` when its task is cancelled.
    package struct Messages: AsyncSequence, Sendable {
        fileprivate let queue: MessageQueue

        package func makeAsyncIterator() -> Iterator { Iterator(queue: queue) }

        /// Reads the messages of one connection.
        package struct Iterator: AsyncIteratorProtocol {
            fileprivate let queue: MessageQueue

            package mutating func next() async throws -> [UInt8]? { try await queue.next() }
        }
    }
}
