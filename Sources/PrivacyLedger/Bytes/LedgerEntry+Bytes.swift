internal import PrivacyAccounting
internal import PrivacyMechanisms

extension LedgerEntry {
    /// The canonical bytes: no two entries have the same, and an entry has no others.
    package var bytes: [UInt8] {
        var writer = CanonicalWriter(reservingByteCount: 512)
        writer.byte(LedgerLimits.formatVersion)
        writer.byte(content.kind)
        writer.integer(sequence)
        writer.hash(previous)
        writer.time(time)
        writer.name(site)
        switch content {
        case .opened(let opening):
            writer.fixed(opening.signingKey)
            writer.hash(opening.dataset)
            writer.policy(opening.policy)
        case .charged(let release, let hash):
            writer.hash(hash)
            writer.release(release)
        case .refused(let release, let hash, let refusal):
            writer.hash(hash)
            writer.byte(refusal.rawValue)
            writer.release(release)
        case .recovered(let recovery):
            writer.integer(recovery.offset)
            writer.integer(recovery.byteCount)
            writer.hash(recovery.hash)
            writer.byte(recovery.mechanism.rawValue)
            writer.number(recovery.noiseMultiplier)
            writer.sampling(recovery.sampling)
        case .policyChanged(let policy): writer.policy(policy)
        case .acknowledged(let head): writer.head(head)
        }
        return writer.bytes
    }

    /// Reads an entry.
    ///
    /// - Throws: ``LedgerError`` `malformed` or `invalidValue` for bytes that ``bytes`` does not give.
    package init(bytes: [UInt8]) throws(LedgerError) {
        var reader = CanonicalReader(bytes)
        try reader.formatVersion(of: "an entry")
        let kind = try reader.byte()
        let sequence = try reader.integer()
        let previous = try reader.hash()
        let time = try reader.time()
        let site = try reader.name()
        let content: Content
        switch kind {
        case 1:
            content = .opened(
                Opening(
                    signingKey: try reader.fixed(32), dataset: try reader.hash(), policy: try reader.policy())
            )
        case 2:
            let hash = try reader.hash()
            content = .charged(try reader.release(), release: hash)
        case 3:
            let hash = try reader.hash()
            let refusal = try reader.choice(Refusal.init(rawValue:))
            content = .refused(try reader.release(), release: hash, refusal)
        case 4:
            content = .recovered(
                Recovery(
                    offset: try reader.integer(), byteCount: try reader.integer(), hash: try reader.hash(),
                    mechanism: try reader.choice(NoiseMechanism.init(rawValue:)),
                    noiseMultiplier: try reader.number(), sampling: try reader.sampling()))
        case 5: content = .policyChanged(try reader.policy())
        case 6: content = .acknowledged(try reader.head())
        default: throw LedgerError(.malformed, "an entry of the unknown kind \(kind)")
        }
        try reader.end()
        self.init(sequence: sequence, previous: previous, time: time, site: site, content: content)
    }
}

extension LedgerEntry.Content {
    /// The byte that stands for the kind; it never changes its meaning.
    fileprivate var kind: UInt8 {
        switch self {
        case .opened: 1
        case .charged: 2
        case .refused: 3
        case .recovered: 4
        case .policyChanged: 5
        case .acknowledged: 6
        }
    }
}

extension NeighbouringRelation {
    fileprivate var code: UInt8 {
        switch self {
        case .addOrRemoveOne: 1
        case .replaceOne: 2
        }
    }

    fileprivate init?(code: UInt8) {
        guard let relation = Self.allCases.first(where: { $0.code == code }) else { return nil }
        self = relation
    }
}

extension CanonicalWriter {
    fileprivate mutating func sampling(_ sampling: RecordSampling) {
        switch sampling {
        case .all: byte(1)
        case .poisson(let rate):
            byte(2)
            number(rate)
        case .withoutReplacement(let rate):
            byte(3)
            number(rate)
        }
    }

    fileprivate mutating func unit(_ unit: PrivacyUnit) {
        switch unit {
        case .record: byte(1)
        case .person: byte(2)
        case .site: byte(3)
        }
    }

