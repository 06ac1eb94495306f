internal import NIOCore
internal import NIOHTTP1
internal import NIOWebSocket

/// Answers the one HTTP request of a connection: `GET /v1/exchange` with subprotocol `atoll.1` is upgraded to a
/// WebSocket, everything else is answered and the connection closed.
///
/// NIO's `NIOTypedHTTPServerUpgradeHandler` drops the request that it does not upgrade, so that nobody could
/// answer it with the versions; it is not used. The handshake's arithmetic is still NIO's.
final class ExchangeRequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum Phase {
        case reading
        case answered
        /// The decoder is on its way out; what it still held follows as bytes.
        case upgrading
    }

    private let onFailure: (TransportError) -> Void
    private let install: (any Channel) throws -> Void
    private var phase = Phase.reading
    private var head: HTTPRequestHead?
    /// Bytes after the request, bounded by the ``UpgradeGuard``.
    private var leftovers: [NIOAny] = []

    /// Creates a handler.
    ///
    /// - Parameters:
    ///   - onFailure: told of a refused exchange, on the event loop.
    ///   - install: fills the pipeline of an upgraded connection, on the event loop.
    init(onFailure: @escaping (TransportError) -> Void, install: @escaping (any Channel) throws -> Void) {
        self.onFailure = onFailure
        self.install = install
    }

    /// Adds the HTTP handlers to the pipeline of an accepted connection, this one last.
    static func addHandlers(
        to channel: any Channel, onFailure: @escaping (TransportError) -> Void,
        install: @escaping (any Channel) throws -> Void
    ) throws {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = TransportLimits.requestByteCount
        limits.maxHeaderListSize = TransportLimits.requestByteCount
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits)
        try channel.pipeline.syncOperations.addHandlers([
            HTTPResponseEncoder(), ByteToMessageHandler(decoder),
            ExchangeRequestHandler(onFailure: onFailure, install: install),
        ])
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch phase {
        case .reading:
            switch unwrapInboundIn(data) {
            case .head(let head): self.head = self.head ?? head
            case .body: break
            case .end: if let head { answer(head, context: context) }
            }
        case .answered: break
        case .upgrading: leftovers.append(data)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError {
            onFailure(TransportError(.requestRefused, "not an HTTP/1.1 request within bounds: \(error)"))
            if phase == .reading { write(.badRequest, body: "not an HTTP/1.1 request\n", context: context) }
        } else {
            context.close(promise: nil)
        }
    }

    private func answer(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        switch (head.method, head.uri) {
        case (.GET, WireVersion.healthPath):
            write(.ok, body: "ok\n", context: context)
        case (.GET, WireVersion.exchangePath):
            let offers = WireVersion.offers(in: head.headers["Sec-WebSocket-Protocol"])
            if offers.contains(WireVersion.subprotocol), isUpgrade(head) {
                upgrade(head, context: context)
            } else {
                refuse(offers, context: context)
            }
        default:
            write(.notFound, body: "not found\n", context: context)
        }
    }

    private func isUpgrade(_ head: HTTPRequestHead) -> Bool {
        head.version == .http1_1
            && head.headers[canonicalForm: "Upgrade"].contains { $0.lowercased() == "websocket" }
            && head.headers[canonicalForm: "Connection"].contains { $0.lowercased() == "upgrade" }
    }

    private func refuse(_ offers: [String], context: ChannelHandlerContext) {
        let offer = WireVersion.quoted(offers.joined(separator: ","))
        onFailure(
            TransportError(
                .versionRefused, "the peer offers \(offer); this server speaks \(WireVersion.subprotocol)"))
        write(
            .upgradeRequired,
            body:
                "this server speaks \(WireVersion.subprotocol) over WebSocket; the request offers \(offer)\n",
            headers: [("Upgrade", "websocket"), ("Sec-WebSocket-Protocol", WireVersion.subprotocol)],
            context: context)
    }

    private func write(
        _ status: HTTPResponseStatus, body: String, headers: [(String, String)] = [],
        context: ChannelHandlerContext
    ) {
        phase = .answered
        var fields = HTTPHeaders(headers)
        fields.add(name: "Content-Type", value: "text/plain; charset=utf-8")
        fields.add(name: "Content-Length", value: "\(body.utf8.count)")
        fields.add(name: "Connection", value: "close")
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: fields)
        let channel = context.channel
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)))
            .whenComplete { _ in channel.close(promise: nil) }
    }

    // MARK: Upgrading

    private func upgrade(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        let webSocket = NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, _ in
                channel.eventLoop.makeSucceededFuture(["Sec-WebSocket-Protocol": WireVersion.subprotocol])
            },
            upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
        phase = .upgrading
        webSocket.buildUpgradeResponse(
            channel: context.channel, upgradeRequest: head, initialResponseHeaders: [:]
        ).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let headers): self.upgrade(headers, context: context)
            case .failure(let error):
                self.onFailure(TransportError(.requestRefused, "not a WebSocket request: \(error)"))
                self.write(.badRequest, body: "not a WebSocket request\n", context: context)
            }
        }
    }

    private func upgrade(_ headers: HTTPHeaders, context: ChannelHandlerContext) {
        let response = HTTPResponseHead(version: .http1_1, status: .switchingProtocols, headers: headers)
        context.writeAndFlush(wrapOutboundOut(.head(response)), promise: nil)
        let pipeline = context.pipeline.syncOperations
        do {
            let decoder = try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self)
            // Done once the decoder, which is calling us, has handed over what it still holds.
            pipeline.removeHandler(context: decoder).assumeIsolated().whenComplete { result in
                self.finish(result, context: context)
            }
        } catch {
            finish(.failure(error), context: context)
        }
    }

    private func finish(_ result: Result<Void, any Error>, context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            try result.get()
            pipeline.removeHandler(try pipeline.handler(type: HTTPResponseEncoder.self), promise: nil)
            pipeline.removeHandler(try pipeline.handler(type: UpgradeGuard.self), promise: nil)
            try pipeline.addHandler(
                ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: TransportLimits.frameByteCount)))
            try install(context.channel)
        } catch {
            onFailure(TransportError(.connectionLost, "the upgrade failed: \(error)"))
            context.close(promise: nil)
            return
        }
        for data in leftovers { context.fireChannelRead(data) }
        if !leftovers.isEmpty { context.fireChannelReadComplete() }
        leftovers = []
        pipeline.removeHandler(self, promise: nil)
    }
}
