import PrivacyLedger
import SeededRandom
import Sodium
import Testing

@Suite("A ledger that was tampered with")
struct TamperingTests {
    private static func fixture(charges: UInt8 = 3) throws -> LedgerFixture {
        var fixture = try LedgerFixture()
        for number in 0..<charges { try fixture.charge(number) }
        return fixture
    }

    @Test("every changed byte is found, the newest entry's too, and the entry that holds it is named")
    func everyByte() throws {
        let fixture = try Self.fixture(charges: 2)
        for index in fixture.bytes.indices {
            var changed = fixture.bytes
            changed[index] ^= 0x41
            let entry = UInt64((fixture.starts.lastIndex { $0 <= index }) ?? 0)
            for check in [LedgerReplay.SignatureCheck.every, .newest] {
                let error = fault(changed, check: check)
                // A signature of an older record is no byte of what the site checks but by the chain.
                let isLater = check == .newest && error?.entry == entry + 1
                #expect(error?.entry == entry || isLater, "byte \(index): \(error?.message ?? "unnoticed")")
            }
        }
    }

    @Test("bits changed at the end are damage, never a torn end, one or several, in one record or several")
    func changedEnd() throws {
        let fixture = try Self.fixture()
        let start = fixture.starts[3]
        // Every bit of the length, and one of every third byte behind it.
        var places = (0..<4).flatMap { byte in (0..<8).map { (start + byte, $0) } }
        places += stride(from: start + 4, to: fixture.bytes.count, by: 3).map { ($0, $0 % 8) }
        for (index, bit) in places {
            var changed = fixture.bytes
            changed[index] ^= 1 << bit
            #expect(fault(changed, check: .newest)?.entry == 3, "bit \(bit) of byte \(index)")
        }
        for count in 2...5 {
            var generator = SeededGenerator(seed: UInt64(count))
            for _ in 0..<10 {
                var changed = fixture.bytes
                // A length that announces more than is there is what a torn end looks like, too.
                for _ in 0..<count {
                    let record = 2 + generator.integer(below: 2)
                    let place = 4 + generator.integer(below: fixture.records[record].count - 4)
                    changed[fixture.starts[record] + place] ^= 1 << generator.integer(below: 8)
                }
                guard changed != fixture.bytes else { continue }
                #expect(fault(changed, check: .newest) != nil, "seed \(count)")
            }
        }
    }

