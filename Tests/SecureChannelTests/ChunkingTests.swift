internal import SecureChannel
internal import SeededRandom
internal import Testing

@Suite struct ChunkingTests {
    static let start = ConnectionPair.start
    static let chunk = SecureChannelLimits.chunkByteCount

    @Test(
        "messages of every size come back whole, both ways, in frames of legal size",
        arguments: [
            0, 1, 300, chunk - 1, chunk, chunk + 1, 2 * chunk - 1, 2 * chunk, 2 * chunk + 1, 5_000_000,
        ])
    func sizes(_ count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        let pattern = (0..<256).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        let message = (0..<count).map { pattern[($0 &+ $0 >> 8) & 255] }
        var pair = try ConnectionPair.connected()
        let up = try pair.site.send(message, at: Self.start)
        #expect(up.frames.count == max(1, (count + Self.chunk - 1) / Self.chunk))
        #expect(up.frames.allSatisfy { $0.count <= SecureChannelLimits.maximumFrameByteCount })
        #expect(try pair.deliver(fromSite: up).atAggregator == [.message(message)])
        let down = try pair.aggregator.send(message, at: Self.start)
        #expect(try pair.deliver(fromAggregator: down).atSite == [.message(message)])
    }

    @Test(
        "a record's overhead is the documented number of bytes",
        arguments: zip([0, 1, 127, 128, 300, 16_384, chunk], [21, 21, 21, 22, 22, 23, 23]))
    func overhead(_ count: Int, _ expected: Int) throws {
        var pair = try ConnectionPair.connected()
        let frames = try pair.site.send([UInt8](repeating: 0, count: count), at: Self.start).frames
        #expect(frames.map(\.count) == [count + expected])
    }

    @Test("a message id takes one byte more from 128 messages on")
    func overheadOfLaterMessages() throws {
        var pair = try ConnectionPair.connected()
        var counts: [Int] = []
        for _ in 0..<130 { counts += try pair.site.send([], at: Self.start).frames.map(\.count) }
        #expect(counts[127] == 21)
        #expect(counts[128] == 22)
    }

    @Test(
        "the bound on a message holds at bound - 1, bound and bound + 1, when sending",
        arguments: [0, 1, 1000, chunk])
    func sendingBound(_ bound: Int) throws {
        for count in [bound - 1, bound] where count >= 0 {
            var pair = try ConnectionPair.connected(.init(maximumMessageByteCount: bound))
            let events = try pair.site.send([UInt8](repeating: 1, count: count), at: Self.start)
            #expect(try pair.deliver(fromSite: events).atAggregator.messages.map(\.count) == [count])
        }
        var pair = try ConnectionPair.connected(.init(maximumMessageByteCount: bound))
        let code = refusal { _ = try pair.site.send([UInt8](repeating: 1, count: bound + 1), at: Self.start) }
        #expect(code == .messageTooLarge)
        // The refusal changed nothing.
        let events = try pair.site.send([], at: Self.start)
        #expect(try pair.deliver(fromSite: events).atAggregator == [.message([])])
    }

    @Test(
        "the bound on a message holds at bound - 1, bound and bound + 1, when receiving",
        arguments: [1, 1000, chunk, 2 * chunk])
    func receivingBound(_ bound: Int) throws {
        for count in [bound - 1, bound, bound + 1] {
            var pair = try ConnectionPair.connected()
            pair.aggregator.maximumMessageByteCount = bound
            let frames = try pair.site.send([UInt8](repeating: 1, count: count), at: Self.start).frames
            if count <= bound {
                #expect(
                    try pair.deliver(fromSite: frames.map { .transmit($0) }).atAggregator.messages.count == 1)
            } else {
                let code = refusal { _ = try pair.aggregator.receive(frames[0], at: Self.start) }
                #expect(code == .messageTooLarge)
            }
        }
    }

    @Test("a declared size over the bound is refused before memory is reserved")
    func hugeDeclaration() throws {
        // 2^62 bytes in the right number of chunks: reserving that would end the process.
        let total = UInt64(1) << 62
        let count = (total - 1) / UInt64(Self.chunk) + 1
        var record: [UInt8] = [1, 0, 0] + Self.leb128(count)
        record += Self.leb128(total)
        record += [UInt8](repeating: 0, count: Self.chunk)
        var site = try HostileSite()
        let code = refusal { _ = try site.send(record) }
        #expect(code == .messageTooLarge)
    }

    @Test("messages of random sizes arrive once, in order", arguments: 0..<5)
    func sequence(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var pair = try ConnectionPair.connected()
        for round in 0..<40 {
            let count = generator.integer(below: round.isMultiple(of: 8) ? 200_000 : 500)
            let message = [UInt8](repeating: UInt8(round), count: count)
            let events = try pair.site.send(message, at: Self.start)
            #expect(try pair.deliver(fromSite: events).atAggregator == [.message(message)], "seed \(seed)")
        }
    }

    private static func leb128(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 128 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
