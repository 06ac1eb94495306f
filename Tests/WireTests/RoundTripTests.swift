internal import Federation
internal import ReleaseEncoding
internal import SeededRandom
internal import Testing
internal import Wire

@Suite("Round trips")
struct RoundTripTests {
    static let limits = RandomMessages.limits
    static let exactLimits = WireLimits(maximumDimension: limits.maximumDimension, areBatchesExact: true)

    @Test("every kind of a site's message arrives as it was", arguments: 0..<RandomMessages.siteKindCount)
    func siteMessages(kind: Int) throws {
        var messages = RandomMessages(seed: UInt64(kind))
        for trial in 0..<200 {
            let message = messages.siteMessage(kind: kind)
            let bytes = try WireCodec.encode([message], limits: Self.limits)
            for limits in [Self.limits, Self.exactLimits] {
                let decoded = try WireCodec.decodeSiteMessages(bytes, limits: limits)
                #expect(decoded == [message], "seed \(kind), trial \(trial)")
            }
        }
    }

    @Test(
        "every kind of an aggregator's message arrives as it was",
        arguments: 0..<RandomMessages.aggregatorKindCount)
    func aggregatorMessages(kind: Int) throws {
        var messages = RandomMessages(seed: UInt64(kind))
        for trial in 0..<200 {
            let message = try messages.aggregatorMessage(kind: kind)
            let bytes = try WireCodec.encode([message], limits: Self.limits)
            let decoded = try WireCodec.decodeAggregatorMessages(bytes, limits: Self.limits)
            #expect(decoded == [message], "seed \(kind), trial \(trial)")
        }
    }

    @Test("every refusal code has its number on the wire", arguments: Refusal.Code.allCases)
    func refusalCodes(code: Refusal.Code) throws {
        let bytes = try WireCodec.encode([.refusal(Refusal(code, message: ""))], limits: Self.limits)
        // messages, 4 bytes: refusal, 2 bytes: code.
        #expect(bytes == [0x0A, 4, 0x2A, 2, 0x08, UInt8(code.rawValue)])
        let decoded = try WireCodec.decodeAggregatorMessages(bytes, limits: Self.limits)
        #expect(decoded == [.refusal(Refusal(code, message: ""))])
    }

    @Test("a batch keeps its order, and batches in a row are one batch")
    func batches() throws {
        var messages = RandomMessages(seed: 40)
        let batch = (0..<WireLimits.maximumBatchCount).map {
            messages.siteMessage(kind: $0 % RandomMessages.siteKindCount)
        }
        let bytes = try WireCodec.encode(batch, limits: Self.limits)
        #expect(try WireCodec.decodeSiteMessages(bytes, limits: Self.limits) == batch)
        #expect(try WireCodec.decodeSiteMessages(bytes, limits: Self.exactLimits) == batch)
        let parts = try [batch[..<20], batch[20...]].flatMap {
            try WireCodec.encode([SiteMessage]($0), limits: Self.limits)
        }
        #expect(parts == bytes)
    }