    fileprivate mutating func policy(_ policy: PrivacyPolicy) {
        number(policy.epsilon)
        number(policy.delta)
        byte(policy.relation.code)
        unit(policy.unit)
        byte(policy.mechanism.rawValue)
        sampling(policy.sampling)
        number(policy.smallestNoiseMultiplier)
        byte(policy.allowsSeededNoise ? 1 : 0)
        switch policy.measure {
        case .gaussian: byte(1)
        case .renyi(let order):
            byte(2)
            number(order)
        }
    }

    fileprivate mutating func release(_ release: PrivateRelease) {
        name(release.run)
        name(release.task)
        integer(release.modelVersion)
        byte(release.mechanism.rawValue)
        number(release.noiseMultiplier)
        number(release.noiseStandardDeviation)
        number(release.clippingNorm)
        number(release.normBound)
        sampling(release.sampling)
        integer(release.declaredRecordCount)
        byte(release.relation.code)
        unit(release.unit)
        integer(UInt64(release.dimension))
        byte(release.noiseSource.rawValue)
        hash(release.dataset)
        hash(release.configuration)
    }

    mutating func head(_ signed: CountersignedHead) {
        hash(signed.head.ledger)
        integer(signed.head.sequence)
        hash(signed.head.hash)
        name(signed.aggregator)
        fixed(signed.signature)
    }
}

extension CanonicalReader {
    /// A byte that stands for one of several things.
    mutating func choice<Value>(_ value: (UInt8) -> Value?) throws(LedgerError) -> Value {
        let code = try byte()
        guard let value = value(code) else {
            throw LedgerError(.malformed, "the unknown code \(code) of a \(Value.self)")
        }
        return value
    }

    private mutating func small() throws(LedgerError) -> UInt32 {
        guard let value = UInt32(exactly: try integer()) else {
            throw LedgerError(.malformed, "a count above \(UInt32.max)")
        }
        return value
    }

    fileprivate mutating func sampling() throws(LedgerError) -> RecordSampling {
        let sampling: RecordSampling
        switch try byte() {
        case 1: sampling = .all
        case 2: sampling = .poisson(rate: try number())
        case 3: sampling = .withoutReplacement(rate: try number())
        case let code: throw LedgerError(.malformed, "the unknown code \(code) of a sampling")
        }
        try sampling.require()
        return sampling
    }

    fileprivate mutating func unit() throws(LedgerError) -> PrivacyUnit {
        switch try byte() {
        case 1: .record
        case 2: .person
        case 3: .site
        case let code: throw LedgerError(.malformed, "the unknown code \(code) of a unit")
        }
    }

    fileprivate mutating func policy() throws(LedgerError) -> PrivacyPolicy {
        try PrivacyPolicy(
            epsilon: number(), delta: number(), relation: choice(NeighbouringRelation.init(code:)),
            unit: unit(),
            mechanism: choice(NoiseMechanism.init(rawValue:)), sampling: sampling(),
            smallestNoiseMultiplier: number(),
            allowsSeededNoise: choice { $0 <= 1 ? $0 == 1 : nil }, measure: measure())
    }

    private mutating func measure() throws(LedgerError) -> PrivacyFilter.Measure {
        switch try byte() {
        case 1: .gaussian
        case 2: .renyi(order: try number())
        case let code: throw LedgerError(.malformed, "the unknown code \(code) of a measure")
        }
    }

    fileprivate mutating func release() throws(LedgerError) -> PrivateRelease {
        let release = PrivateRelease(
            run: try name(), task: try name(), modelVersion: try integer(),
            mechanism: try choice(NoiseMechanism.init(rawValue:)), noiseMultiplier: try number(),
            noiseStandardDeviation: try number(), clippingNorm: try number(), normBound: try number(),
            sampling: try sampling(), declaredRecordCount: try integer(),
            relation: try choice(NeighbouringRelation.init(code:)), unit: try unit(), dimension: try small(),
            noiseSource: try choice(NoiseSource.init(rawValue:)), dataset: try hash(),
            configuration: try hash())
        try release.require()
        return release
    }

    mutating func head() throws(LedgerError) -> CountersignedHead {
        let head = LedgerHead(ledger: try hash(), sequence: try integer(), hash: try hash())
        return try CountersignedHead(head, aggregator: name(), signature: fixed(64))
    }
}
