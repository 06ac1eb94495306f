package import Federation
internal import SwiftProtobuf

/// Turns batches of messages into the plaintext of one sealed message and back.
///
/// A batch holds 1 ... ``WireLimits/maximumBatchCount`` messages. The rules are the same in both directions,
/// so nothing can be sent that the other side would refuse. Fields unknown to this build are dropped, unless batches
/// are to be exact (``WireLimits/areBatchesExact``).
package enum WireCodec {
    /// Field numbers of `ToAggregator.messages`, `SiteMessage.join` and `JoinRequest.tasks`.
    private static let joinedTasks: [UInt64] = [1, 1, 3]
    /// Field numbers of `ToSite.messages`, `AggregatorMessage.welcome` and `Welcome.tasks`.
    private static let welcomedTasks: [UInt64] = [1, 1, 2]

    private static let decodingOptions: BinaryDecodingOptions = {
        var options = BinaryDecodingOptions()
        options.discardUnknownFields = true
        // Batch, message, join, task: nothing is deeper.
        options.messageDepthLimit = 4
        return options
    }()

    /// Returns one batch.
    ///
    /// - Throws: ``WireError`` when a message, or their number or size, is outside `limits`.
    package static func encode(_ messages: [SiteMessage], limits: WireLimits) throws -> [UInt8] {
        try batch(encoded(messages, limits: limits), tasksPath: joinedTasks, limits: limits)
    }

    /// Returns one batch.
    ///
    /// - Throws: ``WireError`` when a message, or their number or size, is outside `limits`.
    package static func encode(_ messages: [AggregatorMessage], limits: WireLimits) throws -> [UInt8] {
        try batch(encoded(messages, limits: limits), tasksPath: welcomedTasks, limits: limits)
    }

    /// Returns the messages in their order, in batches of up to ``WireLimits/joinedByteCount`` bytes.
    ///
    /// - Throws: ``WireError`` when a single message is outside `limits`.
    package static func encodeInBatches(
        _ messages: [AggregatorMessage], limits: WireLimits
    ) throws -> [[UInt8]] {
        try batches(encoded(messages, limits: limits), tasksPath: welcomedTasks, limits: limits)
    }

    /// Returns the messages in their order, in batches of up to ``WireLimits/joinedByteCount`` bytes.
    ///
    /// - Throws: ``WireError`` when a single message is outside `limits`.
    package static func encodeInBatches(_ messages: [SiteMessage], limits: WireLimits) throws -> [[UInt8]] {
        try batches(encoded(messages, limits: limits), tasksPath: joinedTasks, limits: limits)
    }

    /// Returns the messages of one batch from a site, in their order.
    ///
    /// - Throws: ``WireError``; nothing is decoded from a batch of which one message is refused.
    package static func decodeSiteMessages(_ bytes: [UInt8], limits: WireLimits) throws -> [SiteMessage] {
        try check(bytes, tasksPath: joinedTasks, limits: limits)
        let checks = FieldChecks(limits: limits)
        let batch: Atoll_V1_ToAggregator = try parsed(bytes)
        let messages = try batch.messages.map { try SiteMessage($0, checks: checks) }
        guard try !limits.areBatchesExact || encode(messages, limits: limits) == bytes else {
            throw WireError(
                .malformed,
                "a batch with bytes beside its \(messages.count) messages, which a private study does not take: they "
                    + "would be in no ledger")
        }
        return messages
    }

    /// Returns the messages of one batch from the aggregator, in their order.
    ///
    /// - Throws: ``WireError``; nothing is decoded from a batch of which one message is refused.
    package static func decodeAggregatorMessages(
        _ bytes: [UInt8], limits: WireLimits
    ) throws -> [AggregatorMessage] {
        try check(bytes, tasksPath: welcomedTasks, limits: limits)
        let checks = FieldChecks(limits: limits)
        let batch: Atoll_V1_ToSite = try parsed(bytes)
        return try batch.messages.map { try AggregatorMessage($0, checks: checks) }
    }

    private static func encoded(
        _ messages: [SiteMessage], limits: WireLimits
    ) throws -> [EncodedMessage] {
        let checks = FieldChecks(limits: limits, areReleasesApart: true)
        return try messages.map { try $0.encoded(checks: checks) }
    }

    private static func encoded(
        _ messages: [AggregatorMessage], limits: WireLimits
    ) throws -> [EncodedMessage] {
        let checks = FieldChecks(limits: limits, areReleasesApart: true)
        return try messages.map { try $0.encoded(checks: checks) }
    }

    private static func batches(
        _ messages: [EncodedMessage], tasksPath: [UInt64], limits: WireLimits
    ) throws -> [[UInt8]] {
        var batches: [[UInt8]] = []
        // Messages that go together, from here on.
        var start = 0
        var byteCount = 0
        var taskCount = 0
        for (index, message) in messages.enumerated() {
            let addedTaskCount = try message.count(of: tasksPath)
            if index > start,
                index - start == WireLimits.maximumBatchCount
                    || byteCount + message.byteCount > WireLimits.joinedByteCount
                    || taskCount + addedTaskCount > WireLimits.maximumTaskCount
            {
                batches.append(EncodedMessage.batch(messages[start..<index]))
                (start, byteCount, taskCount) = (index, 0, 0)
            }
            byteCount += message.byteCount
            taskCount += addedTaskCount
            try check(byteCount: message.byteCount, limits: limits)
            try check(taskCount: addedTaskCount)
        }
        if start < messages.count { batches.append(EncodedMessage.batch(messages[start...])) }
        return batches
    }

    private static func batch(
        _ messages: [EncodedMessage], tasksPath: [UInt64], limits: WireLimits
    ) throws -> [UInt8] {
        try check(byteCount: messages.reduce(0) { $0 + $1.byteCount }, limits: limits)
        try check(count: messages.count)
        try check(taskCount: messages.reduce(0) { try $0 + $1.count(of: tasksPath) })
        return EncodedMessage.batch(messages[...])
    }

    private static func check(_ bytes: [UInt8], tasksPath: [UInt64], limits: WireLimits) throws {
        try check(byteCount: bytes.count, limits: limits)
        try check(count: RecordCount.of([1], in: bytes))
        try check(taskCount: RecordCount.of(tasksPath, in: bytes))
    }

    private static func check(taskCount: Int) throws {
        guard taskCount <= WireLimits.maximumTaskCount else {
            throw WireError(
                .tooMany, "a batch names \(taskCount) tasks, more than \(WireLimits.maximumTaskCount)")
        }
    }

    private static func check(byteCount: Int, limits: WireLimits) throws {
        guard byteCount <= limits.maximumMessageByteCount else {
            throw WireError(
                .oversized, "a batch of \(byteCount) bytes, more than \(limits.maximumMessageByteCount)")
        }
    }

    private static func check(count: Int) throws {
        guard count > 0 else { throw WireError(.malformed, "a batch of no messages") }
        guard count <= WireLimits.maximumBatchCount else {
            throw WireError(
                .tooMany, "a batch of \(count) messages, more than \(WireLimits.maximumBatchCount)")
        }
    }

    private static func parsed<Batch: Message>(_ bytes: [UInt8]) throws -> Batch {
        do {
            return try Batch(serializedBytes: bytes, options: decodingOptions)
        } catch {
            throw WireError(.malformed, "\(bytes.count) bytes are no \(Batch.protoMessageName): \(error)")
        }
    }
}
