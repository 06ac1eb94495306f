/// Puts the chunks of one direction together, one message at a time.
struct MessageAssembler: Sendable {
    private struct Partial {
        let messageID: UInt64
        let totalByteCount: Int
        let chunkCount: Int
        var nextIndex: Int
        var bytes: [UInt8]
    }

    private var nextMessageID: UInt64 = 0
    private var partial: Partial?

    /// Takes the next chunk and returns the message that it completes, if it does.
    ///
    /// - Parameter maximumMessageByteCount: The bound on a message, checked before memory is reserved.
    /// - Throws: ``SecureChannelError/Code/messageTooLarge``; ``SecureChannelError/Code/malformedRecord``
    ///   for a chunk that is not the next of its message or not of the size it must have.
    mutating func accept(
        _ chunk: MessageChunk, maximumMessageByteCount: Int
    ) throws(SecureChannelError) -> [UInt8]? {
        var message = if let partial { partial } else { try begin(chunk, maximumMessageByteCount) }
        // Taken out, so that appending does not copy the bytes.
        partial = nil
        guard chunk.messageID == message.messageID, chunk.index == message.nextIndex,
            chunk.count == message.chunkCount
        else {
            throw SecureChannelError(
                .malformedRecord,
                "chunk \(chunk.index) of \(chunk.count) of message \(chunk.messageID), expected chunk "
                    + "\(message.nextIndex) of \(message.chunkCount) of message \(message.messageID)")
        }
        let expected = min(
            SecureChannelLimits.chunkByteCount, message.totalByteCount - message.bytes.count)
        guard chunk.bytes.count == expected else {
            throw SecureChannelError(
                .malformedRecord,
                "chunk \(chunk.index) of \(chunk.count) has \(chunk.bytes.count) bytes, expected \(expected)")
        }
        message.bytes += chunk.bytes
        message.nextIndex += 1
        guard message.nextIndex == message.chunkCount else {
            partial = message
            return nil
        }
        nextMessageID += 1
        return message.bytes
    }

    private func begin(
        _ chunk: MessageChunk, _ maximumMessageByteCount: Int
    ) throws(SecureChannelError) -> Partial {
        guard let total = chunk.totalByteCount else {
            throw SecureChannelError(
                .malformedRecord,
                "chunk \(chunk.index) of message \(chunk.messageID), expected chunk 0 of message "
                    + "\(nextMessageID)")
        }
        guard total <= maximumMessageByteCount else {
            throw SecureChannelError(
                .messageTooLarge,
                "a message of \(total) bytes; this connection takes at most \(maximumMessageByteCount)")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(total)
        return Partial(
            messageID: nextMessageID, totalByteCount: total, chunkCount: chunk.count, nextIndex: 0,
            bytes: bytes)
    }
}
