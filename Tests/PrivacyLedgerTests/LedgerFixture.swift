import PrivacyAccounting
import PrivacyLedger
import PrivacyMechanisms
import SeededRandom
import Sodium

/// A ledger in memory, with the keys that it needs.
struct LedgerFixture: ~Copyable {
    static let site = "north"
    static let run = "run-1"
    static let time: Int64 = 1_700_000_000_000
    static let dataset = LedgerHash(ofRelease: [1])
    static let configuration = LedgerHash(ofRelease: [2])

    static func key(_ number: UInt8) throws -> Ed25519.SigningKey {
        try Ed25519.SigningKey(seed: SecretBytes(copying: [UInt8](repeating: number, count: 32)))
    }

    static func policy(
        epsilon: Double = 4, sampling: RecordSampling = .all, noise: Double = 4, seeded: Bool = false,
        unit: PrivacyUnit = .record, mechanism: NoiseMechanism = .gaussian,
        relation: NeighbouringRelation = .replaceOne
    ) throws -> PrivacyPolicy {
        try PrivacyPolicy(
            epsilon: epsilon, delta: 1e-5, relation: relation, unit: unit, mechanism: mechanism,
            sampling: sampling, smallestNoiseMultiplier: noise, allowsSeededNoise: seeded)
    }

    static func release(
        noise: Double = 20, sampling: RecordSampling = .all, source: NoiseSource = .system,
        version: UInt64 = 7, mechanism: NoiseMechanism = .gaussian
    ) -> PrivateRelease {
        PrivateRelease(
            run: run, task: "school-1", modelVersion: version, mechanism: mechanism, noiseMultiplier: noise,
            noiseStandardDeviation: noise * 1.5, clippingNorm: 1.25, normBound: 1.5, sampling: sampling,
            declaredRecordCount: 100, relation: .replaceOne, unit: .record, dimension: 28,
            noiseSource: source,
            dataset: dataset, configuration: configuration)
    }

    var bytes: [UInt8]
    /// Where each record begins.
    var starts: [Int]
    var ledger: PrivacyLedger

    init(policy: PrivacyPolicy) throws {
        var bytes: [UInt8] = []
        ledger = try PrivacyLedger(
            opening: Self.dataset, site: Self.site, policy: policy, key: Self.key(1), at: Self.time
        ) { bytes += $0 }
        self.bytes = bytes
        starts = [0]
    }

    init() throws { try self.init(policy: Self.policy()) }

    /// The newest record's number and hash.
    var head: LedgerHead { ledger.head }

    /// Charges a release of the bytes `[number]`.
    @discardableResult
    mutating func charge(
        _ number: UInt8, _ release: PrivateRelease = LedgerFixture.release()
    ) throws -> PrivacyLedger.Outcome {
        try charge(bytes: [number], release)
    }

    @discardableResult
    mutating func charge(bytes: [UInt8], _ release: PrivateRelease) throws -> PrivacyLedger.Outcome {
        var added: [UInt8] = []
        let outcome = try ledger.charge(release, bytes: bytes, isResend: true, at: Self.time) { added += $0 }
        append(added)
        return outcome
    }

    mutating func acknowledge(_ head: CountersignedHead, by key: [UInt8]) throws {
        var added: [UInt8] = []
        try ledger.acknowledge(head, by: key, at: Self.time) { added += $0 }
        append(added)
    }

    mutating func change(to policy: PrivacyPolicy) throws {
        var added: [UInt8] = []
        try ledger.change(to: policy, at: Self.time) { added += $0 }
        append(added)
    }

    /// Adds an entry as the ledger's key would sign it, whatever the ledger's rules say.
    func forged(_ content: LedgerEntry.Content, key: UInt8 = 1) throws -> [UInt8] {
        let entry = LedgerEntry(
            sequence: head.sequence + 1, previous: head.hash, time: Self.time, site: Self.site,
            content: content)
        return bytes + SignedRecord(body: entry.bytes, purpose: .ledger, key: try Self.key(key)).bytes
    }

    private mutating func append(_ added: [UInt8]) {
        guard !added.isEmpty else { return }
        starts.append(bytes.count)
        bytes += added
    }

    /// The bytes of each record.
    var records: [[UInt8]] {
        zip(starts, starts.dropFirst() + [bytes.count]).map { Array(bytes[$0..<$1]) }
    }
}

/// Reads a whole file and returns its ending.
func replay(
    _ bytes: [UInt8], check: LedgerReplay.SignatureCheck = .every, heads: [CountersignedHead] = [],
    chunkByteCount: Int = 1 << 20
) throws -> (replay: LedgerReplay, ending: LedgerReplay.Ending, entries: [LedgerEntry]) {
    var replay = LedgerReplay(check: check, heads: heads)
    var entries: [LedgerEntry] = []
    var rest = bytes[...]
    while !rest.isEmpty {
        let chunk = rest.prefix(chunkByteCount)
        rest = rest.dropFirst(chunk.count)
        try replay.read(Array(chunk)) { entry, _ in entries.append(entry) }
    }
    return (replay, try replay.finish(), entries)
}

/// Returns the error that reading throws, or nil.
func fault(
    _ bytes: [UInt8], heads: [CountersignedHead] = [], check: LedgerReplay.SignatureCheck = .every
) -> LedgerError? {
    do {
        _ = try replay(bytes, check: check, heads: heads)
        return nil
    } catch {
        return error as? LedgerError
    }
}
