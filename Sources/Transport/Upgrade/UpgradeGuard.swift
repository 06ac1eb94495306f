internal import NIOCore

/// Bounds what a peer can make us wait for and hold before the upgrade: a deadline and a number of bytes.
///
/// It stands first in the pipeline and goes with the upgrade. A request that is answered without an upgrade
/// keeps it until the socket is closed, so that a peer that does not read its answer is dropped too.
final class UpgradeGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private let duration: Duration
    private let onFailure: (TransportError) -> Void
    private var byteCount = 0
    private var deadline: Scheduled<Void>?

    /// Creates a guard.
    ///
    /// - Parameters:
    ///   - duration: the time from now in which the upgrade must be done.
    ///   - onFailure: told why, on the event loop, before the connection is closed.
    init(duration: Duration, onFailure: @escaping (TransportError) -> Void) {
        self.duration = duration
        self.onFailure = onFailure
    }

    func handlerAdded(context: ChannelHandlerContext) {
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(duration)) {
            self.end(
                TransportError(.requestTimedOut, "no complete HTTP exchange within \(self.duration)"), context
            )
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        byteCount += buffer.readableBytes
        guard byteCount <= TransportLimits.requestByteCount else {
            end(
                TransportError(
                    .requestRefused, "more than \(TransportLimits.requestByteCount) bytes before the upgrade"),
                context)
            return
        }
        context.fireChannelRead(data)
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
        if event is CloseRequest {
            context.close(promise: promise)
        } else {
            context.triggerUserOutboundEvent(event, promise: promise)
        }
    }

    private func end(_ error: TransportError, _ context: ChannelHandlerContext) {
        onFailure(error)
        context.close(promise: nil)
    }
}
