internal import SecureChannel
internal import Sodium
internal import Testing

@Suite struct CipherStateTests {
    /// Returns the two ends of a finished handshake whose keys carry `limit` messages.
    static func sessions(limit: UInt64) throws -> Ends {
        var site = try HostileSite.handshake(prologue: [])
        var aggregator = try NoiseHandshake(
            responder: identity(2).channelKeyPair.copy(), prologue: [], makeEphemeral: ephemeralSource(nil))
        _ = try aggregator.readMessage(site.writeMessage([1]))
        _ = try site.readMessage(aggregator.writeMessage([2]))
        return Ends(
            site: site.finish(maximumMessageCount: limit),
            aggregator: aggregator.finish(maximumMessageCount: limit))
    }

    struct Ends: ~Copyable {
        var site: NoiseSession
        var aggregator: NoiseSession
    }

    @Test("a key seals and opens up to its limit and not one message more")
    func limit() throws {
        var ends = try Self.sessions(limit: 3)
        for index in 0..<3 as Range<UInt8> {
            let sealed = try ends.site.sending.seal([index])
            #expect(try ends.aggregator.receiving.open(sealed) == [index])
        }
        let sealing = refusal { _ = try ends.site.sending.seal([]) }
        #expect(sealing == .keysExhausted)
        let opening = refusal { _ = try ends.aggregator.receiving.open([UInt8](repeating: 0, count: 16)) }
        #expect(opening == .keysExhausted)
        let counts = [ends.site.sending.messageCount, ends.aggregator.receiving.messageCount]
        #expect(counts == [3, 3])
    }

    @Test("a message that does not open leaves the counter where it was")
    func failedOpen() throws {
        var ends = try Self.sessions(limit: .max)
        let sealed = try ends.site.sending.seal([7])
        let code = refusal { _ = try ends.aggregator.receiving.open(sealed.flipping(3)) }
        #expect(code == .recordRefused)
        #expect(try ends.aggregator.receiving.open(sealed) == [7])
    }

    @Test("associated data must be the same at both ends")
    func associatedData() throws {
        var ends = try Self.sessions(limit: .max)
        let sealed = try ends.site.sending.seal([7], associatedData: [1])
        let code = refusal { _ = try ends.aggregator.receiving.open(sealed, associatedData: [2]) }
        #expect(code == .recordRefused)
        #expect(try ends.aggregator.receiving.open(sealed, associatedData: [1]) == [7])
    }

    @Test("the same plaintext never gives the same ciphertext twice, and both directions differ")
    func freshNonces() throws {
        var ends = try Self.sessions(limit: .max)
        var seen: Set<[UInt8]> = []
        for _ in 0..<100 {
            seen.insert(try ends.site.sending.seal([0, 0, 0, 0]))
            seen.insert(try ends.aggregator.sending.seal([0, 0, 0, 0]))
        }
        #expect(seen.count == 200)
    }
}
