internal import Federation
internal import PrivacyLedger
internal import ReleaseEncoding
internal import SiteStorage
internal import Sodium
internal import Storage
internal import TestSupport
internal import Testing

@testable internal import SiteAgent

/// What leaves a private site, and what its ledger says of it, whenever its process ends.
@Suite(.timeLimit(.minutes(2)))
struct PrivateExchangeTests {
    /// Starts a process from what is in a folder, and joins.
    private func joined(
        _ site: PrivateSite, in name: String, nextSequence: UInt64
    ) async throws -> (exchange: SiteExchange, step: SiteExchange.Step) {
        let exchange = try site.exchange(in: name)
        _ = try await exchange.connected(aggregatorKey: [])
        return (exchange, try await exchange.received([site.welcome(nextSequence: nextSequence)]))
    }

    @Test("whatever moment of a release a process ends at, its bytes are charged once and stay the same")
    func crashes() async throws {
        let site = try PrivateSite()
        let copies = Observed(0)
        let exchange = try site.exchange {
            // Asked whether the release would be refused, and then before the charge: the bytes are in the journal.
            let number = copies.value
            copies.update { $0 += 1 }
            if number == 1 { try? site.copy(to: "uncharged") }
        }
        _ = try await exchange.connected(aggregatorKey: [])
        _ = try await exchange.received([site.welcome(nextSequence: 1)])
        let before = try contents(of: site.folder.file("ledger")).count
        let step = try await exchange.received([site.column(sequence: 1)])
        let sent = try #require(step.updates.first)
        let hash = LedgerHash(ofRelease: sent.release)
        #expect(try site.entries().charged == [hash])
        try site.copy(to: "charged")

        // What the site noted before the append.
        let noted = try contents(of: site.folder.file("uncharged/\(PrivateSite.newest)"))

        // Before the charge, and after it: in both the next process sends the same bytes, charged once.
        for name in ["uncharged", "charged"] {
            #expect(try site.entries(in: name).charged == (name == "charged" ? [hash] : []))
            let (_, step) = try await joined(site, in: name, nextSequence: 1)
            #expect(step.updates.map(\.release) == [sent.release], "\(name)")
            #expect(try site.entries(in: name).charged == [hash], "\(name)")
        }
        // After it was sent and applied, with the answer lost: the same.
        let (applied, again) = try await joined(site, in: "charged", nextSequence: 2)
        #expect(again.updates.map(\.release) == [sent.release])
        _ = try await applied.received([site.acceptance(of: 1)])
        #expect(try site.entries(in: "charged").charged == [hash])

        // Within the append: a torn record is charged as the policy's largest release, and then the bytes are.
        let whole = try contents(of: site.folder.file("ledger"))
        for count in stride(from: before + 1, to: whole.count, by: 29) {
            let name = "torn-\(count)"
            try site.copy(to: name)
            try site.folder.write(Array(whole[..<count]), to: "\(name)/ledger")
            try site.folder.setMode(0o600, of: "\(name)/ledger")
            try site.folder.write(noted, to: "\(name)/\(PrivateSite.newest)")
            let (_, step) = try await joined(site, in: name, nextSequence: 1)
            #expect(step.updates.map(\.release) == [sent.release], "\(count) bytes")
            let entries = try site.entries(in: name)
            #expect(entries.charged == [hash] && entries.recoveredCount == 1, "\(count) bytes")
        }
    }

    @Test("a ledger that an older copy took the place of is found out by what the site noted")
    func olderLedger() async throws {
        let site = try PrivateSite()
        let older = try contents(of: site.folder.file("ledger"))
        let exchange = try site.exchange()
        _ = try await exchange.connected(aggregatorKey: [])
        _ = try await exchange.received([site.welcome(nextSequence: 1)])
        #expect(try await exchange.received([site.column(sequence: 1)]).updates.count == 1)
        try site.copy(to: "older")
        _ = try site.ledger(in: "older")
        try site.folder.write(older, to: "older/ledger")
        #expect(throws: LedgerError(.headMissing, "")) { try site.ledger(in: "older") }
        // A ledger that is gone is not begun anew by a slip.
        try site.folder.remove("older/ledger")
        func begin() throws {
            try SiteLedger.begin(
                site.location(in: "older"), site: PrivateSite.site, policy: site.policy,
                key: PrivateSite.key(), at: PrivateSite.time)
        }
        let error = #expect(throws: StorageError(.alreadyExists, "")) { try begin() }
        #expect(error?.message.contains(PrivateSite.newest) == true)
        try site.folder.remove("older/\(PrivateSite.newest)")
        try begin()
        _ = try site.ledger(in: "older")
    }