    @Test("any number of messages travels in batches within the bounds")
    func inBatches() throws {
        var messages = RandomMessages(seed: 41)
        let many = try (0..<1_000).map { try messages.aggregatorMessage(kind: $0 % 6) }
        let batches = try WireCodec.encodeInBatches(many, limits: Self.limits)
        let decoded = try batches.map { try WireCodec.decodeAggregatorMessages($0, limits: Self.limits) }
        #expect([AggregatorMessage](decoded.joined()) == many)
        #expect(batches.count == (1_000 + WireLimits.maximumBatchCount - 1) / WireLimits.maximumBatchCount)

        let tasks = (0..<WireLimits.maximumTaskCount - 1).map {
            JoinRequest.Task(name: TaskName("\($0)"), dimension: 1, nextSequence: 0)
        }
        let join = SiteMessage.join(
            JoinRequest(study: "s", studyDigest: messages.bytes(32), tasks: tasks))
        let joins = try WireCodec.encodeInBatches([join, join], limits: Self.limits)
        #expect(
            try joins.map { try WireCodec.decodeSiteMessages($0, limits: Self.limits) } == [[join], [join]])
        #expect(try WireCodec.encodeInBatches([SiteMessage](), limits: Self.limits).isEmpty)
    }

    @Test("a release that is written apart stands where the generated code puts it", arguments: 0..<3)
    func releaseApart(kind: Int) throws {
        let limits = WireLimits(maximumDimension: 1_000)
        let bound = 2_048
        var messages = RandomMessages(seed: UInt64(50 + kind))
        for trial in 0..<50 {
            let release = messages.bytes(bound)
            var update = messages.update()
            let (task, number) = (update.task, update.sequence)
            func encoded(_ count: Int) throws -> [UInt8] {
                let release = Array(release.prefix(count))
                if kind == 0 {
                    update.release = release
                    let bytes = try WireCodec.encode([.update(update)], limits: limits)
                    #expect(try WireCodec.decodeSiteMessages(bytes, limits: limits) == [.update(update)])
                    return bytes
                }
                let message: AggregatorMessage =
                    kind == 1
                    ? .column(Column(task: task, sequence: number, version: number, release: release))
                    : .final(FinalColumn(task: task, version: number, release: release))
                let bytes = try WireCodec.encode([message], limits: limits)
                #expect(try WireCodec.decodeAggregatorMessages(bytes, limits: limits) == [message])
                return bytes
            }
            // One byte shorter, it is the generated code that writes it.
            let (generated, apart) = (try encoded(bound - 1), try encoded(bound))
            let comment: Comment = "seed \(50 + kind), trial \(trial)"
            let start = try #require(
                (0...apart.count - bound).first { apart[$0..<$0 + bound].elementsEqual(release) }, comment)
            #expect(apart.count == generated.count + 1, comment)
            #expect(apart[(start + bound)...] == generated[(start + bound - 1)...], comment)
            // Three lengths of two bytes differ.
            #expect(zip(apart[..<start], generated).count { $0 != $1 } <= 6, comment)
        }
    }

    @Test("messages share a batch up to its bound of bytes", arguments: [-1, 0, 1])
    func joinedByteCount(offset: Int) throws {
        let limits = WireLimits(maximumDimension: 100_000)
        func column(_ byteCount: Int) -> AggregatorMessage {
            .column(
                Column(
                    task: TaskName("t"), sequence: 1, version: 1,
                    release: [UInt8](repeating: 1, count: byteCount)))
        }
        let overhead = try WireCodec.encode([column(10_000)], limits: limits).count - 10_000
        let first = 20_000
        // Lengths above 16,383 take a byte more.
        let second = WireLimits.joinedByteCount + offset - first - 2 * (overhead + 3)
        let batches = try WireCodec.encodeInBatches([column(first), column(second)], limits: limits)
        #expect(batches.reduce(0) { $0 + $1.count } == WireLimits.joinedByteCount + offset)
        #expect(batches.count == (offset > 0 ? 2 : 1))
    }

    @Test("large releases fill batches by bytes")
    func largeReleases() throws {
        let limits = WireLimits(maximumDimension: 100_000)
        let release = [UInt8](repeating: 1, count: limits.maximumReleaseByteCount)
        let column = AggregatorMessage.column(
            Column(task: TaskName("t"), sequence: 1, version: 1, release: release))
        let batches = try WireCodec.encodeInBatches([column, column, column], limits: limits)
        #expect(batches.count == 3)
        #expect(batches.allSatisfy { $0.count <= limits.maximumMessageByteCount })
    }

    @Test("an update of 28 float32 elements adds little to its numbers")
    func updateByteCount() throws {
        var generator = SeededGenerator(seed: 42)
        let held = try ReleaseCodec.encodeFull((0..<28).map { _ in generator.normal() }).next
        let x = held.value.map { $0 + 0.01 * generator.normal() }
        let release = try ReleaseCodec.encode(x, relativeTo: held, encoding: .float32).release
        let task = TaskName("school-017")
        let update = Update(
            task: task, sequence: 1_000, columnVersion: 100_000, columnReference: held.hash, release: release,
            next: ReadRequest(task: task, reference: held.hash))
        let bytes = try WireCodec.encode([.update(update)], limits: Self.limits)
        #expect(release.count == 135)
        #expect(bytes.count == 183)
        var other = update
        other.next = ReadRequest(task: TaskName("school-018"), reference: held.hash)
        #expect(try WireCodec.encode([.update(other)], limits: Self.limits).count == 213)
    }
}
