internal import SecureChannel
internal import SeededRandom
internal import Sodium
internal import Testing

@Suite struct RekeyTests {
    static let start = ConnectionPair.start
    static let due = start + SecureChannelLimits.rekeyInterval

    @Test("the site asks for new keys at 120 s and not before, whatever it is doing")
    func interval() throws {
        var pair = try ConnectionPair.connected()
        #expect(try pair.site.advance(to: Self.due - .nanoseconds(1)) == [])
        #expect(try pair.aggregator.advance(to: Self.due) == [])
        let request = try pair.site.advance(to: Self.due)
        #expect(request.frames.map(\.count) == [NoiseProtocol.firstMessageByteCount + 17])
        // One request is outstanding at a time.
        #expect(try pair.site.advance(to: Self.due + .seconds(1)) == [])
        let before = pair.site.handshakeHash
        let (atSite, atAggregator) = try pair.deliver(fromSite: request, at: Self.due)
        #expect(atSite.others == [.rekeyed])
        #expect(atSite.frames.map(\.count) == [17])
        #expect(atAggregator.others == [.rekeyed])
        #expect(atAggregator.frames.map(\.count) == [NoiseProtocol.secondMessageByteCount + 17])
        let hashes = [pair.site.handshakeHash, pair.aggregator.handshakeHash]
        #expect(hashes[0] == hashes[1] && hashes[0] != before)
        // The age counts from the change.
        #expect(try pair.site.advance(to: Self.due + SecureChannelLimits.rekeyInterval - .seconds(1)) == [])
        #expect(try pair.site.advance(to: Self.due + SecureChannelLimits.rekeyInterval).count == 1)
    }

    @Test("a message that is due with new keys goes out under the old ones, and arrives")
    func sendStartsRekey() throws {
        var pair = try ConnectionPair.connected()
        let events = try pair.site.send([1], at: Self.due)
        #expect(events.frames.count == 2)
        let (atSite, atAggregator) = try pair.deliver(fromSite: events, at: Self.due)
        #expect(atAggregator.others == [.message([1]), .rekeyed])
        #expect(atSite.others == [.rekeyed])
    }

    @Test("receiving, too, lets the site ask for new keys")
    func receiveStartsRekey() throws {
        var pair = try ConnectionPair.connected()
        let frame = try pair.aggregator.send([1], at: Self.due).frames[0]
        let events = try pair.site.receive(frame, at: Self.due)
        #expect(events.others == [.message([1])])
        #expect(events.frames.count == 1)
    }

    @Test("new keys come after the named number of records, sent or received", arguments: [true, false])
    func recordCount(_ isSite: Bool) throws {
        var limits = KeyLimits()
        limits.rekeyRecordCount = 10
        limits.minimumRekeyInterval = .zero
        var pair = try ConnectionPair.connected(.init(keyLimits: limits))
        var rekeys: [Int] = []
        for index in 0..<40 {
            let events =
                if isSite { try pair.site.send([1], at: Self.start) } else {
                    try pair.aggregator.send([1], at: Self.start)
                }
            let arrived =
                if isSite { try pair.deliver(fromSite: events) } else {
                    try pair.deliver(fromAggregator: events)
                }
            #expect((arrived.atSite + arrived.atAggregator).messages == [[1]])
            if arrived.atSite.contains(.rekeyed) { rekeys.append(index) }
        }
        // The site's own confirmation is a record under the first key, and under each later one; the
        // aggregator's answer is the last under the old one.
        #expect(rekeys.count >= 3)
        #expect(rekeys.first == (isSite ? 9 : 9))
    }

