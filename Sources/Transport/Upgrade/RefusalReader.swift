internal import NIOCore
internal import NIOHTTP1

/// Reads the answer of a server that did not upgrade, and makes it an error that quotes it.
final class RefusalReader: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let onFailure: (TransportError) -> Void
    private var status: HTTPResponseStatus?
    private var body = ""

    /// Creates a reader that tells the refusal to `onFailure`, on the event loop.
    init(onFailure: @escaping (TransportError) -> Void) { self.onFailure = onFailure }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): status = head.status
        case .body(let part):
            let room = TransportLimits.refusalByteCount - body.utf8.count
            let bytes = part.readableBytesView.prefix(max(0, room))
            body += String(decoding: bytes, as: UTF8.self)
        case .end: finish(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { finish(context) }

    private func finish(_ context: ChannelHandlerContext) {
        let answer = WireVersion.quoted(
            body.split(separator: "\n").first.map(String.init) ?? "", limit: TransportLimits.refusalByteCount)
        let code: TransportError.Code = status == .upgradeRequired ? .versionRefused : .upgradeRefused
        let number = status.map { "HTTP \($0.code)" } ?? "no status"
        onFailure(
            TransportError(
                code,
                "the server answered \(number) (\(answer)); this client speaks \(WireVersion.subprotocol)"))
        context.close(promise: nil)
    }
}
