internal import ArgumentParser
internal import AuditCommands
internal import CommandLineTools
internal import PrivacyLedger
internal import SecureChannel
internal import TestSupport
internal import Testing

@Suite("atoll-audit verify")
struct VerifyTests {
    private func verify(
        _ fixture: RunFixture, _ arguments: [String] = []
    ) throws -> (text: String, status: Int32) {
        let command = try VerifyCommand.parse([fixture.folder.path] + arguments)
        return RunFixture.run { try command.run($0) }
    }

    /// The kind and entry of the gravest finding.
    private func gravest(_ fixture: RunFixture) throws -> (AuditFinding.Kind?, UInt64?) {
        let finding = try fixture.audit().findings.first
        return (finding?.kind, finding?.entry)
    }

    @Test("an honest run is sound, in words and in JSON")
    func honest() throws {
        let fixture = try RunFixture()
        let (text, status) = try verify(fixture)
        #expect(status == 0)
        #expect(
            text == """
                ledger                     sites/north/ledger
                  good entries             5
                  releases charged         3
                  received                 3
                  spent without a receipt  0
                  of runs not here         0
                  refused                  0
                  lost and charged         0
                verdict: sound

                """)
        let json = try verify(fixture, ["--json"])
        #expect(json.status == 0 && json.text.contains("\"verdict\": \"sound\""))
    }

    @Test("any changed byte of a ledger gives an exit status and names the entry that holds it")
    func everyByte() throws {
        let fixture = try RunFixture(releases: 2)
        for index in fixture.ledger.indices {
            var changed = fixture.ledger
            changed[index] ^= UInt8(1 << (index % 8))
            try fixture.replaceLedger(changed)
            let audit = try fixture.audit()
            let entry = UInt64((fixture.starts.lastIndex { $0 <= index }) ?? 0)
            #expect(audit.exitStatus != 0, "byte \(index)")
            #expect(
                audit.faults.contains { $0.entry == entry && $0.message.contains("entry \(entry)") },
                "byte \(index) of entry \(entry): \(audit.findings)")
        }
    }

    @Test("a ledger cut at any byte is faulty")
    func everyCut() throws {
        let fixture = try RunFixture(releases: 2)
        for count in fixture.ledger.indices {
            try fixture.replaceLedger(Array(fixture.ledger.prefix(count)))
            #expect(try fixture.audit().exitStatus >= 10, "cut at \(count)")
        }
    }

    @Test("records in another order, left out or twice name the first that is wrong")
    func reordered() throws {
        let fixture = try RunFixture()
        for (order, entry) in [([0, 2, 1, 3, 4], 1), ([0, 1, 3, 4], 2), ([0, 1, 1, 2, 3, 4], 2)]
            as [([Int], UInt64)]
        {
            try fixture.replaceLedger(order.flatMap { fixture.records[$0] })
            #expect(try gravest(fixture) == (.brokenChain, entry))
        }
    }

    @Test("a rollback behind a signed head, and another ledger in its place")
    func rollback() throws {
        let fixture = try RunFixture()
        try fixture.replaceLedger(fixture.records.prefix(2).flatMap { $0 })
        #expect(try gravest(fixture) == (.missingHead, 2))
        #expect(try verify(fixture).status == 12)
        // The site's own key, another history.
        try fixture.replaceLedger(try RunFixture(releases: 3, seeded: true).ledger)
        #expect(try gravest(fixture) == (.missingHead, 2))
    }

    @Test("a receipt without an entry is a fault, an entry without a receipt is none")
    func completeness() throws {
        let uncharged = try verify(RunFixture(uncharged: [200]))
        #expect(uncharged.status == 15)
        #expect(uncharged.text.contains("which no entry charges"))
        let lost = try verify(RunFixture(withoutReceipt: [2]))
        #expect(lost.status == 0)
        #expect(lost.text.contains("spent without a receipt  1\n"))
        let other = try verify(RunFixture(run: "run-0", withoutReceipt: [0, 1, 2]))
        #expect(other.status == 20 && other.text.contains("of runs not here         3\n"))
        #expect(other.text.contains("3 releases are charged in 1 runs whose receipts are not here, as run-0"))
    }

    @Test("two ledgers of one data set, and a ledger twice, are a fault of their own")
    func duplicates() throws {
        let fixture = try RunFixture()
        try fixture.folder.write(fixture.ledger, to: "sites/north/ledger.copy")
        #expect(try gravest(fixture) == (.duplicateLedger, 0))
        let copy = try verify(fixture)
        #expect(copy.status == 16 && copy.text.contains("one is a copy or a fork of the other"))
        try fixture.folder.write(
            RunFixture(epsilon: 5, releases: 0).ledger, to: "sites/north/ledger.copy")
        let second = try verify(fixture)
        #expect(second.status == 16 && second.text.contains("neither ceiling holds for what both charge"))
        try fixture.folder.write(
            RunFixture(dataset: LedgerHash(ofRelease: [2]), releases: 0).ledger,
            to: "sites/north/ledger.copy")
        #expect(try verify(fixture).status == 0)
    }

    @Test("a torn end is a fault unless a signed entry recovers it")
    func tornTail() throws {
        let recovered = try RunFixture(tornByteCount: 40)
        let sound = try verify(recovered)
        #expect(sound.status == 0 && sound.text.contains("lost and charged         1\n"))
        let torn = try RunFixture()
        try torn.replaceLedger(torn.ledger + [1, 2, 3])
        #expect(try gravest(torn) == (.tornTail, 5))
        #expect(try verify(torn).status == 13)
        let long = try RunFixture()
        try long.replaceLedger(
            long.ledger + [UInt8](repeating: 9, count: LedgerLimits.recordByteCount.upperBound + 1))
        #expect(try gravest(long) == (.brokenChain, 5))
    }

    @Test(
        "absent keys and receipts are not checkable, with a status of their own",
        arguments: [
            "keys/aggregator.pub", "keys/authorized_sites/north.pub", "receipts/north", "keys",
        ])
    func absent(name: String) throws {
        let fixture = try RunFixture()
        try fixture.folder.remove(name)
        let (text, status) = try verify(fixture)
        #expect(status == 20, "\(text)")
        #expect(text.contains("verdict: not checkable"))
    }

    @Test("another key's ledger, and receipts that the aggregator did not sign")
    func foreignKeys() throws {
        let site = try RunFixture()
        try site.folder.write(
            try RunFixture.identity(5).publicIdentity(name: "north").line,
            to: "keys/authorized_sites/north.pub")
        #expect(try gravest(site) == (.badSignature, 0))
        let hub = try RunFixture()
        try hub.folder.write(
            try RunFixture.identity(5).publicIdentity(name: "hub").line, to: "keys/aggregator.pub")
        #expect(try gravest(hub).0 == .badSignature)
        #expect(try verify(hub).status == 11)
    }

    @Test("receipts of a site without a ledger, and a file that is none, are faults")
    func missingLedger() throws {
        let fixture = try RunFixture()
        try fixture.folder.write([1, 2, 3], to: "sites/north/old-ledger.bak")
        #expect(try fixture.audit().faults.contains { $0.place == "sites/north/old-ledger.bak" })
        try fixture.folder.remove("sites/north/old-ledger.bak")
        try fixture.folder.remove("sites/north/ledger")
        #expect(try gravest(fixture) == (.receiptWithoutEntry, 1))
    }

    @Test(
        "a site with a key or a folder, and neither a ledger nor receipts, is not checkable, unless others are named",
        arguments: ["keys/authorized_sites/south.pub", "sites/south/config.yaml"])
    func absentSite(name: String) throws {
        let fixture = try RunFixture()
        try fixture.folder.write(
            try RunFixture.identity(3).publicIdentity(name: "south").line + "\n", to: name)
        let (text, status) = try verify(fixture)
        #expect(status == 20, "\(text)")
        #expect(text.contains("not checkable: sites/south: site south has neither a ledger nor receipts"))
        #expect(try verify(fixture, ["--site", "north"]).status == 0)
        #expect(try verify(fixture, ["--site", "north", "--site", "south"]).status == 20)
    }

    @Test("what is wrong with another site's receipts is none of a site that is audited alone")
    func otherSite() throws {
        let fixture = try RunFixture()
        var bytes: [UInt8] = []
        let hub = try RunFixture.identity(2)
        var book = try ReceiptBook(
            site: "south", run: "run-1", aggregator: "hub", key: hub.signingKey, at: RunFixture.time
        ) { bytes += $0 }
        let opened = Receipt(release: LedgerHash(ofRelease: [9]), outcome: .accepted)
        try book.add([opened], at: RunFixture.time) { bytes += $0 }
        try fixture.folder.write(bytes + [0], to: "receipts/south")
        #expect(try fixture.audit().faults.map(\.kind) == [.tornTail, .receiptWithoutEntry])
        #expect(try verify(fixture, ["--site", "north"]).status == 0)
        #expect(try verify(fixture, ["--site", "south"]).status == 13)
    }

    @Test("a ledger that is withheld is missed by the head that was signed of it")
    func withheld() throws {
        let fixture = try RunFixture(releases: 2, withoutReceipt: [0, 1])
        try fixture.folder.remove("sites/north/ledger")
        #expect(try gravest(fixture) == (.missingHead, 0))
    }

    @Test(
        "receipts without a head that the ledger keeps were cut or replaced; behind the newest one a cut is not seen"
    )
    func cutReceipts() throws {
        let fixture = try RunFixture()
        // Opened, two receipts, a head, a receipt.
        try fixture.folder.write(fixture.receipts(first: 3), to: "receipts/north")
        #expect(try gravest(fixture) == (.incompleteReceipts, 3))
        let (text, status) = try verify(fixture)
        #expect(
            status == 26 && text.contains("entry 3 keeps a head that the aggregator signed, of entry 2"),
            "\(text)")
        try fixture.folder.write(fixture.receipts(first: 4), to: "receipts/north")
        #expect(try verify(fixture).status == 0)
        // The aggregator's own key, another book.
        var replaced: [UInt8] = []
        let hub = try RunFixture.identity(2)
        var book = try ReceiptBook(
            site: "north", run: "run-1", aggregator: "hub", key: hub.signingKey, at: RunFixture.time
        ) { replaced += $0 }
        let opened = (0..<3).map { Receipt(release: LedgerHash(ofRelease: [$0]), outcome: .accepted) }
        try book.add(opened, at: RunFixture.time) { replaced += $0 }
        try fixture.folder.write(replaced, to: "receipts/north")
        #expect(try gravest(fixture) == (.incompleteReceipts, 3))
    }

    @Test("a head of a run whose receipts are not here is in those")
    func headOfAnotherRun() throws {
        let fixture = try RunFixture(run: "run-0", withoutReceipt: [0, 1, 2])
        try fixture.folder.write(fixture.receipts(first: 1), to: "receipts/north")
        #expect(try verify(fixture).status == 20)
    }

    @Test("the signature of a head that a ledger keeps is checked by key, whatever the key file names it")
    func keptHeads() throws {
        for (key, status) in [(2, 0), (5, 11)] as [(UInt8, Int32)] {
            let fixture = try RunFixture(headKey: key)
            let line = try RunFixture.identity(2).publicIdentity(name: "elsewhere").line
            try fixture.folder.write(line + "\n", to: "keys/aggregator.pub")
            let (text, found) = try verify(fixture)
            #expect(found == status, "\(text)")
            if status != 0 { #expect(try gravest(fixture) == (.badSignature, 3)) }
        }
        // Of a run whose receipts are not here another aggregator may have signed it.
        let (text, status) = try verify(
            RunFixture(run: "run-0", withoutReceipt: [0, 1, 2], headKey: 5))
        #expect(status == 20 && text.contains("whether another aggregator did cannot be checked"), "\(text)")
    }

    @Test("a model of a task whose name has the word is no ledger")
    func modelOfTask() throws {
        let fixture = try RunFixture()
        try fixture.folder.write([1, 2, 3], to: "sites/north/model-ledger.npy")
        #expect(try verify(fixture).status == 0)
    }

    @Test("noise of a seed is said to be not private")
    func seeded() throws {
        let (text, status) = try verify(RunFixture(seeded: true))
        #expect(status == 0)
        #expect(text.contains("not private              3 releases with noise of a seed\n"))
    }

    @Test("a folder with nothing to audit is an error, and no verdict")
    func nothing() throws {
        let folder = try TemporaryFolder()
        for path in [folder.path, folder.file("absent")] {
            #expect(throws: CommandError(.unusableInput, "")) { try Audit(folder: path) }
        }
        // A run without privacy.
        try folder.write([1, 2, 3], to: "sites/north/model-task.npy")
        try folder.write(
            try RunFixture.identity(1).publicIdentity(name: "north").line + "\n",
            to: "keys/authorized_sites/north.pub")
        #expect(throws: CommandError(.unusableInput, "")) { try Audit(folder: folder.path) }
    }
}
