internal import NIOCore
internal import NIOHTTP1
internal import NIOWebSocket

/// Asks for the upgrade and checks the server's answer: its accept key, and that it chose our subprotocol.
struct ClientUpgrader: NIOTypedHTTPClientProtocolUpgrader {
    let supportedProtocol = "websocket"
    let requiredUpgradeHeaders: [String] = []

    private let webSocket = NIOTypedWebSocketClientUpgrader<Void>(
        upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
    private let install: @Sendable (any Channel) throws -> Void

    /// Creates an upgrader that calls `install`, on the event loop, to fill the pipeline.
    init(install: @escaping @Sendable (any Channel) throws -> Void) { self.install = install }

    func addCustom(upgradeRequestHeaders headers: inout HTTPHeaders) {
        webSocket.addCustom(upgradeRequestHeaders: &headers)
        headers.add(name: "Sec-WebSocket-Protocol", value: WireVersion.subprotocol)
    }

    func shouldAllowUpgrade(upgradeResponse: HTTPResponseHead) -> Bool {
        upgradeResponse.headers["Sec-WebSocket-Protocol"] == [WireVersion.subprotocol]
            && webSocket.shouldAllowUpgrade(upgradeResponse: upgradeResponse)
    }

    func upgrade(channel: any Channel, upgradeResponse: HTTPResponseHead) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            pipeline.removeHandler(try pipeline.handler(type: UpgradeGuard.self), promise: nil)
            try pipeline.addHandler(
                ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: TransportLimits.frameByteCount)))
            try install(channel)
        }
    }
}
