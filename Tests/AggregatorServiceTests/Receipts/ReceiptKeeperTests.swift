internal import AggregatorService
internal import AggregatorStorage
internal import Federation
internal import FoundationEssentials
internal import PrivacyLedger
internal import Sodium
internal import Storage
internal import TestSupport
internal import Testing

@Suite("Every opened release of a private study has one receipt")
struct ReceiptKeeperTests {
    @Test("a hash of the state is a hash of a ledger")
    func hashes() {
        for count in [0, 1, 64, 1_000] {
            let bytes = [UInt8](repeating: 7, count: count)
            #expect(Blake2b.hash(bytes) == LedgerHash(ofRelease: bytes).bytes)
        }
    }

    @Test("accepted and refused ones are written, many under one signature, in their order")
    func written() async throws {
        var bench = try await PrivateBench(seed: 1)
        let keeper = try bench.keeper()
        try await keeper.open()
        try await bench.release(150)
        try await keeper.catchUp()
        try bench.expectWhole("at once")
        for (site, opened) in bench.opened {
            #expect(try bench.receipts(of: site) == opened, "both kinds in their order")
            let records = try bench.bytes(of: site).count / SignedRecord.overheadByteCount
            #expect(records < opened.count, "fewer records than receipts")
        }
        try await keeper.catchUp()
        try bench.expectWhole("nothing is written twice")
    }

    @Test(
        "a process that ends between commit and book leaves the receipt to the next",
        arguments: [2, 3] as [UInt64])
    func killed(seed: UInt64) async throws {
        var bench = try await PrivateBench(seed: seed)
        for round in 0..<6 {
            let keeper = try bench.keeper()
            try await keeper.open()
            try bench.expectWhole("round \(round)")
            try await bench.release(10)
            if round.isMultiple(of: 2) { try await keeper.catchUp() }
            try await bench.release(10)
            try await bench.restart()
        }
        try await bench.keeper().open()
        try bench.expectWhole("the end")
        try await bench.keeper().open()
        try bench.expectWhole("again")
    }

    @Test("a torn book is cut and written again, one that is gone is written anew")
    func torn() async throws {
        var bench = try await PrivateBench(seed: 4)
        let keeper = try bench.keeper()
        try await keeper.open()
        try await bench.release(60)
        try await keeper.catchUp()
        try await bench.release(60)
        try await keeper.catchUp()
        let site = try #require(bench.opened.keys.sorted().first)
        let whole = try bench.bytes(of: site)
        for cut in stride(from: 1, through: whole.count, by: 97) {
            try Data(whole[..<(whole.count - cut)]).write(to: URL(filePath: bench.path(of: site)))
            try await bench.keeper().open()
            try bench.expectWhole("\(cut) bytes cut")
        }
        try FileManager.default.removeItem(atPath: bench.path(of: site))
        try await bench.keeper().open()
        try bench.expectWhole("without the file")
    }

    @Test("a damaged book is refused, and the message says what to do")
    func damaged() async throws {
        var bench = try await PrivateBench(seed: 5)
        let keeper = try bench.keeper()
        try await keeper.open()
        try await bench.release(40)
        try await keeper.catchUp()
        try await bench.release(40)
        try await keeper.catchUp()
        let site = try #require(bench.opened.keys.sorted().first)
        var bytes = try bench.bytes(of: site)
        bytes[60] ^= 1
        try Data(bytes).write(to: URL(filePath: bench.path(of: site)))
        let error = await #expect(throws: LedgerError.self) { try await bench.keeper().open() }
        #expect(error?.message.contains("Restore the file from a backup") == true)
        #expect(try bench.bytes(of: site) == bytes)
    }

    @Test("retention removes what is in the books, which then are needed")
    func retention() async throws {
        var bench = try await PrivateBench(updateCount: 10, seed: 6)
        var keeper = try bench.keeper()
        try await keeper.open()
        try await bench.release(200)
        #expect(try await bench.store.receiptTotals().values.allSatisfy { $0.removed == ReceiptCounts() })
        for _ in 0..<10 {
            try await keeper.catchUp()
            try await bench.release(20)
        }
        #expect(try await bench.store.updates(after: 0, limit: .max).count < 100)
        try await bench.restart()
        keeper = try bench.keeper()
        try await keeper.open()
        try bench.expectWhole("after rows were removed")
        try await bench.release(50)
        try await keeper.catchUp()
        try bench.expectWhole("and on")
        let site = try #require(bench.opened.keys.sorted().first)
        try FileManager.default.removeItem(atPath: bench.path(of: site))
        let error = await #expect(throws: StorageError.self) { try await bench.keeper().open() }
        #expect(error?.code == .corrupted)
    }

    @Test("books that are ahead of a restored state keep what they have, and go on with what comes")
    func restored() async throws {
        var bench = try await PrivateBench(seed: 7)
        try await bench.keeper().open()
        try await bench.release(40)
        await bench.store.close()
        let backup = bench.folder.file("backup")
        try FileManager.default.copyItem(atPath: bench.folder.file("state"), toPath: backup)
        try await bench.restart()
        try await bench.release(40)
        try await bench.keeper().open()
        try bench.expectWhole("ahead")
        await bench.store.close()
        try FileManager.default.removeItem(atPath: bench.folder.file("state"))
        try FileManager.default.moveItem(atPath: backup, toPath: bench.folder.file("state"))
        try await bench.restart()
        for round in 0..<3 {
            let keeper = try bench.keeper()
            try await keeper.open()
            try bench.expectWhole("restored, round \(round)")
            try await bench.release(15)
            if round == 1 { try await keeper.catchUp() }
            try await bench.restart()
        }
        try await bench.keeper().open()
        try bench.expectWhole("the end")
    }

    @Test("signed heads survive the process, and a run's book that of another")
    func heads() async throws {
        var bench = try await PrivateBench(seed: 8)
        let site = SiteName("north")
        let head = LedgerHead(
            ledger: LedgerHash(ofRelease: [1]), sequence: 4, hash: LedgerHash(ofRelease: [2]))
        var keeper = try bench.keeper()
        try await keeper.open()
        let signed = try await keeper.countersign(head, of: site)
        #expect(signed.isSigned(by: try PrivateBench.key().publicKey) && signed.head == head)
        let byteCount = try bench.bytes(of: site).count
        #expect(try await keeper.countersign(head, of: site) == signed)
        #expect(try bench.bytes(of: site).count == byteCount, "a head is kept once")
        try await bench.release(30)
        try await bench.restart()
        keeper = try bench.keeper()
        try await keeper.open()
        #expect(await keeper.signedHeads.newest(of: head.ledger, at: site) == head)

        // Another state's run: its books are its own, and the heads of all count.
        let other = try #require(InstanceIdentifier(bytes: Array(repeating: 9, count: 16)))
        let before = try bench.bytes(of: site)
        let stranger = try bench.keeper(instance: other)
        try await stranger.open()
        #expect(await stranger.signedHeads.newest(of: head.ledger, at: site) == head)
        let files = try FileManager.default.contentsOfDirectory(atPath: bench.folder.file("receipts"))
            .sorted()
        let archive = try #require(files.first { $0.hasPrefix("north@") })
        let archived = try Data(contentsOf: URL(filePath: bench.folder.file("receipts/" + archive)))
        #expect([UInt8](archived) == before)

        // And back again.
        try await bench.keeper().open()
        #expect(try bench.bytes(of: site) == before)
        try bench.expectWhole("back")
    }
}
