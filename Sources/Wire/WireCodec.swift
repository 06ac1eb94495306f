package import Federation
internal import SwiftProtobuf

/// Turns batches of messages into the plaintext of one sealed message and back.
///
/// A batch holds 1 ... ``WireLimits/maximumBatchCount`` messages. The rules are the same in both directions,
/// so nothing can be sent that the other side would refuse. Fields unknown to this build are dropped.
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
        let checks = FieldChecks(limits: limits)
        var batch = Atoll_V1_ToAggregator()
        batch.messages = try messages.map { message in
            let wire = message.wire
            _ = try SiteMessage(wire, checks: checks)
            return wire
        }
        let bytes: [UInt8] = try batch.serializedBytes()
        try check(bytes, tasksPath: joinedTasks, limits: limits)
        return bytes
    }

    /// Returns one batch.
    ///
    /// - Throws: ``WireError`` when a message, or their number or size, is outside `limits`.
    package static func encode(_ messages: [AggregatorMessage], limits: WireLimits) throws -> [UInt8] {
        let checks = FieldChecks(limits: limits)
        var batch = Atoll_V1_ToSite()
        batch.messages = try messages.map { message in
            let wire = message.wire
            _ = try AggregatorMessage(wire, checks: checks)
            return wire
        }
        let bytes: [UInt8] = try batch.serializedBytes()
        try check(bytes, tasksPath: welcomedTasks, limits: limits)
        return bytes
    }

    /// Returns as few batches as hold the messages in their order.
    ///
    /// - Throws: ``WireError`` when a single message is outside `limits`.
    package static func encodeInBatches(
        _ messages: [AggregatorMessage], limits: WireLimits
    ) throws -> [[UInt8]] {
        let batches = try messages.map { try encode([$0], limits: limits) }
        return try joined(batches, tasksPath: welcomedTasks, limits: limits)
    }

    /// Returns as few batches as hold the messages in their order.
    ///
    /// - Throws: ``WireError`` when a single message is outside `limits`.
    package static func encodeInBatches(_ messages: [SiteMessage], limits: WireLimits) throws -> [[UInt8]] {
        let batches = try messages.map { try encode([$0], limits: limits) }
        return try joined(batches, tasksPath: joinedTasks, limits: limits)
    }

    /// Returns the messages of one batch from a site, in their order.
    ///
    /// - Throws: ``WireError``; nothing is decoded from a batch of which one message is refused.
    package static func decodeSiteMessages(_ bytes: [UInt8], limits: WireLimits) throws -> [SiteMessage] {
        try check(bytes, tasksPath: joinedTasks, limits: limits)
        let checks = FieldChecks(limits: limits)
        let batch: Atoll_V1_ToAggregator = try parsed(bytes)
        return try batch.messages.map { try SiteMessage($0, checks: checks) }
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

    /// Joins batches of one message each, for batches written one after the other are one batch.
    private static func joined(
        _ batches: [[UInt8]], tasksPath: [UInt64], limits: WireLimits
    ) throws -> [[UInt8]] {
        var joined: [[UInt8]] = []
        // Batches that go together, from here on: they are copied once their size is known, or not at all.
        var start = 0
        var byteCount = 0
        var taskCount = 0
        func join(to end: Int) {
            if end - start == 1 {
                joined.append(batches[start])
            } else if end > start {
                var bytes: [UInt8] = []
                bytes.reserveCapacity(byteCount)
                for batch in batches[start..<end] { bytes += batch }
                joined.append(bytes)
            }
            start = end
            byteCount = 0
            taskCount = 0
        }
        for (index, batch) in batches.enumerated() {
            let addedTaskCount = try RecordCount.of(tasksPath, in: batch)
            if index - start == WireLimits.maximumBatchCount
                || byteCount + batch.count > limits.maximumMessageByteCount
                || taskCount + addedTaskCount > WireLimits.maximumTaskCount
            {
                join(to: index)
            }
            byteCount += batch.count
            taskCount += addedTaskCount
        }
        join(to: batches.count)
        return joined
    }

    private static func check(_ bytes: [UInt8], tasksPath: [UInt64], limits: WireLimits) throws {
        try check(byteCount: bytes.count, limits: limits)
        try check(count: RecordCount.of([1], in: bytes))
        let taskCount = try RecordCount.of(tasksPath, in: bytes)
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
