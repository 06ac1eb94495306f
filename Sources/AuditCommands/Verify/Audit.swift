internal import PrivacyLedger
internal import SecureChannel

/// One ledger with what was checked of it.
package struct LedgerAudit: Sendable {
    /// The ledger.
    package let reading: LedgerReading
    /// Charged releases that the aggregator has a receipt of.
    package internal(set) var receivedCount = 0
    /// Charged releases of runs with receipts that have none: spent, and no fault.
    package internal(set) var unreceivedCount = 0
    /// Charged releases of runs whose receipts are not here.
    package internal(set) var otherRunCount = 0

    init(_ reading: LedgerReading) { self.reading = reading }
}

/// Everything that was checked of a run's folder.
package struct Audit: Sendable {
    /// The ledgers, by file.
    package private(set) var ledgers: [LedgerAudit] = []
    /// What was found, gravest first.
    package private(set) var findings: [AuditFinding] = []

    /// Checks a folder.
    ///
    /// - Parameter sites: The sites to audit alone; all that the folder names where there are none.
    /// - Throws: Errors of files that cannot be read; `CommandError` for a folder that holds nothing to audit.
    package init(folder path: String, sites: [String] = []) throws {
        try self.init(AuditFolder(path), path, sites: sites)
    }

    /// Checks a folder of which the keys were read.
    init(_ folder: AuditFolder, _ path: String, sites: [String] = []) throws {
        let receiptFiles = try folder.receipts()
        let receipts = ReceiptReading(
            folder.aggregator == nil ? [] : receiptFiles, publicKey: folder.aggregator?.signingKey ?? [],
            sites: sites.isEmpty ? nil : Set(sites))
        findings += receipts.findings
        if folder.aggregator == nil {
            findings.append(
                AuditFinding(
                    .notCheckable, "keys/aggregator.pub",
                    "the aggregator's key is absent: neither its receipts nor its signed heads can be checked"
                ))
        }
        let named = sites.isEmpty ? folder.sites + folder.siteKeys.keys + receipts.runs.keys : sites
        for site in Set(named).sorted() { try check(site, folder, receipts) }
        if ledgers.isEmpty, receiptFiles.isEmpty {
            throw CommandErrors.nothingToAudit(path)
        }
        AuditFinding.sort(&findings)
    }

    /// The exit status: 0, or that of the gravest finding.
    package var exitStatus: Int32 { findings.first?.kind.exitStatus ?? 0 }

    /// What was found that is a fault.
    package var faults: [AuditFinding] { findings.filter { $0.kind != .notCheckable } }

    private mutating func check(_ site: String, _ folder: AuditFolder, _ receipts: ReceiptReading) throws {
        let files = try folder.ledgers(of: site)
        guard !files.isEmpty else {
            findings.append(Self.withoutLedger(site, receipts))
            return
        }
        let heads = receipts.heads[site] ?? []
        let readings = files.map { LedgerReading($0, heads: heads) }
        for reading in readings {
            findings += reading.findings
            checkOwner(reading, site: site, keys: folder.siteKeys[site])
            if let aggregator = folder.aggregator {
                checkKept(reading, receipts, site: site, key: aggregator.signingKey)
            }
        }
        checkDistinct(readings)
        let known = Set(readings.compactMap { $0.state?.head.ledger })
        if let lost = heads.first(where: { !known.contains($0.head.ledger) }) {
            findings.append(Self.withheld(lost, site: site))
        }
        let hasReceipts = receipts.runs[site] != nil
        if !hasReceipts, folder.aggregator != nil {
            findings.append(
                AuditFinding(
                    .notCheckable, "receipts",
                    "there are no receipts for site \(site): whether each release was charged, and whether the "
                        + "ledger was rolled back, cannot be checked"))
        }
        ledgers += match(readings, receipts, site: site)
        if hasReceipts {
            for reading in readings { checkRuns(reading, received: receipts.runs[site] ?? []) }
        }
    }

    /// What is wrong with a site that has no ledger here.
    private static func withoutLedger(_ site: String, _ receipts: ReceiptReading) -> AuditFinding {
        if let opened = receipts.releases[site], let first = opened.first {
            return AuditFinding(
                .receiptWithoutEntry, first.place, entry: first.entry,
                "the aggregator opened \(opened.count) releases of site \(site), which has no ledger here")
        }
        if let head = receipts.heads[site]?.first { return withheld(head, site: site) }
        return AuditFinding(
            .notCheckable, "sites/\(site)",
            "site \(site) has neither a ledger nor receipts of releases here: what it released, and whether it was "
                + "charged, cannot be checked; to audit other sites alone, name them with --site")
    }

    private static func withheld(_ lost: CountersignedHead, site: String) -> AuditFinding {
        AuditFinding(
            .missingHead, "sites/\(site)", entry: 0,
            "no ledger here is ledger \(lost.head.ledger.short), of which \(lost.aggregator) signed entry "
                + "\(lost.head.sequence): another one was put in its place, or it is withheld")
    }

    private mutating func checkOwner(_ reading: LedgerReading, site: String, keys: [[UInt8]]?) {
        guard let state = reading.state else { return }
        if state.site != site {
            findings.append(
                AuditFinding(
                    .forbiddenEntry, reading.place, entry: 0,
                    "entry 0 opens a ledger of site \(state.site) in the folder of site \(site)"))
        }
        guard let keys else {
            findings.append(
                AuditFinding(
                    .notCheckable, "keys/authorized_sites/\(site).pub",
                    "the public line of site \(site) is absent: whose ledger it is cannot be checked"))
            return
        }
        if !keys.contains(state.opening.signingKey) {
            findings.append(
                AuditFinding(
                    .badSignature, reading.place, entry: 0,
                    "entry 0 names a signing key that is not in keys/authorized_sites/\(site).pub"))
        }
    }

    /// Finds ledgers of which another one is there already.
    private mutating func checkDistinct(_ readings: [LedgerReading]) {
        var ofDataset: [LedgerHash: String] = [:]
        var ofLedger: [LedgerHash: String] = [:]
        for reading in readings {
            guard let state = reading.state else { continue }
            let ledger = state.head.ledger
            if let first = ofLedger[ledger] {
                findings.append(
                    AuditFinding(
                        .duplicateLedger, reading.place, entry: 0,
                        "entry 0 opens ledger \(ledger.short), and so does \(first): one is a copy or a fork of the "
                            + "other"))
            } else if let first = ofDataset[state.opening.dataset] {
                findings.append(
                    AuditFinding(
                        .duplicateLedger, reading.place, entry: 0,
                        "entry 0 opens a ledger of data set \(state.opening.dataset.short), and so does \(first): "
                            + "neither ceiling holds for what both charge"))
            }
            ofLedger[ledger] = ofLedger[ledger] ?? reading.place
            ofDataset[state.opening.dataset] = ofDataset[state.opening.dataset] ?? reading.place
        }
    }

    /// Finds charges of runs whose receipts are not here.
    private mutating func checkRuns(_ reading: LedgerReading, received runs: Set<String>) {
        let others = reading.charges.filter { $0.release.map { !runs.contains($0.run) } ?? false }
        guard let first = others.first else { return }
        let names = Set(others.compactMap { $0.release?.run }).sorted()
        findings.append(
            AuditFinding(
                .notCheckable, reading.place, entry: first.entry,
                "\(others.count) releases are charged in \(names.count) runs whose receipts are not here, as "
                    + "\(names[0]): whether all releases of these runs are charged cannot be checked"))
    }

    /// Compares the signed heads that a ledger keeps with the aggregator's key and its receipts.
    ///
    /// A head was in the receipts before the site had it. It names no run: one beside releases of a run whose receipts
    /// are not here may be in those.
    private mutating func checkKept(
        _ reading: LedgerReading, _ receipts: ReceiptReading, site: String, key: [UInt8]
    ) {
        let runs = receipts.runs[site] ?? []
        let signed = Set((receipts.heads[site] ?? []).map(\.head))
        var missing: [LedgerReading.KeptHead] = []
        var others: [LedgerReading.KeptHead] = []
        for kept in reading.keptHeads {
            if !kept.signed.isSigned(by: key) {
                guard let run = kept.runBefore, run == kept.runAfter, runs.contains(run) else {
                    others.append(kept)
                    continue
                }
                findings.append(
                    AuditFinding(
                        .badSignature, reading.place, entry: kept.entry,
                        "entry \(kept.entry) keeps a head, within run \(run), that the key in keys/aggregator.pub did "
                            + "not sign"))
            } else if !runs.isEmpty, kept.runs.isSubset(of: runs), !signed.contains(kept.signed.head) {
                missing.append(kept)
            }
        }
        if let first = missing.first {
            findings.append(
                AuditFinding(
                    .incompleteReceipts, reading.place, entry: first.entry,
                    "entry \(first.entry) keeps a head that the aggregator signed, of entry "
                        + "\(first.signed.head.sequence), and its receipts for site \(site) have none of it"
                        + (missing.count > 1 ? ", nor \(missing.count - 1) more" : "")
                        + ": they were cut or replaced, or are not all here"))
        }
        if let first = others.first {
            findings.append(
                AuditFinding(
                    .notCheckable, reading.place, entry: first.entry,
                    "entry \(first.entry)\(others.count > 1 ? " and \(others.count - 1) more keep heads" : " keeps a head") "
                        + "that the key in keys/aggregator.pub did not sign: whether another aggregator did cannot be "
                        + "checked"))
        }
    }

    private mutating func match(
        _ readings: [LedgerReading], _ receipts: ReceiptReading, site: String
    ) -> [LedgerAudit] {
        let opened = receipts.releases[site] ?? []
        let received = Set(opened.map(\.release))
        let charged = Set(readings.flatMap { $0.charges.compactMap(\.hash) })
        let missing = opened.filter { !charged.contains($0.release) }
        if let first = missing.first {
            let refusal = readings.lazy.compactMap { $0.refused[first.release] }.first
            findings.append(
                AuditFinding(
                    .receiptWithoutEntry, first.place, entry: first.entry,
                    "receipt entry \(first.entry): the aggregator opened release \(first.release.short) of site \(site), "
                        + (refusal.map { "which entry \($0) refuses" } ?? "which no entry charges")
                        + (missing.count > 1 ? ", and \(missing.count - 1) more" : "")))
        }
        let runs = receipts.runs[site] ?? []
        return readings.map { reading in
            var audit = LedgerAudit(reading)
            for charge in reading.charges {
                guard let hash = charge.hash, let release = charge.release else { continue }
                if received.contains(hash) {
                    audit.receivedCount += 1
                } else if runs.contains(release.run) {
                    audit.unreceivedCount += 1
                } else {
                    audit.otherRunCount += 1
                }
            }
            return audit
        }
    }
}
