internal import SecureChannel
internal import Sodium
internal import Testing

@Suite struct HandshakeTests {
    static let start = ConnectionPair.start

    @Test(
        "both ends confirm, in the order and with the byte counts of the specification", arguments: [nil, 7])
    func handshake(_ presharedKey: UInt8?) throws {
        let key = presharedKey.map { [UInt8](repeating: $0, count: 32) }
        var pair = try ConnectionPair(
            .init(sitePresharedKey: key, aggregatorPresharedKey: key))
        let first = try pair.site.start(at: Self.start)
        #expect(first.frames.map(\.count) == [NoiseProtocol.firstMessageByteCount])
        let second = try pair.aggregator.receive(first.frames[0], at: Self.start)
        let siteKey = try identity(1).channelKeyPair.publicKey
        #expect(second.first == .authenticated(peerChannelKey: siteKey))
        #expect(second.frames.map(\.count) == [NoiseProtocol.secondMessageByteCount])
        let third = try pair.site.receive(second.frames[0], at: Self.start)
        #expect(third.others == [.confirmed])
        #expect(third.frames.map(\.count) == [17])
        #expect(try pair.aggregator.receive(third.frames[0], at: Self.start) == [.confirmed])
        let hashes = [pair.site.handshakeHash, pair.aggregator.handshakeHash]
        #expect(hashes[0] == hashes[1] && hashes[0]?.count == NoiseProtocol.hashByteCount)
        let peers = [pair.site.peerChannelKey, pair.aggregator.peerChannelKey]
        #expect(peers == [try identity(2).channelKeyPair.publicKey, siteKey])
    }

    @Test("no message passes before it is confirmed, and trying does no harm")
    func beforeConfirmation() throws {
        var pair = try ConnectionPair()
        let first = try pair.site.start(at: Self.start).frames[0]
        let early = refusal { _ = try pair.site.send([1], at: Self.start) }
        #expect(early == .notOpen)
        let second = try pair.aggregator.receive(first, at: Self.start).frames[0]
        let unconfirmed = refusal { _ = try pair.aggregator.send([1], at: Self.start) }
        #expect(unconfirmed == .notOpen)
        let third = try pair.site.receive(second, at: Self.start)
        _ = try pair.aggregator.receive(third.frames[0], at: Self.start)
        let events = try pair.aggregator.send([1], at: Self.start)
        #expect(try pair.deliver(fromAggregator: events).atSite == [.message([1])])
    }

    @Test("a change of any bit of message 1 is refused")
    func firstMessageFlips() throws {
        var pair = try ConnectionPair()
        let message = try pair.site.start(at: Self.start).frames[0]
        for bit in 0..<message.count * 8 {
            var other = try ConnectionPair()
            let code = refusal { _ = try other.aggregator.receive(message.flipping(bit), at: Self.start) }
            #expect(code == .handshakeFailed, "bit \(bit)")
        }
    }

    @Test("a change of any bit of message 2 is refused")
    func secondMessageFlips() throws {
        let options = ConnectionPair.Options(isReproducible: true)
        var pair = try ConnectionPair(options)
        let first = try pair.site.start(at: Self.start).frames[0]
        let message = try pair.aggregator.receive(first, at: Self.start).frames[0]
        for bit in 0..<message.count * 8 {
            var other = try ConnectionPair(options)
            #expect(try other.site.start(at: Self.start).frames[0] == first)
            let code = refusal { _ = try other.site.receive(message.flipping(bit), at: Self.start) }
            #expect(code == .handshakeFailed, "bit \(bit)")
        }
        // The control: unchanged it opens.
        #expect(try pair.site.receive(message, at: Self.start).others == [.confirmed])
    }

    @Test("handshake messages of any other size are refused")
    func sizes() throws {
        var pair = try ConnectionPair(.init(isReproducible: true))
        let first = try pair.site.start(at: Self.start).frames[0]
        let second = try pair.aggregator.receive(first, at: Self.start).frames[0]
        for count in Array(0..<first.count) + [first.count + 1, 65_535, 65_536] {
            var other = try ConnectionPair()
            let frame = Array((first + [UInt8](repeating: 0, count: 65_536)).prefix(count))
            let code = refusal { _ = try other.aggregator.receive(frame, at: Self.start) }
            #expect(code == (count > 65_535 ? .recordRefused : .malformedHandshake), "\(count) bytes")
        }
        for count in Array(0..<second.count) + [second.count + 1] {
            var other = try ConnectionPair(.init(isReproducible: true))
            _ = try other.site.start(at: Self.start)
            let frame = Array((second + [0]).prefix(count))
            let code = refusal { _ = try other.site.receive(frame, at: Self.start) }
            #expect(code == .malformedHandshake || code == .handshakeFailed, "\(count) bytes")
        }
    }

