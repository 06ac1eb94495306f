import PrivacyAccounting
import PrivacyLedger
import PrivacyMechanisms
import SeededRandom
import Sodium
import Testing

@Suite("The canonical bytes of entries")
struct CanonicalBytesTests {
    private static func randomHash(_ random: inout some RandomNumberGenerator) -> LedgerHash {
        LedgerHash(ofRelease: (0..<8).map { _ in UInt8.random(in: 0...255, using: &random) })
    }

    private static func randomRelease(_ random: inout some RandomNumberGenerator) -> PrivateRelease {
        var release = LedgerFixture.release(noise: .random(in: 0.1...100, using: &random))
        release.run = "run-\(UInt32.random(in: 0...9, using: &random))"
        release.modelVersion = .random(in: 0 ... .max, using: &random)
        release.sampling =
            [.all, .poisson(rate: 0.25), .withoutReplacement(rate: 0.25)].randomElement(using: &random)
            ?? .all
        release.unit =
            [.record, .person, .site].randomElement(using: &random) ?? .record
        release.relation = NeighbouringRelation.allCases.randomElement(using: &random) ?? .replaceOne
        release.noiseSource = NoiseSource.allCases.randomElement(using: &random) ?? .system
        release.dataset = randomHash(&random)
        return release
    }

    private static func randomEntry(_ random: inout some RandomNumberGenerator) throws -> LedgerEntry {
        let release = randomRelease(&random)
        let hash = randomHash(&random)
        let policy = try LedgerFixture.policy(
            epsilon: .random(in: 4...9, using: &random), seeded: .random(using: &random),
            mechanism: Bool.random(using: &random) ? .gaussian : .discreteGaussian)
        let content: LedgerEntry.Content
        switch Int.random(in: 0..<6, using: &random) {
        case 0: content = .opened(.init(signingKey: hash.bytes, dataset: hash, policy: policy))
        case 1: content = .charged(release, release: hash)
        case 2:
            content = .refused(
                release, release: hash, Refusal.allCases.randomElement(using: &random) ?? .ceiling)
        case 3:
            var fixture = try LedgerFixture()
            var added: [UInt8] = []
            try fixture.ledger.recover(
                tail: hash.bytes, offset: fixture.bytes.count, at: 1, replace: { added += $0 })
            content = try #require(replay(fixture.bytes + added).entries.last).content
        case 4: content = .policyChanged(policy)
        default:
            content = .acknowledged(
                try CountersignedHead(
                    LedgerHead(ledger: hash, sequence: 3, hash: hash), aggregator: "hub",
                    key: LedgerFixture.key(2)))
        }
        return LedgerEntry(
            sequence: .random(in: 0 ... .max, using: &random), previous: randomHash(&random),
            time: .random(in: .min ... .max, using: &random),
            site: "s\(Int.random(in: 0...99, using: &random))",
            content: content)
    }

    @Test("every entry reads back, and equal bytes are equal entries", arguments: [1, 2, 3] as [UInt64])
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var known: [[UInt8]: LedgerEntry] = [:]
        for _ in 0..<40 {
            let entry = try Self.randomEntry(&random)
            #expect(try LedgerEntry(bytes: entry.bytes) == entry, "seed \(seed)")
            if let other = known.updateValue(entry, forKey: entry.bytes) {
                #expect(other == entry, "seed \(seed)")
            }
        }
    }

    @Test("bytes that read as an entry are the ones that the entry gives", arguments: [4, 5] as [UInt64])
    func onlyOneForm(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var readable = 0
        for _ in 0..<6 {
            let bytes = try Self.randomEntry(&random).bytes
            for index in bytes.indices {
                var changed = bytes
                changed[index] ^= UInt8.random(in: 1...255, using: &random)
                guard let entry = try? LedgerEntry(bytes: changed) else { continue }
                readable += 1
                #expect(entry.bytes == changed, "seed \(seed), byte \(index)")
            }
            #expect(throws: LedgerError.self) { try LedgerEntry(bytes: bytes + [0]) }
            #expect(throws: LedgerError.self) { try LedgerEntry(bytes: Array(bytes.dropLast())) }
        }
        #expect(readable > 0)
    }

    @Test("an entry of another format version is refused")
    func version() throws {
        var bytes = try replay(LedgerFixture().bytes).entries[0].bytes
        bytes[0] = 2
        #expect(throws: LedgerError(.malformed, "")) { try LedgerEntry(bytes: bytes) }
    }

    @Test("names are visible ASCII of 1 to 128 bytes", arguments: [0, 1, 128, 129])
    func names(count: Int) {
        let name = String(repeating: "x", count: count)
        #expect(((try? LedgerName.require(name)) != nil) == (1...128).contains(count))
        #expect(throws: LedgerError(.invalidValue, "")) { try LedgerName.require("a b") }
        #expect(throws: LedgerError(.invalidValue, "")) { try LedgerName.require("\u{e9}") }
    }

    @Test("a release whose parameters contradict one another has no entry")
    func contradictions() throws {
        var fixture = try LedgerFixture()
        let changes: [(inout PrivateRelease) -> Void] = [
            { $0.noiseStandardDeviation = 0.99 * $0.noiseStandardDeviation }, { $0.normBound = 1 },
            { $0.noiseMultiplier = .nan }, { $0.clippingNorm = 0 }, { $0.sampling = .poisson(rate: 0) },
            { $0.dimension = 0 }, { $0.declaredRecordCount = 0 }, { $0.task = "" },
        ]
        for change in changes {
            var release = LedgerFixture.release()
            change(&release)
            let before = fixture.bytes
            var code: LedgerError.Code?
            do { try fixture.charge(1, release) } catch { code = (error as? LedgerError)?.code }
            #expect(code == .invalidValue)
            #expect(fixture.bytes == before)
        }
    }

    @Test("a commitment depends on data and key, and needs the key's size")
    func commitment() throws {
        let digests = [LedgerHash(ofRelease: [1]), LedgerHash(ofRelease: [2])]
        let keys: [UInt8] = [1, 2]
        var found: Set<LedgerHash> = []
        for digest in digests {
            for key in keys {
                let secret = SecretBytes(copying: [UInt8](repeating: key, count: 32))
                found.insert(try DatasetCommitment.commit(to: digest, key: secret))
            }
        }
        #expect(found.count == 4)
        var code: LedgerError.Code?
        do { _ = try DatasetCommitment.commit(to: digests[0], key: SecretBytes(copying: [1])) } catch {
            code = error.code
        }
        #expect(code == .invalidValue)
    }
}