    @Test("at the ceiling nothing leaves any more: the refusal is in the ledger, and the last model is kept")
    func ceiling() async throws {
        // Two releases fit, a third does not.
        let site = try PrivateSite(noise: 1, epsilon: 8)
        let exchange = try site.exchange()
        _ = try await exchange.connected(aggregatorKey: [])
        _ = try await exchange.received([site.welcome(nextSequence: 1)])
        var sequence: UInt64 = 1
        var step = try await exchange.received([site.column(sequence: sequence)])
        while !step.updates.isEmpty {
            _ = try await exchange.received([site.acceptance(of: sequence)])
            sequence += 1
            step = try await exchange.received([site.column(sequence: sequence)])
            guard sequence < 10 else { break }
        }
        let entries = try site.entries()
        #expect(sequence > 1 && entries.charged.count == Int(sequence) - 1)
        #expect(entries.refused == ["it would pass the policy's ceiling"])
        let isSpent = step.messages.contains {
            if case .spent(site.task) = $0.message { true } else { false }
        }
        #expect(isSpent)
        // Not even a column: it waits for the last.
        step = try await exchange.received([site.column(sequence: sequence)])
        #expect(step.messages.isEmpty)
        let final = FinalColumn(
            task: site.task, version: 9, release: try ReleaseCodec.encodeFull([1, 2, 3, 4]).release)
        step = try await exchange.received([.final(final)])
        let isFetched = step.messages.contains { if case .fetched = $0.message { true } else { false } }
        #expect(isFetched)
        // A process that starts again sends nothing new of the task either.
        try site.copy(to: "again")
        let (_, again) = try await joined(site, in: "again", nextSequence: sequence)
        #expect(again.updates.allSatisfy { $0.sequence < sequence })
        #expect(try site.entries(in: "again").charged == entries.charged)
    }

    @Test("the study's number of releases is the end of a task, too")
    func plannedReleases() async throws {
        let site = try PrivateSite(releases: 2)
        let exchange = try site.exchange()
        _ = try await exchange.connected(aggregatorKey: [])
        _ = try await exchange.received([site.welcome(nextSequence: 1)])
        var spentAt: UInt64?
        for sequence in 1...3 as ClosedRange<UInt64> {
            let step = try await exchange.received([site.column(sequence: sequence)])
            #expect(step.updates.count == (sequence <= 2 ? 1 : 0))
            let answered = try await exchange.received([site.acceptance(of: sequence)])
            if answered.messages.contains(where: { if case .spent = $0.message { true } else { false } }) {
                spentAt = sequence
            }
        }
        #expect(spentAt == 2)
        #expect(try site.entries().charged.count == 2)
    }

    @Test("a join shows the ledger's head, and nothing else that is signed is kept")
    func heads() async throws {
        let site = try PrivateSite()
        let aggregator = try Ed25519.SigningKey(seed: SecretBytes(copying: [UInt8](repeating: 9, count: 32)))
        let exchange = try site.exchange()
        let step = try await exchange.connected(aggregatorKey: aggregator.publicKey)
        guard case .join(let request)? = step.messages.first?.message else {
            Issue.record("the first message is no join")
            return
        }
        let shown = try #require(request.ledgerHead)
        #expect(try shown == site.ledger(in: "other", copying: site).head)
        let signed = try CountersignedHead(shown, aggregator: "hub", key: aggregator)
        _ = try await exchange.received([site.welcome(nextSequence: 1), .headSigned(signed)])
        let ahead = try CountersignedHead(
            LedgerHead(ledger: shown.ledger, sequence: shown.sequence + 9, hash: shown.hash),
            aggregator: "hub", key: aggregator)
        // What was not shown, or is signed once more, is not kept: it would stand in the ledger for ever.
        let before = try contents(of: site.folder.file("ledger"))
        _ = try await exchange.received([.headSigned(ahead), .headSigned(signed)])
        #expect(try contents(of: site.folder.file("ledger")) == before)
        // Signed by somebody else it says nothing.
        let stranger = try Ed25519.SigningKey(seed: SecretBytes(copying: [UInt8](repeating: 8, count: 32)))
        let forged = try CountersignedHead(shown, aggregator: "hub", key: stranger)
        let other = try site.exchange(in: "other")
        _ = try await other.connected(aggregatorKey: aggregator.publicKey)
        await #expect(throws: LedgerError(.badSignature, "")) {
            try await other.received([.headSigned(forged)])
        }
    }

    @Test("no word of a private study opens the gate")
    func gate() throws {
        #expect(UnprotectedStudy(try PrivateSite().study.plan) == nil)
        #expect(UnprotectedStudy(try TestStudy().plan) != nil)
    }
}

extension PrivateSite {
    /// The ledger in a copy of another folder's files.
    fileprivate func ledger(in name: String, copying site: PrivateSite) throws -> SiteLedger {
        try site.copy(to: name)
        return try ledger(in: name)
    }
}
