/// A message of a batch, serialised but for its release, whose bytes are copied once: into the batch.
struct EncodedMessage {
    /// Bytes of a release from which on it is written apart: a short one is sooner copied than three parts are made.
    static let smallestReleaseByteCount = 2_048
    /// Field number of `messages` in a batch of either direction.
    private static let messages: UInt64 = 1

    /// The record's header and what stands before the release.
    private let head: [UInt8]
    private let release: [UInt8]
    private let after: [UInt8]

    /// Wraps a message without a release.
    init(_ message: [UInt8]) {
        var head: [UInt8] = []
        head.appendHeader(field: Self.messages, byteCount: message.count)
        self.head = head + message
        release = []
        after = []
    }

    /// Wraps the fields of a message with a release.
    ///
    /// - Parameters:
    ///   - kind: The message's field number in the choice of kinds.
    ///   - before: Its fields of smaller numbers than the release's, serialised.
    ///   - after: Those of larger numbers.
    init(kind: UInt64, before: [UInt8], releaseField: UInt64, release: [UInt8], after: [UInt8]) {
        var fields = before
        fields.appendHeader(field: releaseField, byteCount: release.count)
        let byteCount = fields.count + release.count + after.count
        var kindHeader: [UInt8] = []
        kindHeader.appendHeader(field: kind, byteCount: byteCount)
        var head: [UInt8] = []
        head.appendHeader(field: Self.messages, byteCount: kindHeader.count + byteCount)
        self.head = head + kindHeader + fields
        self.release = release
        self.after = after
    }

    /// Bytes of the message in a batch.
    var byteCount: Int { head.count + release.count + after.count }

    /// How many records stand at the end of `path`, a list of field numbers from the batch inwards.
    func count(of path: [UInt64]) throws -> Int {
        // A message with a release has no lists.
        release.isEmpty ? try RecordCount.of(path, in: head) : 0
    }

    /// Returns a batch of messages.
    static func batch(_ messages: ArraySlice<EncodedMessage>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(messages.reduce(0) { $0 + $1.byteCount })
        for message in messages {
            bytes += message.head
            bytes += message.release
            bytes += message.after
        }
        return bytes
    }
}

extension [UInt8] {
    /// Appends field number, wire type and length of a length-delimited field.
    fileprivate mutating func appendHeader(field: UInt64, byteCount: Int) {
        append(varint: field << 3 | 2)
        append(varint: UInt64(byteCount))
    }

    private mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}
