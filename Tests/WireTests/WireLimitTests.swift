internal import Federation
internal import ReleaseEncoding
internal import Testing
internal import Wire

@Suite("Bounds of messages")
struct WireLimitTests {
    static let limits = RandomMessages.limits
    static let digest = [UInt8](repeating: 1, count: WireLimits.digestByteCount)

    /// Returns why the message may not be sent; nil where it may.
    static func refusal(of message: SiteMessage) -> WireError.Code? { refusal(of: [message]) }

    static func refusal(of messages: [SiteMessage]) -> WireError.Code? {
        do {
            let bytes = try WireCodec.encode(messages, limits: limits)
            let decoded = try WireCodec.decodeSiteMessages(bytes, limits: limits)
            #expect(decoded == messages)
            return nil
        } catch {
            return (error as? WireError)?.code
        }
    }

    static func refusal(of message: AggregatorMessage) -> WireError.Code? {
        do {
            _ = try WireCodec.encode([message], limits: limits)
            return nil
        } catch {
            return (error as? WireError)?.code
        }
    }

    static func join(
        study: String = "study", digest: [UInt8] = digest, tasks: Int = 1, dimension: Int = 1,
        nextSequence: UInt64 = 0
    ) -> SiteMessage {
        let tasks = (0..<tasks).map {
            JoinRequest.Task(name: TaskName("\($0)"), dimension: dimension, nextSequence: nextSequence)
        }
        return .join(JoinRequest(study: study, studyDigest: digest, tasks: tasks))
    }

    static func update(
        sequence: UInt64 = 1, version: UInt64 = 1, releaseByteCount: Int = 10, loss: Double? = nil
    ) -> SiteMessage {
        .update(
            Update(
                task: TaskName("t"), sequence: sequence, columnVersion: version, columnReference: .none,
                release: [UInt8](repeating: 9, count: releaseByteCount), next: nil, loss: loss))
    }