    @Test(
        "messages in flight both ways survive changes of keys, exactly once and in order", arguments: 0..<12)
    func traffic(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var limits = KeyLimits()
        limits.rekeyInterval = .seconds(5)
        limits.rekeyRecordCount = 200
        limits.minimumRekeyInterval = .zero
        let key: [UInt8]? = seed.isMultiple(of: 2) ? nil : [UInt8](repeating: 3, count: 32)
        var pair = try ConnectionPair.connected(
            .init(sitePresharedKey: key, aggregatorPresharedKey: key, keyLimits: limits))
        var now = Self.start
        var up: [[UInt8]] = []
        var down: [[UInt8]] = []
        var (sentUp, sentDown): ([[UInt8]], [[UInt8]]) = ([], [])
        var (arrivedUp, arrivedDown): ([[UInt8]], [[UInt8]]) = ([], [])
        var rekeyCounts = (site: 0, aggregator: 0)
        for step in 0..<1500 {
            now += .milliseconds(generator.integer(below: 100))
            let isDraining = step >= 1300
            switch generator.integer(below: isDraining ? 2 : 5) {
            case 0 where !up.isEmpty:
                let events = try pair.aggregator.receive(up.removeFirst(), at: now)
                arrivedUp += events.messages
                down += events.frames
                rekeyCounts.aggregator += events.filter { $0 == .rekeyed }.count
            case 1 where !down.isEmpty:
                let events = try pair.site.receive(down.removeFirst(), at: now)
                arrivedDown += events.messages
                up += events.frames
                rekeyCounts.site += events.filter { $0 == .rekeyed }.count
            case 2:
                up += try pair.site.advance(to: now).frames
            case 3 where up.count < 20:
                let message = Self.message(step, &generator)
                sentUp.append(message)
                up += try pair.site.send(message, at: now).frames
            case 4 where down.count < 20:
                let message = Self.message(step, &generator)
                sentDown.append(message)
                down += try pair.aggregator.send(message, at: now).frames
            default: break
            }
        }
        while !up.isEmpty || !down.isEmpty {
            let more = try pair.deliver(
                fromSite: up.map { .transmit($0) }, fromAggregator: down.map { .transmit($0) }, at: now)
            (up, down) = ([], [])
            arrivedUp += more.atAggregator.messages
            arrivedDown += more.atSite.messages
            rekeyCounts.site += more.atSite.filter { $0 == .rekeyed }.count
            rekeyCounts.aggregator += more.atAggregator.filter { $0 == .rekeyed }.count
        }
        #expect(arrivedUp == sentUp, "seed \(seed)")
        #expect(arrivedDown == sentDown, "seed \(seed)")
        #expect(rekeyCounts.site >= 5 && rekeyCounts.site == rekeyCounts.aggregator, "seed \(seed)")
    }

    private static func message(_ step: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        let count = generator.integer(below: 20) == 0 ? 150_000 : generator.integer(below: 400)
        return [UInt8](repeating: UInt8(truncatingIfNeeded: step), count: count)
    }

    @Test("chunks of one message may lie on both sides of a change of keys")
    func splitMessage() throws {
        var pair = try ConnectionPair.connected()
        let message = [UInt8](repeating: 9, count: 3 * SecureChannelLimits.chunkByteCount)
        let frames = try pair.aggregator.send(message, at: Self.start).frames
        // The site has the first chunk when its request crosses the others.
        #expect(try pair.site.receive(frames[0], at: Self.start) == [])
        let request = try pair.site.advance(to: Self.due)
        let response = try pair.aggregator.receive(request.frames[0], at: Self.due)
        #expect(try pair.site.receive(frames[1], at: Self.due) == [])
        #expect(try pair.site.receive(frames[2], at: Self.due) == [.message(message)])
        #expect(try pair.deliver(fromAggregator: response, at: Self.due).atSite.others == [.rekeyed])
        // A message upward: the answer to the request arrives between its chunks.
        let more = try pair.site.send(message, at: Self.due).frames
        #expect(try pair.aggregator.receive(more[0], at: Self.due) == [])
        let (later, laterStill) = (Self.due + .seconds(130), Self.due + .seconds(131))
        let second = try pair.site.advance(to: later)
        for frame in more[1...] { _ = try pair.aggregator.receive(frame, at: later) }
        #expect(try pair.deliver(fromSite: second, at: laterStill).atAggregator.others == [.rekeyed])
    }

    @Test("a request for new keys sooner than the bound is refused, at the bound it is not")
    func tooSoon() throws {
        for (offset, expected) in [(-1, SecureChannelError.Code.rekeyRefused), (0, nil), (1, nil)] {
            var site = try HostileSite()
            var handshake = try HostileSite.handshake(prologue: site.rekeyPrologue)
            let request = try [2] + handshake.writeMessage([])
            let now = site.start + SecureChannelLimits.minimumRekeyInterval + .nanoseconds(offset)
            let code = refusal { _ = try site.send(request, at: now) }
            #expect(code == expected, "\(offset) ns from the bound")
        }
    }