    @Test("zeros are torn where the disk may not have written them, and damage elsewhere")
    func zeros() throws {
        let fixture = try Self.fixture()
        let start = fixture.starts[3]
        func ending(_ bytes: [UInt8]) -> LedgerReplay.Ending? {
            try? replay(bytes, check: .newest).ending
        }
        // The size was there before any byte, up to a record's.
        for count in [1, 100, LedgerLimits.recordByteCount.upperBound] {
            let zeros = [UInt8](repeating: 0, count: count)
            #expect(
                ending(fixture.bytes + zeros) == .torn(offset: fixture.bytes.count, bytes: zeros), "\(count)")
        }
        let long = [UInt8](repeating: 0, count: LedgerLimits.recordByteCount.upperBound + 1)
        #expect(fault(fixture.bytes + long) == LedgerError(.brokenChain, ""))
        // Sectors of 512 bytes.
        let border = (start / 512 + 1) * 512
        let last = (fixture.bytes.count - 1) / 512 * 512
        let kept = try #require(fixture.bytes[(last + 1)...].firstIndex { $0 != 0 }) + 1
        try #require(border <= last && kept < fixture.bytes.count)
        let changed = fixture.bytes.prefix(kept) + [UInt8](repeating: 0, count: fixture.bytes.count - kept)
        #expect(fault(Array(changed), check: .newest)?.entry == 3)
        let cut = Array(
            fixture.bytes.prefix(border) + [UInt8](repeating: 0, count: fixture.bytes.count - border))
        #expect(ending(cut) == .torn(offset: start, bytes: Array(cut[start...])))
    }

    @Test("a record of another key changes nothing, whatever it says")
    func forgedCharge() throws {
        let fixture = try Self.fixture()
        let before = fixture.ledger.account.counts
        for content: LedgerEntry.Content in [
            .charged(LedgerFixture.release(), release: LedgerHash(ofRelease: [9])),
            .charged(LedgerFixture.release(noise: 1), release: LedgerHash(ofRelease: [9])),
        ] {
            var replay = LedgerReplay(check: .every)
            var error: LedgerError?
            do { try replay.read(fixture.forged(content, key: 9)) } catch let thrown as LedgerError {
                error = thrown
            }
            #expect(error?.code == .badSignature && error?.entry == 4)
            #expect(replay.state?.head == fixture.head)
            #expect(replay.state?.account.counts == before)
        }
    }

    @Test("a file cut anywhere is whole at a record's end and torn elsewhere", arguments: [1, 7, 1 << 20])
    func everyCut(chunkByteCount: Int) throws {
        let fixture = try Self.fixture(charges: 2)
        for count in 1..<fixture.bytes.count where chunkByteCount > 1 || count.isMultiple(of: 11) {
            let read = try replay(
                Array(fixture.bytes.prefix(count)), check: .newest, chunkByteCount: chunkByteCount)
            let start = fixture.starts.last { $0 <= count } ?? 0
            if start == count {
                #expect(read.ending == .whole)
            } else {
                #expect(read.ending == .torn(offset: start, bytes: Array(fixture.bytes[start..<count])))
            }
            // A head that was counter-signed shows the cut wherever it is.
            let head = try CountersignedHead(fixture.head, aggregator: "hub", key: LedgerFixture.key(2))
            #expect(
                fault(Array(fixture.bytes.prefix(count)), heads: [head], check: .newest)?.code == .headMissing
            )
        }
    }

    @Test("records in another order, left out, or twice")
    func reordered() throws {
        let records = try Self.fixture().records
        for order in [[0, 2, 1, 3], [0, 1, 3], [0, 1, 1, 2, 3], [1, 2, 3], [0, 0, 1]] {
            let error = fault(order.flatMap { records[$0] })
            let wrong = UInt64(zip(order, 0...).first { $0 != $1 }?.1 ?? 0)
            #expect(error?.entry == wrong, "\(order): \(error?.message ?? "unnoticed")")
        }
    }

    @Test("a record of another key")
    func foreignSignature() throws {
        let fixture = try Self.fixture()
        let entry = try #require(try replay(fixture.bytes).entries.last)
        let forged = SignedRecord(body: entry.bytes, purpose: .ledger, key: try LedgerFixture.key(9))
        let bytes = fixture.records.dropLast().flatMap { $0 } + forged.bytes
        #expect(fault(bytes) == LedgerError(.badSignature, ""))
        #expect(fault(bytes, check: .newest) == LedgerError(.badSignature, ""))
        #expect(fault(bytes)?.entry == 3)
    }

    @Test("a fork: the site's own key, another entry under the same number")
    func fork() throws {
        var left = try Self.fixture()
        var right = try Self.fixture()
        try left.charge(10)
        try right.charge(11)
        let head = try CountersignedHead(left.head, aggregator: "hub", key: LedgerFixture.key(2))
        #expect(fault(left.bytes, heads: [head]) == nil)
        #expect(fault(right.bytes) == nil)
        #expect(fault(right.bytes, heads: [head]) == LedgerError(.headMissing, ""))
        #expect(fault(right.bytes, heads: [head])?.entry == 4)
    }

    @Test("a rollback to an older copy, and a new ledger in an old one's place")
    func rollback() throws {
        var fixture = try Self.fixture()
        let old = fixture.bytes
        try fixture.charge(10)
        let head = try CountersignedHead(fixture.head, aggregator: "hub", key: LedgerFixture.key(2))
        #expect(fault(old) == nil)
        #expect(fault(old, heads: [head])?.code == .headMissing)
        let other = try LedgerFixture(policy: LedgerFixture.policy(epsilon: 5)).bytes
        #expect(fault(other, heads: [head])?.code == .headMissing)
        // The site notices as well, from the head that the aggregator sends, and takes no more.
        var rolledBack = try PrivacyLedger(
            resuming: try replay(old).replay, site: LedgerFixture.site, key: LedgerFixture.key(1))
        func code(_ body: (inout PrivacyLedger) throws -> Void) -> LedgerError.Code? {
            do { try body(&rolledBack) } catch { return (error as? LedgerError)?.code }
            return nil
        }
        let key = try LedgerFixture.key(2).publicKey
        #expect(code { try $0.acknowledge(head, by: key, at: 0) { _ in } } == .headMissing)
        #expect(
            code { _ = try $0.charge(LedgerFixture.release(), bytes: [1], isResend: true, at: 0) { _ in } }
                == .failed)
    }

    @Test("a counter-signed head is kept, and one with another signature is not")
    func acknowledged() throws {
        var fixture = try Self.fixture()
        let key = try LedgerFixture.key(2)
        let head = try CountersignedHead(fixture.head, aggregator: "hub", key: key)
        try fixture.acknowledge(head, by: key.publicKey)
        #expect(try replay(fixture.bytes, heads: [head]).entries.last?.content == .acknowledged(head))
        var code: LedgerError.Code?
        do { try fixture.acknowledge(head, by: try LedgerFixture.key(3).publicKey) } catch {
            code = (error as? LedgerError)?.code
        }
        #expect(code == .badSignature)
    }

    @Test("a torn end is recovered by an entry that charges the policy's largest release")
    func recovered() throws {
        var fixture = try Self.fixture()
        let whole = fixture.bytes.count
        try fixture.charge(10)
        let torn = Array(fixture.bytes.dropLast(5))
        let read = try replay(torn, check: .newest)
        #expect(read.ending == .torn(offset: whole, bytes: Array(torn[whole...])))
        var ledger = try PrivacyLedger(
            resuming: read.replay, site: LedgerFixture.site, key: LedgerFixture.key(1))
        var file = Array(torn.prefix(whole))
        try ledger.recover(tail: Array(torn[whole...]), offset: whole, at: 0) { file += $0 }
        let account = try #require(try replay(file).replay.state).account
        #expect(account.recoveredCount == 1)
        #expect(account.counts[account.policy.largestRelease] == 1)
        #expect(account.odometer > 0.9 * fixture.ledger.account.odometer)
        // A recovery that says another place than its own covers nothing.
        try ledger.recover(tail: [1], offset: 3, at: 0) { file += $0 }
        #expect(fault(file) == LedgerError(.forbiddenEntry, ""))
    }

    @Test("another site's ledger, or another key's, is not gone on with")
    func foreignOwner() throws {
        let read = try replay(Self.fixture().bytes).replay
        func code(_ site: String, _ key: UInt8) throws -> LedgerError.Code? {
            do {
                _ = try PrivacyLedger(resuming: read, site: site, key: LedgerFixture.key(key))
                return nil
            } catch { return (error as? LedgerError)?.code }
        }
        #expect(try code(LedgerFixture.site, 1) == nil)
        #expect(try code("south", 1) == .forbiddenEntry)
        #expect(try code(LedgerFixture.site, 2) == .forbiddenEntry)
    }
}
