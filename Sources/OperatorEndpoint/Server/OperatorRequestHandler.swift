internal import NIOCore
internal import NIOHTTP1

/// Answers a connection's requests, one after the other.
///
/// Answers are made where the request arrives: the event loop is the endpoint's own, and nothing else waits for it.
final class OperatorRequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let router: OperatorRouter
    private let deadline: ConnectionDeadline
    private var head: HTTPRequestHead?
    /// An answer is on its way: until it is sent, nothing more is taken, so that a peer that asks without reading
    /// cannot make answers pile up.
    private var isAnswering = false

    init(router: OperatorRouter, deadline: ConnectionDeadline) {
        self.router = router
        self.deadline = deadline
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard !isAnswering else {
                context.close(promise: nil)
                return
            }
            self.head = head
        case .body:
            guard head != nil else { return }
            head = nil
            refuse(.badRequest, "a request has no body here\n", context: context)
        case .end:
            guard let head else { return }
            self.head = nil
            write(
                router.response(to: head), withBody: head.method != .HEAD, keepsAlive: head.isKeepAlive,
                context: context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError, !isAnswering else {
            context.close(promise: nil)
            return
        }
        if error == .headerOverflow {
            refuse(.requestHeaderFieldsTooLarge, "the headers are too large\n", context: context)
        } else {
            refuse(.badRequest, "not an HTTP/1.1 request\n", context: context)
        }
    }

    private func refuse(_ status: HTTPResponseStatus, _ body: String, context: ChannelHandlerContext) {
        write(
            OperatorResponse(status: status, body: body), withBody: true, keepsAlive: false, context: context)
    }

    private func write(
        _ response: OperatorResponse, withBody: Bool, keepsAlive: Bool, context: ChannelHandlerContext
    ) {
        isAnswering = true
        var headers = HTTPHeaders(OperatorResponse.securityHeaders.map { ($0.name, $0.value) })
        for header in response.headers { headers.add(name: header.name, value: header.value) }
        headers.add(name: "Content-Type", value: response.contentType)
        headers.add(name: "Content-Length", value: "\(response.body.utf8.count)")
        headers.add(name: "Connection", value: keepsAlive ? "keep-alive" : "close")
        let head = HTTPResponseHead(version: .http1_1, status: response.status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if withBody {
            let buffer = context.channel.allocator.buffer(string: response.body)
            context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil))).assumeIsolated().whenComplete { result in
            if case .success = result, keepsAlive {
                self.isAnswering = false
                self.deadline.answered(context: context)
            } else {
                context.close(promise: nil)
            }
        }
    }
}
