/// The part of a message that one record carries.
struct MessageChunk: Equatable {
    /// The largest header, the record's kind included, in bytes: 1 + 10 + 7 + 7 + 9.
    static let maximumHeaderByteCount = 34

    /// Numbers the messages of one direction of a connection, from 0, without a gap.
    let messageID: UInt64
    /// From 0.
    let index: Int
    /// How many chunks the message has, at least 1.
    let count: Int
    /// The size of the whole message; chunk 0 says it.
    let totalByteCount: Int?
    let bytes: ArraySlice<UInt8>

    /// How many chunks a message of `byteCount` bytes has.
    static func count(forByteCount byteCount: Int) -> Int {
        // An empty message is one empty chunk. Written so that no size overflows.
        byteCount == 0 ? 1 : (byteCount - 1) / SecureChannelLimits.chunkByteCount + 1
    }

    /// Creates one of the chunks of `message`.
    init(of message: [UInt8], messageID: UInt64, index: Int) {
        self.messageID = messageID
        self.index = index
        count = MessageChunk.count(forByteCount: message.count)
        totalByteCount = index == 0 ? message.count : nil
        let start = index * SecureChannelLimits.chunkByteCount
        bytes = message[start..<min(message.count, start + SecureChannelLimits.chunkByteCount)]
    }

    /// Creates the chunk that a record holds after its kind.
    ///
    /// - Throws: ``SecureChannelError/Code/malformedRecord`` when a number is absent, not in its shortest
    ///   form, or does not fit the others.
    init(_ record: ArraySlice<UInt8>) throws(SecureChannelError) {
        var rest = record
        messageID = try MessageChunk.takeNumber(from: &rest, "message id")
        index = try MessageChunk.takeCount(from: &rest, "chunk index")
        count = try MessageChunk.takeCount(from: &rest, "chunk count")
        guard index < count else {
            throw SecureChannelError(.malformedRecord, "chunk index \(index) of \(count) chunks")
        }
        if index == 0 {
            let total = try MessageChunk.takeCount(from: &rest, "total byte count")
            guard count == MessageChunk.count(forByteCount: total) else {
                throw SecureChannelError(
                    .malformedRecord, "a message of \(total) bytes does not have \(count) chunks")
            }
            totalByteCount = total
        } else {
            totalByteCount = nil
        }
        bytes = rest
    }

    /// Appends what follows the record's kind.
    func append(to record: inout [UInt8]) {
        VariableLengthInteger.append(messageID, to: &record)
        VariableLengthInteger.append(UInt64(index), to: &record)
        VariableLengthInteger.append(UInt64(count), to: &record)
        if let totalByteCount { VariableLengthInteger.append(UInt64(totalByteCount), to: &record) }
        record += bytes
    }

    private static func takeNumber(
        from rest: inout ArraySlice<UInt8>, _ name: StaticString
    ) throws(SecureChannelError) -> UInt64 {
        guard let number = VariableLengthInteger.take(from: &rest) else {
            throw SecureChannelError(.malformedRecord, "a chunk without a \(name) in its shortest form")
        }
        return number
    }

    private static func takeCount(
        from rest: inout ArraySlice<UInt8>, _ name: StaticString
    ) throws(SecureChannelError) -> Int {
        let number = try takeNumber(from: &rest, name)
        guard let count = Int(exactly: number) else {
            throw SecureChannelError(.malformedRecord, "a \(name) of \(number)")
        }
        return count
    }
}