    @Test("ends that disagree on prologue, static key or pre-shared key do not connect")
    func disagreement() throws {
        let key = [UInt8](repeating: 7, count: 32)
        let options: [ConnectionPair.Options] = [
            .init(sitePrologue: Array("atoll.2".utf8)), .init(sitePrologue: []), .init(pinnedSeed: 3),
            .init(aggregatorPresharedKey: key), .init(sitePresharedKey: key),
        ]
        for (index, options) in options.enumerated() {
            var pair = try ConnectionPair(options)
            let first = try pair.site.start(at: Self.start).frames[0]
            let code = refusal { _ = try pair.aggregator.receive(first, at: Self.start) }
            #expect(code == .handshakeFailed, "case \(index)")
        }
        // The pre-shared key comes in at message 2.
        var pair = try ConnectionPair(
            .init(sitePresharedKey: key, aggregatorPresharedKey: key.flipping(0)))
        let first = try pair.site.start(at: Self.start).frames[0]
        let second = try pair.aggregator.receive(first, at: Self.start).frames[0]
        let code = refusal { _ = try pair.site.receive(second, at: Self.start) }
        #expect(code == .handshakeFailed)
        let after = refusal { _ = try pair.site.receive(second, at: Self.start) }
        #expect(after == .closed)
    }

    @Test("a site that is not authorised gets no answer and no session")
    func unauthorized() throws {
        let allowed = try identity(9).channelKeyPair.publicKey
        var pair = try ConnectionPair(.init(authorize: { $0 == allowed }))
        let first = try pair.site.start(at: Self.start).frames[0]
        let code = refusal { _ = try pair.aggregator.receive(first, at: Self.start) }
        #expect(code == .unauthorized)
        let peerKey = pair.aggregator.peerChannelKey
        #expect(peerKey == nil)
        let after = refusal { _ = try pair.aggregator.receive(first, at: Self.start) }
        #expect(after == .closed)
    }

    @Test("a replayed message 1 is answered and never confirmed")
    func replayedFirstMessage() throws {
        var pair = try ConnectionPair.connected(.init(isReproducible: true))
        var recorded = try ConnectionPair(.init(isReproducible: true))
        let first = try recorded.site.start(at: Self.start).frames[0]
        var victim = try ConnectionPair()
        let answer = try victim.aggregator.receive(first, at: Self.start)
        #expect(answer.frames.count == 1 && !answer.contains(.confirmed))
        // What the genuine site once sent after it does not open in the new session.
        let record = try pair.site.send([1, 2, 3], at: Self.start).frames[0]
        let code = refusal { _ = try victim.aggregator.receive(record, at: Self.start) }
        #expect(code == .recordRefused)
    }

    @Test(
        "a point of low order as the peer's ephemeral or static key is refused",
        arguments: [
            [UInt8](repeating: 0, count: 32), [1] + [UInt8](repeating: 0, count: 31),
            [0xec] + [UInt8](repeating: 0xff, count: 30) + [0x7f],
        ])
    func lowOrderPoints(_ point: [UInt8]) throws {
        var pair = try ConnectionPair()
        let first = try pair.site.start(at: Self.start).frames[0]
        let atAggregator = refusal {
            _ = try pair.aggregator.receive(point + first.dropFirst(32), at: Self.start)
        }
        #expect(atAggregator == .handshakeFailed)
        let atSite = refusal {
            _ = try pair.site.receive(point + [UInt8](repeating: 0, count: 16), at: Self.start)
        }
        #expect(atSite == .handshakeFailed)
        let pinned = refusal {
            var site = try SecureConnection(initiator: identity(1), peerChannelKey: point, prologue: [])
            _ = try site.start(at: Self.start)
        }
        #expect(pinned == .handshakeFailed)
    }

    @Test("keys of a wrong size are refused when the connection is made", arguments: [0, 31, 33])
    func keySizes(_ count: Int) {
        let bytes = [UInt8](repeating: 5, count: count)
        let presharedKey = refusal { _ = try ConnectionPair(.init(sitePresharedKey: bytes)) }
        #expect(presharedKey == .invalidKey)
        let pinned = refusal {
            _ = try SecureConnection(initiator: identity(1), peerChannelKey: bytes, prologue: [])
        }
        #expect(pinned == .invalidKey)
        let seed = refusal { _ = try Identity(seed: SecretBytes(copying: bytes)) }
        #expect(seed == .invalidKey)
    }

    @Test("a failure to make an ephemeral key closes the connection")
    func noEphemeral() throws {
        var site = try SecureConnection(
            initiator: identity(1), peerChannelKey: identity(2).channelKeyPair.publicKey, prologue: [],
            makeEphemeral: { throw SecureChannelError(.invalidKey, "none") })
        let code = refusal { _ = try site.start(at: Self.start) }
        #expect(code == .handshakeFailed)
        let after = refusal { _ = try site.advance(to: Self.start) }
        #expect(after == .closed)
    }
}
