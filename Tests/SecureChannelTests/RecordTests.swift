internal import SecureChannel
internal import SeededRandom
internal import Testing

@Suite struct RecordTests {
    static let start = ConnectionPair.start
    static let rekeyTime = start + SecureChannelLimits.rekeyInterval

    /// The kinds of sealed records, each with who receives it.
    enum Kind: CaseIterable {
        case confirmation, chunkUp, chunkDown, rekeyRequest, rekeyResponse, rekeyConfirmation
    }

    /// Returns a pair that is one frame before the end of an exchange, that frame, and its receiver's end.
    static func pair(before kind: Kind) throws -> Exchange {
        let options = ConnectionPair.Options(isReproducible: true)
        if kind == .confirmation {
            var pair = try ConnectionPair(options)
            let first = try pair.site.start(at: start).frames[0]
            let second = try pair.aggregator.receive(first, at: start).frames[0]
            let frame = try pair.site.receive(second, at: start).frames[0]
            return Exchange(pair: pair, frame: frame, isForSite: false)
        }
        var pair = try ConnectionPair.connected(options)
        if kind == .chunkUp {
            let frame = try pair.site.send([1, 2, 3], at: start).frames[0]
            return Exchange(pair: pair, frame: frame, isForSite: false)
        }
        if kind == .chunkDown {
            let frame = try pair.aggregator.send([1, 2, 3], at: start).frames[0]
            return Exchange(pair: pair, frame: frame, isForSite: true)
        }
        let request = try pair.site.advance(to: rekeyTime).frames[0]
        if kind == .rekeyRequest { return Exchange(pair: pair, frame: request, isForSite: false) }
        let response = try pair.aggregator.receive(request, at: rekeyTime).frames[0]
        if kind == .rekeyResponse { return Exchange(pair: pair, frame: response, isForSite: true) }
        let confirmation = try pair.site.receive(response, at: rekeyTime).frames[0]
        return Exchange(pair: pair, frame: confirmation, isForSite: false)
    }

    struct Exchange: ~Copyable {
        var pair: ConnectionPair
        let frame: [UInt8]
        let isForSite: Bool

        mutating func receive(_ frame: [UInt8]) throws -> [SecureConnection.Event] {
            if isForSite {
                try pair.site.receive(frame, at: rekeyTime)
            } else {
                try pair.aggregator.receive(frame, at: rekeyTime)
            }
        }
    }

    @Test(
        "a change of any bit of any kind of record is refused and ends the connection",
        arguments: Kind.allCases)
    func flips(_ kind: Kind) throws {
        var control = try Self.pair(before: kind)
        let frame = control.frame
        let events = try control.receive(frame)
        #expect(!events.isEmpty)
        for bit in 0..<frame.count * 8 {
            var exchange = try Self.pair(before: kind)
            let code = refusal { _ = try exchange.receive(frame.flipping(bit)) }
            #expect(code == .recordRefused, "bit \(bit)")
            if bit.isMultiple(of: 97) {
                let after = refusal { _ = try exchange.receive(frame) }
                #expect(after == .closed)
            }
        }
    }

    @Test("a record cut or lengthened is refused", arguments: Kind.allCases)
    func truncation(_ kind: Kind) throws {
        let frame = try Self.pair(before: kind).frame
        for count in 0...frame.count + 1 where count != frame.count {
            var exchange = try Self.pair(before: kind)
            let code = refusal { _ = try exchange.receive(Array((frame + [0]).prefix(count))) }
            #expect(code == .recordRefused, "\(count) bytes")
        }
    }

    @Test("a record delivered twice is refused")
    func replay() throws {
        var pair = try ConnectionPair.connected()
        let frame = try pair.site.send([1], at: Self.start).frames[0]
        #expect(try pair.aggregator.receive(frame, at: Self.start) == [.message([1])])
        let code = refusal { _ = try pair.aggregator.receive(frame, at: Self.start) }
        #expect(code == .recordRefused)
    }

    @Test("records out of order, or after one that is missing, are refused")
    func order() throws {
        var pair = try ConnectionPair.connected()
        _ = try pair.site.send([1], at: Self.start)
        let second = try pair.site.send([2], at: Self.start).frames[0]
        let code = refusal { _ = try pair.aggregator.receive(second, at: Self.start) }
        #expect(code == .recordRefused)
    }

    @Test("a record of another session of the same keys is refused, and so is one's own sent back")
    func splice() throws {
        var pair = try ConnectionPair.connected()
        var other = try ConnectionPair.connected()
        let foreign = try other.site.send([1], at: Self.start).frames[0]
        let spliced = refusal { _ = try pair.aggregator.receive(foreign, at: Self.start) }
        #expect(spliced == .recordRefused)
        var third = try ConnectionPair.connected()
        let own = try third.aggregator.send([1], at: Self.start).frames[0]
        let reflected = refusal { _ = try third.aggregator.receive(own, at: Self.start) }
        #expect(reflected == .recordRefused)
    }

