internal import NIOCore

/// Ends a connection whose peer takes too long: to send a request, to read its answer, or to come with another.
///
/// It stands first in the pipeline, so that it sees single bytes of a request that is not whole.
final class ConnectionDeadline: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let limits: OperatorLimits
    private var isIdle = false
    private var deadline: Scheduled<Void>?

    init(limits: OperatorLimits) {
        self.limits = limits
    }

    func handlerAdded(context: ChannelHandlerContext) {
        schedule(in: limits.requestTimeout, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isIdle {
            isIdle = false
            schedule(in: limits.requestTimeout, context)
        }
        context.fireChannelRead(data)
    }

    /// An answer was sent whole: the next request may take its time to begin.
    func answered(context: ChannelHandlerContext) {
        isIdle = true
        schedule(in: limits.idleTimeout, context)
    }

    private func schedule(in duration: Duration, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: TimeAmount(duration)) { channel.close(promise: nil) }
    }
}
