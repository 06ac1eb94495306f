internal import NIOCore
internal import NIOPosix

/// The ceiling: length-prefixed frames in clear on SwiftNIO, each answered by one of the size that the load says.
///
/// Client and server share the process and its event loops, one a core: between processes the same echo is slower.
package enum FrameEcho {
    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Returns the seconds between two round trips of all connections together.
    package static func secondsPerRoundTrip(_ load: EchoLoad) async throws -> Double {
        let group = MultiThreadedEventLoopGroup.singleton
        let server = try await ServerBootstrap(group: group)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .bind(host: "127.0.0.1", port: 0, childChannelInitializer: connection)
        guard let address = server.channel.localAddress else { throw ChannelError.unknownLocalAddress }
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            let answer = ByteBuffer(repeating: 7, count: load.answerByteCount)
            tasks.addTask { try await serve(server, answer: answer) }
            defer { tasks.cancelAll() }
            let message = ByteBuffer(repeating: 7, count: load.byteCount)
            return try await load.secondsPerRoundTrip { _, roundTrips in
                let client = try await ClientBootstrap(group: group)
                    .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .connect(to: address, channelInitializer: connection)
                try await client.executeThenClose { inbound, outbound in
                    var answers = inbound.makeAsyncIterator()
                    for _ in 1..<load.inFlight { try await outbound.write(message) }
                    try await roundTrips {
                        try await outbound.write(message)
                        let answer = try await answers.next()
                        precondition(
                            answer?.readableBytes == load.answerByteCount, "every message is answered")
                    }
                }
            }
        }
    }

    private static func serve(
        _ server: NIOAsyncChannel<Connection, Never>, answer: ByteBuffer
    ) async throws {
        try await withThrowingDiscardingTaskGroup { tasks in
            try await server.executeThenClose { connections in
                for try await connection in connections {
                    tasks.addTask {
                        // A client that is done closes its socket: no fault of the server.
                        try? await connection.executeThenClose { inbound, outbound in
                            for try await _ in inbound { try await outbound.write(answer) }
                        }
                    }
                }
            }
        }
    }

    private static func connection(_ channel: any Channel) -> EventLoopFuture<Connection> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandlers(
                ByteToMessageHandler(LengthPrefixDecoder()), MessageToByteHandler(LengthPrefixEncoder()))
            return try Connection(wrappingChannelSynchronously: channel)
        }
    }
}

private struct LengthPrefixDecoder: ByteToMessageDecoder {
    typealias InboundOut = ByteBuffer

    func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let frame = buffer.readLengthPrefixedSlice(as: UInt32.self) else { return .needMoreData }
        context.fireChannelRead(Self.wrapInboundOut(frame))
        return .continue
    }
}

private struct LengthPrefixEncoder: MessageToByteEncoder {
    typealias OutboundIn = ByteBuffer

    func encode(data: ByteBuffer, out: inout ByteBuffer) throws {
        out.writeInteger(UInt32(data.readableBytes))
        out.writeImmutableBuffer(data)
    }
}
