internal import SecureChannel
internal import Sodium

/// Two ends of one connection without a network between them.
struct ConnectionPair: ~Copyable {
    static let prologue = Array("atoll.1".utf8)
    /// The time of the handshake.
    static let start = Duration.seconds(1000)

    var site: SecureConnection
    var aggregator: SecureConnection

    /// What a pair is made of; the standard one connects.
    struct Options {
        var sitePrologue = ConnectionPair.prologue
        var siteSeed: UInt8 = 1
        /// The aggregator that the site pins.
        var pinnedSeed: UInt8 = 2
        var sitePresharedKey: [UInt8]?
        var aggregatorPresharedKey: [UInt8]?
        var maximumMessageByteCount = 1 << 26
        var keyLimits = KeyLimits()
        var authorize: SecureConnection.Authorization = { _ in true }
        /// With fixed ephemeral keys two pairs exchange the same bytes; never so outside tests.
        var isReproducible = false
    }

    init(_ options: Options = Options()) throws {
        let site = try SecureConnection(
            initiator: identity(options.siteSeed),
            peerChannelKey: identity(options.pinnedSeed).channelKeyPair.publicKey,
            prologue: options.sitePrologue, presharedKey: secret(options.sitePresharedKey),
            maximumMessageByteCount: options.maximumMessageByteCount, keyLimits: options.keyLimits,
            makeEphemeral: ephemeralSource(options.isReproducible ? 11 : nil))
        let aggregator = try SecureConnection(
            responder: identity(2), prologue: ConnectionPair.prologue,
            presharedKey: secret(options.aggregatorPresharedKey),
            maximumMessageByteCount: options.maximumMessageByteCount, keyLimits: options.keyLimits,
            makeEphemeral: ephemeralSource(options.isReproducible ? 12 : nil), authorize: options.authorize)
        self.site = site
        self.aggregator = aggregator
    }

    /// Returns a pair between which messages pass.
    static func connected(_ options: Options = Options()) throws -> ConnectionPair {
        var pair = try ConnectionPair(options)
        let first = try pair.site.start(at: start).frames
        let second = try pair.aggregator.receive(first[0], at: start).frames
        let third = try pair.site.receive(second[0], at: start).frames
        _ = try pair.aggregator.receive(third[0], at: start)
        return pair
    }

    /// Delivers frames to the aggregator, its answers to the site, and so on until nobody has more to say.
    mutating func deliver(
        fromSite: [SecureConnection.Event] = [], fromAggregator: [SecureConnection.Event] = [],
        at now: Duration = ConnectionPair.start
    ) throws -> (atSite: [SecureConnection.Event], atAggregator: [SecureConnection.Event]) {
        var toAggregator = fromSite.frames
        var toSite = fromAggregator.frames
        var atSite: [SecureConnection.Event] = []
        var atAggregator: [SecureConnection.Event] = []
        while !toAggregator.isEmpty || !toSite.isEmpty {
            let upward = toAggregator
            let downward = toSite
            (toAggregator, toSite) = ([], [])
            for frame in upward {
                let events = try aggregator.receive(frame, at: now)
                atAggregator += events
                toSite += events.frames
            }
            for frame in downward {
                let events = try site.receive(frame, at: now)
                atSite += events
                toAggregator += events.frames
            }
        }
        return (atSite, atAggregator)
    }
}

extension [SecureConnection.Event] {
    /// The frames to send, in order.
    var frames: [[UInt8]] {
        compactMap { if case .transmit(let frame) = $0 { frame } else { nil } }
    }

    /// The messages that arrived, in order.
    var messages: [[UInt8]] {
        compactMap { if case .message(let message) = $0 { message } else { nil } }
    }

    /// The events other than frames.
    var others: [SecureConnection.Event] {
        filter { if case .transmit = $0 { false } else { true } }
    }
}

/// An identity whose seed repeats one byte.
func identity(_ seed: UInt8) throws -> Identity {
    try Identity(seed: SecretBytes(copying: [UInt8](repeating: seed, count: Identity.seedByteCount)))
}

func secret(_ bytes: [UInt8]?) -> SecretBytes? {
    if let bytes { SecretBytes(copying: bytes) } else { nil }
}

/// The system's source, or one that always gives the same pair.
func ephemeralSource(_ seed: UInt8?) -> NoiseHandshake.EphemeralSource {
    guard let seed else { return { try X25519.KeyPair.generate() } }
    return { try X25519.KeyPair(privateKey: SecretBytes(copying: [UInt8](repeating: seed, count: 32))) }
}

/// The code of the channel's error that `body` throws; nil when it throws none.
func refusal(_ body: () throws -> Void) -> SecureChannelError.Code? {
    do {
        try body()
        return nil
    } catch {
        return (error as? SecureChannelError)?.code
    }
}

extension [UInt8] {
    /// The bytes with one bit changed.
    func flipping(_ bit: Int) -> [UInt8] {
        var changed = self
        changed[bit / 8] ^= 1 << (bit % 8)
        return changed
    }
}
