internal import PrivacyAccounting
internal import PrivacyLedger
internal import PrivacyMechanisms
internal import PrivacyRecording
internal import SecureChannel
internal import Sodium
internal import TestSupport

/// A run's folder with one site that records, and does at most one thing wrong.
struct PlantedRun {
    static let releaseCount = 40

    let folder: TemporaryFolder
    private let fault: PlantedFault?
    private let isSampled: Bool
    private var ledger: [UInt8] = []
    private var receipts: [UInt8] = []

    /// Runs the site's program.
    ///
    /// - Parameter isSampled: Whether records are drawn; what the fault needs where nil.
    init(
        _ fault: PlantedFault? = nil, seed: UInt64, tasks: [String] = ["task-1"], isSampled: Bool? = nil,
        canaryCount: Int = 64, resends: Bool = false
    ) throws {
        self.fault = fault
        self.isSampled = isSampled ?? fault?.isSampled ?? false
        folder = try TemporaryFolder()
        var charged: [(release: PrivateRelease, sent: [UInt8])] = []
        for (index, task) in tasks.enumerated() {
            let program = try SiteProgram(
                fault, task: task, isSampled: self.isSampled, canaryCount: canaryCount,
                seed: seed + 1_000 * UInt64(index))
            for _ in 0..<Self.releaseCount {
                let release = try program.release()
                charged.append((claim(program.header, release), release.sent))
                if resends, let again = try program.resend() {
                    charged.append((claim(program.header, again), again.sent))
                }
            }
            try folder.write(program.recording, to: "sites/\(RunFixture.site)/\(program.header.fileName())")
        }
        let site = try RunFixture.identity(1)
        let hub = try RunFixture.identity(2)
        let head = try writeLedger(charged, site)
        try writeReceipts(charged.map(\.sent), head, hub)
        if fault == .rewrittenLedger {
            ledger = []
            for index in charged.indices { double(&charged[index].release) }
            _ = try writeLedger(charged, site)
        }
        if fault == .editedSigma { editSigma() }
        let name = RunFixture.site
        try folder.write(ledger, to: "sites/\(name)/ledger")
        try folder.write(receipts, to: "receipts/\(name)")
        try folder.write(hub.publicIdentity(name: "hub").line + "\n", to: "keys/aggregator.pub")
        try folder.write(
            site.publicIdentity(name: name).line + "\n", to: "keys/authorized_sites/\(name).pub")
    }

    private var relation: NeighbouringRelation {
        (fault == .claimedRelation) != isSampled ? .addOrRemoveOne : .replaceOne
    }

    private func double(_ release: inout PrivateRelease) {
        release.noiseMultiplier *= 2
        release.noiseStandardDeviation *= 2
    }

    /// What the site's ledger says of a release.
    private func claim(_ header: RecordingHeader, _ release: SiteProgram.Release) -> PrivateRelease {
        let plan = header.plan
        var claim = PrivateRelease(
            run: header.run, task: header.task, modelVersion: release.version, mechanism: .gaussian,
            noiseMultiplier: plan.noiseMultiplier, noiseStandardDeviation: plan.scale * plan.grid.step,
            clippingNorm: plan.clippingNorm, normBound: plan.clippingNorm,
            sampling: isSampled ? .poisson(rate: plan.normalization.samplingRate) : .all,
            declaredRecordCount: UInt64(plan.normalization.declaredCount), relation: relation, unit: .record,
            dimension: UInt32(plan.dimension), noiseSource: .seeded, dataset: RunFixture.dataset,
            configuration: RunFixture.dataset)
        if fault == .claimedSigma { double(&claim) }
        return claim
    }

    private mutating func writeLedger(
        _ charged: [(release: PrivateRelease, sent: [UInt8])], _ site: borrowing Identity
    ) throws -> LedgerHead {
        var bytes: [UInt8] = []
        let policy = try PrivacyPolicy(
            epsilon: 20, delta: 1e-5, relation: relation, unit: .record, mechanism: .gaussian,
            sampling: isSampled ? .poisson(rate: 0.25) : .all, smallestNoiseMultiplier: 5,
            allowsSeededNoise: true)
        var account = try PrivacyLedger(
            opening: RunFixture.dataset, site: RunFixture.site, policy: policy, key: site.signingKey,
            at: RunFixture.time
        ) { bytes += $0 }
        for (index, item) in charged.enumerated() {
            if fault == .missingEntry, index == 7 { continue }
            if fault == .wrongRelation, index == charged.count - 1 { continue }
            let outcome = try account.charge(
                item.release, bytes: item.sent, isResend: true, at: RunFixture.time
            ) {
                bytes += $0
            }
            guard case .charged = outcome else { throw Refused(outcome: outcome) }
        }
        let head = account.head
        if fault == .wrongRelation, let last = charged.last {
            var release = last.release
            release.relation = .addOrRemoveOne
            let entry = LedgerEntry(
                sequence: head.sequence + 1, previous: head.hash, time: RunFixture.time,
                site: RunFixture.site, content: .charged(release, release: LedgerHash(ofRelease: last.sent)))
            bytes += SignedRecord(body: entry.bytes, purpose: .ledger, key: site.signingKey).bytes
        }
        ledger = bytes
        return head
    }

    private mutating func writeReceipts(
        _ sent: [[UInt8]], _ head: LedgerHead, _ hub: borrowing Identity
    ) throws {
        var bytes: [UInt8] = []
        var book = try ReceiptBook(
            site: RunFixture.site, run: "run-1", aggregator: "hub", key: hub.signingKey, at: RunFixture.time
        ) { bytes += $0 }
        let opened = sent.map { Receipt(release: LedgerHash(ofRelease: $0), outcome: .accepted) }
        try book.add(opened, at: RunFixture.time) { bytes += $0 }
        _ = try book.countersign(head, at: RunFixture.time) { bytes += $0 }
        receipts = bytes
    }

    /// Writes twice the noise multiplier in the first place of the ledger that has it.
    private mutating func editSigma() {
        func bytes(_ value: Double) -> [UInt8] {
            (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> UInt64(8 * $0)) }
        }
        if let place = ledger.firstRange(of: bytes(40)) {
            ledger.replaceSubrange(place, with: bytes(80))
        }
    }

    private struct Refused: Error {
        var outcome: PrivacyLedger.Outcome
    }
}