    @Test("names have 1 to 128 bytes and no control characters")
    func names() {
        let bound = WireLimits.maximumNameByteCount
        for (count, code) in [
            (0, .invalidField), (1, nil), (bound - 1, nil), (bound, nil), (bound + 1, .oversized),
        ]
            as [(Int, WireError.Code?)]
        {
            let name = String(repeating: "n", count: count)
            #expect(Self.refusal(of: Self.join(study: name)) == code, "\(count) bytes")
            #expect(Self.refusal(of: .fetched(task: TaskName(name))) == code, "\(count) bytes")
        }
        // Two bytes each: the bound is of bytes and not of characters.
        #expect(Self.refusal(of: .fetched(task: TaskName(String(repeating: "é", count: bound / 2)))) == nil)
        #expect(
            Self.refusal(of: .fetched(task: TaskName(String(repeating: "é", count: bound / 2 + 1))))
                == .oversized)
        for name in ["a\nb", "\u{0}", "a\u{7F}", "\u{85}", "a\u{1B}[0m"] {
            #expect(
                Self.refusal(of: .fetched(task: TaskName(name))) == .invalidField, "\(name.utf8.map(\.self))")
        }
    }

    @Test("digests have exactly 32 bytes", arguments: [0, 31, 32, 33])
    func digests(count: Int) {
        let digest = [UInt8](repeating: 1, count: count)
        #expect((Self.refusal(of: Self.join(digest: digest)) == nil) == (count == 32))
    }

    @Test("sequence numbers and versions end at their bound", arguments: [-1, 0, 1])
    func numbers(offset: Int) {
        let number = WireLimits.maximumNumber.advanced(by: offset)
        let code: WireError.Code? = offset > 0 ? .invalidField : nil
        #expect(Self.refusal(of: Self.update(sequence: number)) == code)
        #expect(Self.refusal(of: Self.update(version: number)) == code)
        #expect(Self.refusal(of: Self.join(nextSequence: number)) == code)
        let acceptance = Acceptance(
            task: TaskName("t"), sequence: 1, version: 1, staleness: number, relaxation: 1)
        #expect(Self.refusal(of: .acceptance(acceptance)) == code)
    }

    @Test("releases have from 1 byte to what the dimension takes", arguments: [-1, 0, 1])
    func releases(offset: Int) {
        let code: WireError.Code? = offset > 0 ? .oversized : nil
        let count = Self.limits.maximumReleaseByteCount + offset
        #expect(Self.refusal(of: Self.update(releaseByteCount: count)) == code)
        #expect(Self.refusal(of: Self.update(releaseByteCount: 0)) == .invalidField)
        let final = FinalColumn(
            task: TaskName("t"), version: 1, release: [UInt8](repeating: 0, count: count))
        #expect(Self.refusal(of: .final(final)) == code)
    }

    @Test("dimensions are those that any study may have")
    func dimensions() {
        let bound = ReleaseEncodingLimits.maximumDimension
        for (dimension, isAllowed) in [
            (-1, false), (0, false), (1, true), (bound - 1, true), (bound, true), (bound + 1, false),
            (.max, false),
        ] {
            #expect((Self.refusal(of: Self.join(dimension: dimension)) == nil) == isAllowed, "\(dimension)")
        }
    }

    @Test("a batch joins up to its bound of tasks", arguments: [-1, 0, 1])
    func tasks(offset: Int) {
        let count = WireLimits.maximumTaskCount + offset
        let code: WireError.Code? = offset > 0 ? .tooMany : nil
        #expect(Self.refusal(of: Self.join(tasks: count)) == code)
        #expect(Self.refusal(of: [Self.join(tasks: count - 1), Self.join(tasks: 1)]) == code)
    }

    @Test("the largest join with the longest names fits in a batch")
    func largestJoin() {
        let names = (0..<WireLimits.maximumTaskCount).map {
            String(String(repeating: "x", count: 128) + "\($0)").suffix(128)
        }
        let tasks = names.map {
            JoinRequest.Task(
                name: TaskName(String($0)), dimension: ReleaseEncodingLimits.maximumDimension,
                nextSequence: WireLimits.maximumNumber)
        }
        let join = JoinRequest(
            study: String(repeating: "s", count: 128), studyDigest: Self.digest, tasks: tasks)
        #expect(Self.refusal(of: .join(join)) == nil)
    }

    @Test("a batch holds 1 to 64 messages")
    func batchCount() {
        let message = SiteMessage.fetched(task: TaskName("t"))
        let bound = WireLimits.maximumBatchCount
        #expect(Self.refusal(of: [SiteMessage]()) == .malformed)
        for (count, code) in [(1, nil), (bound - 1, nil), (bound, nil), (bound + 1, .tooMany)]
            as [(Int, WireError.Code?)]
        {
            #expect(Self.refusal(of: [SiteMessage](repeating: message, count: count)) == code)
        }
    }

    @Test("a batch has up to its bound of bytes", arguments: [-1, 0, 1])
    func batchByteCount(offset: Int) throws {
        // An unknown field (number 2, length-delimited) fills the batch to the byte.
        let message = try WireCodec.encode(
            [.fetched(task: TaskName("t"))] as [SiteMessage], limits: Self.limits)
        let fill = Self.limits.maximumMessageByteCount + offset - message.count - 4
        try #require((1 << 14..<1 << 21).contains(fill), "three bytes of length")
        let length = [UInt8(fill & 0x7F) | 0x80, UInt8(fill >> 7 & 0x7F) | 0x80, UInt8(fill >> 14)]
        let bytes = message + [0x12] + length + [UInt8](repeating: 0, count: fill)
        #expect(bytes.count == Self.limits.maximumMessageByteCount + offset)
        if offset > 0 {
            #expect(throws: WireError(.oversized, "")) {
                try WireCodec.decodeSiteMessages(bytes, limits: Self.limits)
            }
        } else {
            #expect(try WireCodec.decodeSiteMessages(bytes, limits: Self.limits).count == 1)
        }
    }

    @Test("refusals carry up to 1,024 bytes of text", arguments: [-1, 0, 1])
    func texts(offset: Int) {
        let text = String(repeating: "x", count: WireLimits.maximumTextByteCount + offset)
        var refusal = Refusal(.malformed, message: text)
        #expect(
            refusal.message.utf8.count <= WireLimits.maximumTextByteCount, "a refusal shortens its own text")
        refusal.message = text
        #expect(Self.refusal(of: .refusal(refusal)) == (offset > 0 ? .oversized : nil))
    }

    @Test("numbers that are not finite, and tasks named twice, are refused")
    func values() {
        for loss in [Double.nan, .infinity, -.infinity] {
            #expect(Self.refusal(of: Self.update(loss: loss)) == .invalidField)
        }
        #expect(Self.refusal(of: Self.update(loss: 0)) == nil)
        let acceptance = Acceptance(
            task: TaskName("t"), sequence: 1, version: 1, staleness: 0, relaxation: .nan)
        #expect(Self.refusal(of: .acceptance(acceptance)) == .invalidField)
        let task = JoinRequest.Task(name: TaskName("same"), dimension: 1, nextSequence: 0)
        let join = JoinRequest(study: "s", studyDigest: Self.digest, tasks: [task, task])
        #expect(Self.refusal(of: .join(join)) == .invalidField)
    }
}