    @Test("a record of the session before a change of keys is refused after it")
    func oldSession() throws {
        var pair = try ConnectionPair.connected()
        let request = try pair.site.advance(to: Self.rekeyTime)
        // Sealed under the old key and held back by the network.
        let held = try pair.site.send([1], at: Self.rekeyTime).frames[0]
        let response = try pair.aggregator.receive(request.frames[0], at: Self.rekeyTime)
        let confirmation = try pair.site.receive(response.frames[0], at: Self.rekeyTime)
        #expect(try pair.aggregator.receive(confirmation.frames[0], at: Self.rekeyTime) == [.rekeyed])
        let code = refusal { _ = try pair.aggregator.receive(held, at: Self.rekeyTime) }
        #expect(code == .recordRefused)
    }

    @Test("an authenticated peer's malformed records are refused by type")
    func malformed() throws {
        let cases: [(record: [UInt8], code: SecureChannelError.Code)] = [
            ([], .malformedRecord), ([0], .malformedRecord), ([5], .malformedRecord),
            ([255], .malformedRecord),
            // A confirmation that is not the first record, or not one byte.
            ([4], .unexpectedRecord), ([4, 0], .malformedRecord),
            // Numbers absent, or not in their shortest form, or too large.
            ([1], .malformedRecord), ([1, 0], .malformedRecord), ([1, 0, 0, 1], .malformedRecord),
            ([1, 0x80, 0, 0, 1, 0], .malformedRecord),
            ([1] + [UInt8](repeating: 0xff, count: 9) + [2, 0, 1, 0], .malformedRecord),
            ([1, 0, 0, 1] + [UInt8](repeating: 0xff, count: 9) + [1], .malformedRecord),
            // No chunk at all, an index past the count, a count that does not fit the total.
            ([1, 0, 0, 0, 0], .malformedRecord), ([1, 0, 1, 1], .malformedRecord),
            ([1, 0, 0, 2, 1, 9], .malformedRecord), ([1, 0, 0, 2, 0], .malformedRecord),
            // Fewer and more bytes than the total.
            ([1, 0, 0, 1, 2, 9], .malformedRecord), ([1, 0, 0, 1, 1, 9, 9], .malformedRecord),
            // A message id that is not the next, a chunk that does not begin its message.
            ([1, 1, 0, 1, 1, 9], .malformedRecord), ([1, 0, 1, 2, 9], .malformedRecord),
            // Kinds that only the other end sends, and handshakes that are none.
            ([3] + [UInt8](repeating: 0, count: 48), .unexpectedRecord),
        ]
        for (index, hostile) in cases.enumerated() {
            var site = try HostileSite()
            let code = refusal { _ = try site.send(hostile.record) }
            #expect(code == hostile.code, "case \(index)")
            let after = refusal { _ = try site.send([1, 0, 0, 1, 0]) }
            #expect(after == .closed, "case \(index)")
        }
        var site = try HostileSite()
        #expect(try site.send([1, 0, 0, 1, 1, 9]) == [.message([9])])
    }

    @Test("a second chunk that does not continue its message is refused")
    func malformedContinuation() throws {
        let size = SecureChannelLimits.chunkByteCount
        let full = [UInt8](repeating: 7, count: size)
        // A message of two chunks, 65,473 bytes in all: 0x83c1 ... in groups of seven bits.
        let total: [UInt8] = [0xc1, 0xff, 0x03]
        let wrong: [[UInt8]] = [
            [1, 1, 1, 2, 7], [1, 0, 0, 2] + total + full, [1, 0, 1, 3, 7], [1, 0, 1, 2], [1, 0, 1, 2, 7, 7],
            [1, 1, 0, 1, 0],
        ]
        for (index, record) in wrong.enumerated() {
            var site = try HostileSite()
            #expect(try site.send([1, 0, 0, 2] + total + full) == [])
            let code = refusal { _ = try site.send(record) }
            #expect(code == .malformedRecord, "case \(index)")
        }
        var site = try HostileSite()
        _ = try site.send([1, 0, 0, 2] + total + full)
        #expect(try site.send([1, 0, 1, 2, 7]) == [.message(full + [7])])
    }

    @Test("a site that does not confirm first is refused")
    func noConfirmation() throws {
        var site = try HostileSite(isConfirmed: false)
        let code = refusal { _ = try site.send([1, 0, 0, 1, 1, 9]) }
        #expect(code == .unexpectedRecord)
    }

    @Test("random plaintexts of an authenticated peer never pass for more than they are", arguments: 0..<20)
    func randomRecords(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            var site = try HostileSite(maximumMessageByteCount: 64)
            let count = generator.integer(below: 40)
            let record =
                [UInt8(generator.integer(below: 5))]
                + (0..<count).map { _ in UInt8(generator.integer(below: 4)) }
            if let events = try? site.send(record) {
                #expect(events.messages.allSatisfy { record.suffix($0.count) == $0[...] }, "seed \(seed)")
            }
        }
    }
}
