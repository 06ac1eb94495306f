internal import Logging
internal import NIOCore
internal import NIOPosix
internal import OperatorEndpoint
internal import TestSupport

/// An endpoint on a port of the kernel's choice.
struct TestEndpoint {
    /// Where to connect to.
    let host: String
    let port: Int

    static let content = OperatorContent(
        page: { "<p>page</p>" }, metrics: { "a_total 1\n" }, readiness: { .ready })

    static func run<Result: Sendable>(
        host: String = "127.0.0.1", content: OperatorContent = content,
        limits: OperatorLimits = OperatorLimits(), addressFile: String? = nil,
        _ body: @Sendable (TestEndpoint) async throws -> Result
    ) async throws -> Result {
        let bound = Observed<Swift.Result<Int, any Error>?>(nil)
        let server = OperatorServer(
            host: host, port: 0, content: content, limits: limits, addressFile: addressFile,
            logger: Logger(label: "operator") { _ in SwiftLogNoOpLogHandler() }
        ) { port in bound.update { $0 = .success(port) } }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await server.run()
                } catch {
                    bound.update { $0 = .failure(error) }
                    throw error
                }
            }
            let port = try await bound.wait { $0 != nil }?.get() ?? 0
            let result = try await body(
                TestEndpoint(host: host == "0.0.0.0" ? "127.0.0.1" : host, port: port))
            group.cancelAll()
            return result
        }
    }

    /// A connection of a peer that says and reads what it wants.
    func connect<Result: Sendable>(
        _ body: (
            NIOAsyncChannelInboundStream<ByteBuffer>, NIOAsyncChannelOutboundWriter<ByteBuffer>
        ) async throws -> Result
    ) async throws -> Result {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
            .executeThenClose { inbound, outbound in try await body(inbound, outbound) }
    }

    /// Everything that the endpoint says to `text` until it closes the connection.
    func answer(to text: String) async throws -> String {
        try await connect { inbound, outbound in
            // The endpoint may have closed the connection by then; what it said is read all the same.
            try? await outbound.write(ByteBuffer(string: text))
            var answer = ""
            for try await bytes in inbound { answer += String(buffer: bytes) }
            return answer
        }
    }

    /// The answer to one request, after which the connection is closed.
    func get(
        _ path: String, method: String = "GET", headers: [String] = ["Host: localhost"]
    ) async throws -> String {
        try await answer(
            to: (["\(method) \(path) HTTP/1.1"] + headers + ["Connection: close", "", ""])
                .joined(separator: "\r\n"))
    }
}

extension String {
    /// The first line of an answer.
    var statusLine: String { String(prefix { $0 != "\r\n" && $0 != "\r" }) }
}
