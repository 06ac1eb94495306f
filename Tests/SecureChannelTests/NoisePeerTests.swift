internal import SecureChannel
internal import Sodium
internal import Testing

/// The channel against another implementation of the Noise framework; see scripts/noise-peer.
@Suite(
    .enabled(
        if: NoisePeer.python != nil, "skipped: no Noise peer; scripts/noise-peer/run installs and uses one"))
struct NoisePeerTests {
    static let start = ConnectionPair.start
    static let presharedKeys: [[UInt8]?] = [nil, [UInt8](repeating: 0x42, count: 32)]
    static let sizes = [
        0, 1, 300, SecureChannelLimits.chunkByteCount, SecureChannelLimits.chunkByteCount + 1, 200_000,
    ]

    @Test("as site: handshake, messages of one and many records, change of keys", arguments: presharedKeys)
    func asSite(_ presharedKey: [UInt8]?) throws {
        let peer = try NoisePeer(role: "responder", presharedKey: presharedKey)
        var site = try SecureConnection(
            initiator: identity(1), peerChannelKey: peer.publicKey, prologue: ConnectionPair.prologue,
            presharedKey: secret(presharedKey))
        try peer.send("peer", identity(1).channelKeyPair.publicKey)
        try peer.send("frame", site.start(at: Self.start).frames[0])
        let events = try site.receive(peer.receive("frame"), at: Self.start)
        #expect(events.others == [.confirmed])
        try peer.send("frame", events.frames[0])
        #expect(try peer.receive("hash") == site.handshakeHash)
        for count in Self.sizes { try Self.echo(count, &site, peer) }

        let due = Self.start + SecureChannelLimits.rekeyInterval
        try peer.send("frame", site.advance(to: due).frames[0])
        // Sent before the answer is here: under the old key, which the peer must still take.
        let inFlight = try site.send([1, 2, 3], at: due).frames
        try peer.send("frame", inFlight[0])
        let answer = try site.receive(peer.receive("frame"), at: due)
        #expect(answer.others == [.rekeyed])
        #expect(try peer.receive("hash") == site.handshakeHash)
        #expect(try site.receive(peer.receive("frame"), at: due) == [.message([3, 2, 1])])
        try peer.send("frame", answer.frames[0])
        for count in Self.sizes { try Self.echo(count, &site, peer) }
    }

    @Test(
        "as aggregator: handshake, messages of one and many records, change of keys", arguments: presharedKeys
    )
    func asAggregator(_ presharedKey: [UInt8]?) throws {
        let peer = try NoisePeer(role: "initiator", presharedKey: presharedKey)
        let peerKey = peer.publicKey
        var aggregator = try SecureConnection(
            responder: identity(2), prologue: ConnectionPair.prologue, presharedKey: secret(presharedKey),
            authorize: { $0 == peerKey })
        try peer.send("peer", identity(2).channelKeyPair.publicKey)
        let events = try aggregator.receive(peer.receive("frame"), at: Self.start)
        #expect(events.others == [.authenticated(peerChannelKey: peerKey)])
        try peer.send("frame", events.frames[0])
        #expect(try peer.receive("hash") == aggregator.handshakeHash)
        #expect(try aggregator.receive(peer.receive("frame"), at: Self.start) == [.confirmed])
        for count in Self.sizes { try Self.echo(count, &aggregator, peer) }

        let due = Self.start + SecureChannelLimits.rekeyInterval
        try peer.send("rekey")
        let answer = try aggregator.receive(peer.receive("frame"), at: due)
        try peer.send("frame", answer.frames[0])
        #expect(try peer.receive("hash") == aggregator.handshakeHash)
        #expect(try aggregator.receive(peer.receive("frame"), at: due) == [.rekeyed])
        for count in Self.sizes { try Self.echo(count, &aggregator, peer) }
    }

    @Test("a pre-shared key at one end only is refused at message 1", arguments: [true, false])
    func onePresharedKey(_ isOurs: Bool) throws {
        let key = Self.presharedKeys[1]
        let peer = try NoisePeer(role: "initiator", presharedKey: isOurs ? nil : key)
        try peer.send("peer", identity(2).channelKeyPair.publicKey)
        let first = try peer.receive("frame")
        var aggregator = try SecureConnection(
            responder: identity(2), prologue: ConnectionPair.prologue,
            presharedKey: secret(isOurs ? key : nil), authorize: { _ in true })
        let code = refusal { _ = try aggregator.receive(first, at: Self.start) }
        #expect(code == .handshakeFailed)
    }

    @Test("different pre-shared keys are refused at message 2, by either implementation")
    func differentPresharedKeys() throws {
        let other = [UInt8](repeating: 0x43, count: 32)
        let site = try NoisePeer(role: "initiator", presharedKey: other)
        try site.send("peer", identity(2).channelKeyPair.publicKey)
        var aggregator = try SecureConnection(
            responder: identity(2), prologue: ConnectionPair.prologue,
            presharedKey: secret(Self.presharedKeys[1]), authorize: { _ in true })
        try site.send("frame", aggregator.receive(site.receive("frame"), at: Self.start).frames[0])
        #expect(try !site.receive("error").isEmpty)

        let responder = try NoisePeer(role: "responder", presharedKey: other)
        var ours = try SecureConnection(
            initiator: identity(1), peerChannelKey: responder.publicKey, prologue: ConnectionPair.prologue,
            presharedKey: secret(Self.presharedKeys[1]))
        try responder.send("peer", identity(1).channelKeyPair.publicKey)
        try responder.send("frame", ours.start(at: Self.start).frames[0])
        let second = try responder.receive("frame")
        let code = refusal { _ = try ours.receive(second, at: Self.start) }
        #expect(code == .handshakeFailed)
    }

    /// Sends a message of `count` bytes; the peer must answer with the same bytes in reverse.
    private static func echo(
        _ count: Int, _ connection: inout SecureConnection, _ peer: borrowing NoisePeer
    ) throws {
        let message = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        for frame in try connection.send(message, at: start).frames { try peer.send("frame", frame) }
        var answers: [[UInt8]] = []
        while answers.isEmpty { answers += try connection.receive(peer.receive("frame"), at: start).messages }
        #expect(answers == [Array(message.reversed())], "\(count) bytes")
    }
}
