import Sodium
import Testing

@testable import PrivacyLedger

@Suite("Bounds of ledgers")
struct BoundsTests {
    private static func hash(_ number: Int) -> LedgerHash {
        LedgerHash(ofRelease: (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) })
    }

    @Test("the newest releases are remembered up to the bound", arguments: [-1, 0, 1])
    func remembered(beyond: Int) {
        let bound = LedgerLimits.rememberedReleaseCount
        var recent = RecentReleases()
        for number in 0..<bound + beyond {
            recent.insert(Self.hash(number), RecentReleases.Charge(entry: UInt64(number), isPrivate: true))
        }
        #expect((recent[Self.hash(0)] == nil) == (beyond > 0))
        #expect(recent[Self.hash(1)]?.entry == 1)
        #expect(recent[Self.hash(bound + beyond - 1)]?.entry == UInt64(bound + beyond - 1))
    }

    @Test("receipts share a record up to the bound, and all are read back", arguments: [63, 64, 65, 129])
    func receipts(count: Int) throws {
        let key = try LedgerFixture.key(2)
        var bytes: [UInt8] = []
        var recordCount = 0
        func append(_ record: [UInt8]) {
            bytes += record
            recordCount += 1
        }
        var book = try ReceiptBook(
            site: "north", run: "run", aggregator: "hub", key: key, at: 0, append: append)
        let receipts = (0..<count).map {
            Receipt(release: Self.hash($0), outcome: $0 % 2 == 0 ? .accepted : .refused)
        }
        try book.add(receipts, at: 0, append: append)
        #expect(recordCount == 1 + (count + 63) / 64)
        var replay = ReceiptReplay(publicKey: key.publicKey)
        var read: [Receipt] = []
        try replay.read(bytes) { entry in
            if case .receipts(let part) = entry.content { read += part }
        }
        try replay.finish()
        #expect(read == receipts && replay.site == "north" && replay.run == "run")
        // Under another key none of it counts.
        var foreign = ReceiptReplay(publicKey: try LedgerFixture.key(3).publicKey)
        var code: LedgerError.Code?
        do { try foreign.read(bytes) { _ in } } catch { code = error.code }
        #expect(code == .badSignature)
    }

    @Test("a record's body has at most 4096 bytes", arguments: [1, 4095, 4096])
    func body(byteCount: Int) throws {
        let body = [UInt8](repeating: 5, count: byteCount)
        let record = SignedRecord(body: body, purpose: .ledger, key: try LedgerFixture.key(1))
        guard case .record(let parsed, let length) = SignedRecord.parse(record.bytes, at: 0, purpose: .ledger)
        else {
            Issue.record("not read")
            return
        }
        #expect(parsed == record && length == record.bytes.count)
        if case .record = SignedRecord.parse(record.bytes, at: 0, purpose: .receipts) {
            Issue.record("a ledger's record was taken for a receipt")
        }
        var long = record.bytes
        (long[0], long[1]) = (1, 16)
        guard case .damaged = SignedRecord.parse(long, at: 0, purpose: .ledger) else {
            Issue.record("4097 bytes are read")
            return
        }
    }
}
