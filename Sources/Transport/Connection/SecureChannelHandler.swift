internal import NIOCore
internal import NIOWebSocket
internal import SecureChannel

/// One connection after its upgrade: WebSocket frames below, whole decrypted messages above.
///
/// It owns the secure channel's state, so every message is sealed and opened on the event loop, without a lock and
/// without another thread. Reading the socket pauses while ``MessageQueue`` is full.
final class SecureChannelHandler: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    /// What the owner of the connection is told, each at most once, on the event loop.
    struct Callbacks {
        /// The handshake is confirmed; returns who the peer is, or nil when its key is not authorised any more.
        var identify: (_ peerChannelKey: [UInt8]) -> PublicIdentity?
        /// The connection is ready.
        var onConfirmed: (PeerConnection) -> Void
        /// The connection ended before it was confirmed.
        var onFailure: (TransportError) -> Void
        /// The channel changed its keys.
        var onRekey: () -> Void
    }

    private enum Phase {
        case handshaking
        case open
        /// A close was sent; only the peer's close, or its end of stream, is still of interest.
        case closing
        case closed
    }

    private let role: ConnectionRole
    private let limits: TransportLimits
    /// Nil once the handler is removed: what it captures leads back here.
    private var callbacks: Callbacks?
    private let start = NIODeadline.now()
    private let counters = ByteCounters()
    private var secure: SecureConnection
    private var phase = Phase.handshaking
    private var context: ChannelHandlerContext?
    private var writer: FrameWriter
    private var peerChannelKey: [UInt8] = []
    private var queue: MessageQueue?
    private var window: SendWindow?

    /// Messages opened since the last delivery.
    private var opened: [[UInt8]] = []
    private var mustFlush = false
    /// Bytes of the send window that are given back once the socket is writable again.
    private var heldCost = 0
    private var readsPaused = false
    /// When the present pause in reading began.
    private var pauseStart = NIODeadline.now()
    private var isReadHeld = false
    private var isReadOutstanding = false
    private var lastHeard = NIODeadline.now()
    private var lastPing = NIODeadline.now()
    private var timer: Scheduled<Void>?
    private var deadline: Scheduled<Void>?

    init(
        role: ConnectionRole, secure: consuming SecureConnection, limits: TransportLimits,
        callbacks: Callbacks,
        allocator: ByteBufferAllocator
    ) {
        self.role = role
        self.secure = secure
        self.limits = limits
        self.callbacks = callbacks
        self.writer = FrameWriter(role: role, allocator: allocator)
    }

    private var elapsed: Duration { .nanoseconds((NIODeadline.now() - start).nanoseconds) }

    // MARK: Lifecycle

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let loop = context.eventLoop.assumeIsolated()
        deadline = loop.scheduleTask(in: TimeAmount(limits.handshakeDeadline)) {
            guard self.phase == .handshaking else { return }
            let error = TransportError(
                .handshakeTimedOut, "handshake not confirmed within \(self.limits.handshakeDeadline)")
            self.fail(error, reason: .refused)
        }
        // The client's HTTP handler refuses writes until the upgrade that adds this handler has returned.
        if role == .client { loop.execute { self.begin() } }
    }

    private func begin() {
        guard phase == .handshaking else { return }
        do {
            try perform(secure.start(at: elapsed))
        } catch {
            fail(TransportError(handshake: error), reason: .refused)
        }
        flushIfNeeded()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end(with: TransportError(.connectionLost, "the connection was dropped"))
        self.context = nil
        // Both lead back to this handler: the queue resumes reading, and a client's promise holds the connection.
        callbacks = nil
        queue = nil
        window = nil
        timer = nil
        deadline = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        let duringHandshake = phase == .handshaking
        end(
            with: TransportError(
                .connectionLost,
                duringHandshake
                    ? "the connection ended during the handshake" : "the connection ended without a close"
            ))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard phase == .handshaking || phase == .open else { return }
        if let error = error as? NIOWebSocketError {
            fail(TransportError(.frameRefused, "\(error)"), reason: .protocolViolation)
        } else {
            end(with: TransportError(.connectionLost, "\(error)"))
            context.close(promise: nil)
        }
    }

    /// Ends everything that hangs on the connection; the first error stands.
    private func end(with error: TransportError) {
        let former = phase
        phase = .closed
        timer?.cancel()
        deadline?.cancel()
        if former == .handshaking { callbacks?.onFailure(error) }
        if former == .open { deliver() }
        window?.close(error)
        queue?.finish(.failure(error), discarding: false)
    }

    // MARK: Timers

    private func scheduleTimer() {
        guard let context else { return }
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.timerInterval)) {
            self.onTimer()
        }
    }

    private func onTimer() {
        guard phase == .open else { return }
        let now = NIODeadline.now()
        // A connection that is not read, because its reader is behind, says nothing about its peer. So the
        // reader has a deadline of its own: one that never goes on must not keep a connection, and perhaps the
        // peer's process, for ever.
        if readsPaused {
            if now - pauseStart > TimeAmount(limits.readPauseDeadline) {
                fail(
                    TransportError(
                        .connectionClosed,
                        "received messages were not taken for \(limits.readPauseDeadline)",
                        closeReason: .internalError),
                    reason: .internalError)
                return
            }
            if !isReadOutstanding { lastHeard = now }
        }
        if now - lastHeard > TimeAmount(limits.idleDeadline) {
            fail(
                TransportError(
                    .connectionClosed, "nothing heard for \(limits.idleDeadline)", closeReason: .idle),
                reason: .idle)
            return
        }
        do {
            try perform(secure.advance(to: elapsed))
        } catch {
            fail(TransportError(record: error), reason: .protocolViolation)
            return
        }
        if now - lastPing >= TimeAmount(limits.pingInterval), context?.channel.isWritable == true {
            lastPing = now
            write(.ping, [])
        }
        flushIfNeeded()
        scheduleTimer()
    }

    // MARK: Reading

    func read(context: ChannelHandlerContext) {
        if readsPaused && phase == .open {
            isReadHeld = true
        } else {
            isReadOutstanding = true
            context.read()
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        let byteCount =
            FrameWriter.headerByteCount(payload: frame.length, masked: frame.maskKey != nil) + frame.length
        counters.add(read: byteCount)
        lastHeard = .now()
        switch phase {
        case .handshaking, .open:
            do throws(TransportError) {
                try FrameRules.check(frame, receivedBy: role)
                try receive(frame, context: context)
            } catch {
                fail(error, reason: error.closeReason ?? .protocolViolation)
            }
        case .closing:
            if frame.opcode == .connectionClose { context.close(promise: nil) }
        case .closed:
            break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReadOutstanding = false
        deliver()
        flushIfNeeded()
        context.fireChannelReadComplete()
    }

    private func receive(_ frame: WebSocketFrame, context: ChannelHandlerContext) throws(TransportError) {
        switch frame.opcode {
        case .binary:
            var bytes = [UInt8](buffer: frame.data)
            if let key = frame.maskKey { bytes.withUnsafeMutableBytes { FrameMask.apply(key, to: $0) } }
            do {
                try perform(secure.receive(bytes, at: elapsed))
            } catch {
                throw phase == .open ? TransportError(record: error) : TransportError(handshake: error)
            }
        case .ping:
            // A peer that pings and does not read must not make answers pile up.
            if context.channel.isWritable { write(.pong, frame.unmaskedData.readableBytesView) }
        case .connectionClose:
            receiveClose(frame.unmaskedData, context: context)
        default:
            break
        }
    }

    private func receiveClose(_ payload: ByteBuffer, context: ChannelHandlerContext) {
        let reason = payload.getInteger(at: payload.readerIndex, as: UInt16.self).map(
            CloseReason.init(rawValue:))
        let former = phase
        if former == .open { deliver() }
        writeClose(reason.flatMap { $0.isSendable ? $0 : nil } ?? .finished)
        switch former {
        case .handshaking:
            let message =
                "the peer closed during the handshake: it does not know this key, or has another key than expected"
            end(with: TransportError(.handshakeRefused, message, closeReason: reason))
        default:
            let error = TransportError.closed(reason ?? .finished, byPeer: true)
            window?.close(error)
            queue?.finish(reason == .finished ? .success(()) : .failure(error), discarding: false)
            end(with: error)
        }
        closeAfterFlush(context)
    }

    private func perform(_ events: consuming [SecureConnection.Event]) throws {
        for event in events {
            switch event {
            case .transmit(let frame): write(.binary, frame)
            case .authenticated(let key): peerChannelKey = key
            case .confirmed: try confirm()
            case .message(let message): opened.append(message)
            case .rekeyed: callbacks?.onRekey()
            }
        }
    }

    private func confirm() throws(TransportError) {
        guard phase == .handshaking, let context else { return }
        guard let peer = callbacks?.identify(peerChannelKey) else {
            throw TransportError(.unauthorizedKey, "the key was withdrawn during the handshake")
        }
        phase = .open
        deadline?.cancel()
        lastPing = .now()
        lastHeard = .now()
        scheduleTimer()
        let loopBound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        let queue = MessageQueue(capacity: limits.receiveBufferByteCount) {
            eventLoop.execute { loopBound.value.resumeReads() }
        }
        let window = SendWindow(capacity: limits.sendBufferByteCount)
        self.queue = queue
        self.window = window
        callbacks?.onConfirmed(
            PeerConnection(
                peer: peer, maximumMessageByteCount: limits.maximumMessageByteCount, channel: context.channel,
                handler: loopBound, queue: queue, window: window, counters: counters))
    }

    /// Hands what was opened to the reader.
    private func deliver() {
        guard !opened.isEmpty, let queue else { return }
        let mustPause = queue.append(opened)
        if mustPause && !readsPaused { pauseStart = .now() }
        readsPaused = mustPause
        opened.removeAll(keepingCapacity: true)
    }

    private func resumeReads() {
        readsPaused = false
        if isReadHeld, let context {
            isReadHeld = false
            read(context: context)
        }
    }

    // MARK: Writing

    /// Seals and writes one message of the owner; `cost` is given back to the window once the socket keeps up.
    func send(_ message: [UInt8], cost: Int) {
        guard phase == .open, let context, let window else {
            self.window?.release(cost)
            return
        }
        do {
            try perform(secure.send(message, at: elapsed))
        } catch {
            window.release(cost)
            // A fault of the peer would have shown while reading; the bound on messages is checked before.
            fail(TransportError(record: error), reason: .internalError)
            return
        }
        flushIfNeeded()
        if context.channel.isWritable {
            window.release(cost)
        } else {
            heldCost += cost
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, heldCost > 0 {
            let cost = heldCost
            heldCost = 0
            window?.release(cost)
        }
        context.fireChannelWritabilityChanged()
    }

    private func write(_ opcode: WebSocketOpcode, _ payload: some Collection<UInt8>) {
        guard let context else { return }
        let frame = writer.frame(opcode, payload: payload)
        counters.add(written: frame.readableBytes)
        mustFlush = true
        context.write(wrapOutboundOut(frame), promise: nil)
    }

    private func flushIfNeeded() {
        guard mustFlush else { return }
        mustFlush = false
        context?.flush()
    }

    // MARK: Closing

    /// Ends the connection for a fault found on this side.
    private func fail(_ error: TransportError, reason: CloseReason) {
        guard phase == .handshaking || phase == .open else { return }
        let wasOpen = phase == .open
        close(wasOpen ? reason : .refused, ending: error, discarding: false)
    }

    /// Ends the connection on the owner's request.
    func close(_ reason: CloseReason) {
        guard phase == .handshaking || phase == .open else { return }
        let reason: CloseReason = phase == .open ? reason : .refused
        close(reason, ending: .closed(reason, byPeer: false), discarding: true)
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
        if let request = event as? CloseRequest {
            close(request.reason)
            promise?.succeed(())
        } else {
            context.triggerUserOutboundEvent(event, promise: promise)
        }
    }

    /// Sends a close and waits, bounded, for the peer's, throwing away what else arrives.
    ///
    /// Closing the socket at once, with bytes unread, would make the kernel reset the connection, and the peer
    /// might never see the reason.
    private func close(_ reason: CloseReason, ending error: TransportError, discarding: Bool) {
        guard let context else { return }
        let former = phase
        if former == .open && !discarding { deliver() }
        opened = []
        // Before the peer can see the close: what it acts on is on record.
        if former == .handshaking { callbacks?.onFailure(error) }
        writeClose(reason)
        phase = .closing
        timer?.cancel()
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.closeTimeout)) {
            self.context?.close(promise: nil)
        }
        window?.close(error)
        queue?.finish(
            reason == .finished ? .success(()) : .failure(error), discarding: discarding)
        resumeReads()
    }

    private func writeClose(_ reason: CloseReason) {
        write(.connectionClose, [UInt8(reason.rawValue >> 8), UInt8(reason.rawValue & 0xFF)])
        flushIfNeeded()
    }

    private func closeAfterFlush(_ context: ChannelHandlerContext) {
        // The close frame is flushed; a peer that does not read it is not waited for longer than the timeout.
        let channel = context.channel
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.closeTimeout)) {
            channel.close(promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()))
            .assumeIsolated().whenComplete { _ in channel.close(promise: nil) }
    }
}