    @Test("a second request before the first is confirmed is refused")
    func unconfirmed() throws {
        var limits = KeyLimits()
        limits.minimumRekeyInterval = .zero
        var site = try HostileSite(keyLimits: limits)
        var first = try HostileSite.handshake(prologue: site.rekeyPrologue)
        _ = try site.send([2] + first.writeMessage([]))
        var second = try HostileSite.handshake(prologue: site.rekeyPrologue)
        let code = refusal { _ = try site.send([2] + second.writeMessage([])) }
        #expect(code == .rekeyRefused)
    }

    @Test("a change of keys to another static key, or of another session, is refused")
    func otherKey() throws {
        var site = try HostileSite()
        var handshake = try HostileSite.handshake(seed: 5, prologue: site.rekeyPrologue)
        let code = refusal { _ = try site.send([2] + handshake.writeMessage([]), at: Self.due) }
        #expect(code == .unauthorized)
        var other = try HostileSite()
        var unbound = try HostileSite.handshake(prologue: ConnectionPair.prologue)
        let unboundCode = refusal { _ = try other.send([2] + unbound.writeMessage([]), at: Self.due) }
        #expect(unboundCode == .handshakeFailed)
        var malformed = try HostileSite()
        let malformedCode = refusal { _ = try malformed.send([2, 1, 2, 3], at: Self.due) }
        #expect(malformedCode == .malformedHandshake)
    }

    @Test("a key revoked in the meantime gets no new session keys")
    func revoked() throws {
        let calls = Counter()
        var pair = try ConnectionPair.connected(.init(authorize: { _ in calls.next() == 1 }))
        let request = try pair.site.advance(to: Self.due).frames[0]
        let code = refusal { _ = try pair.aggregator.receive(request, at: Self.due) }
        #expect(code == .unauthorized)
    }

    @Test("a responder that asks for new keys is refused")
    func wrongDirection() throws {
        var site = try SecureConnection(
            initiator: identity(1), peerChannelKey: identity(2).channelKeyPair.publicKey,
            prologue: ConnectionPair.prologue)
        var handshake = try NoiseHandshake(
            responder: identity(2).channelKeyPair.copy(), prologue: ConnectionPair.prologue,
            makeEphemeral: ephemeralSource(nil))
        _ = try handshake.readMessage(site.start(at: Self.start).frames[0])
        _ = try site.receive(handshake.writeMessage([]), at: Self.start)
        var session = handshake.finish()
        let code = refusal {
            _ = try site.receive(session.sending.seal([2] + [UInt8](repeating: 0, count: 96)), at: Self.start)
        }
        #expect(code == .unexpectedRecord)
    }

    @Test("keys are used up to their age and no longer, at both ends")
    func age() throws {
        let limit = Self.start + SecureChannelLimits.maximumKeyAge
        var pair = try ConnectionPair.connected()
        #expect(try pair.aggregator.advance(to: limit) == [])
        let late = refusal { _ = try pair.aggregator.advance(to: limit + .nanoseconds(1)) }
        #expect(late == .keysExhausted)
        var other = try ConnectionPair.connected()
        _ = try other.site.send([1], at: limit)
        let send = refusal { _ = try other.site.send([1], at: limit + .nanoseconds(1)) }
        #expect(send == .keysExhausted)
        let after = refusal { _ = try other.site.send([1], at: Self.start) }
        #expect(after == .closed)
    }

    @Test("a connection without new keys ends at the named number of records")
    func exhaustion() throws {
        var limits = KeyLimits()
        limits.maximumRecordCount = 5
        var pair = try ConnectionPair.connected(.init(keyLimits: limits))
        // The confirmation was the first record of the site.
        for _ in 0..<4 {
            let events = try pair.site.send([1], at: Self.start)
            #expect(try pair.deliver(fromSite: events).atAggregator == [.message([1])])
        }
        let code = refusal { _ = try pair.site.send([1], at: Self.start) }
        #expect(code == .keysExhausted)
    }
}
