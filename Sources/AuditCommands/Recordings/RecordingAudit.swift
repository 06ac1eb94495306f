internal import PrivacyLedger
internal import PrivacyRecording

/// All recordings of a run's folder, with its ledgers verified first.
struct RecordingAudit {
    /// The recordings of one site.
    struct Site {
        var name: String
        var recordings: [RecordingReading]
    }

    /// The sites that have recordings.
    private(set) var sites: [Site] = []
    /// Faults of the ledgers, keys that are absent, what no recording shows, and what is wrong with releases, unsorted.
    private(set) var findings: [AuditFinding]

    /// Reads a folder.
    ///
    /// Receipts, and ledgers of sites without recordings, that are absent are no finding here: `verify` is for them.
    ///
    /// - Throws: `CommandError` for a folder without recordings; errors of files that cannot be read.
    init(folder path: String) throws {
        let folder = try AuditFolder(path)
        let audit = try Audit(folder, path)
        findings = audit.findings.filter { $0.kind != .notCheckable || $0.place.hasPrefix("keys/") }
        for name in folder.sites {
            let files = try folder.recordings(of: name)
            let ledgers = audit.ledgers.map(\.reading).filter { $0.place.hasPrefix("sites/\(name)/") }
            var charged: [LedgerHash: LedgerReading.Charge] = [:]
            for charge in ledgers.flatMap(\.charges) {
                if let hash = charge.hash { charged[hash] = charged[hash] ?? charge }
            }
            let recordings = files.map { RecordingReading($0, site: name, charged: charged) }
            findings += recordings.flatMap(\.findings)
            findings += Self.unrecorded(ledgers, recordings)
            if !recordings.isEmpty { sites.append(Site(name: name, recordings: recordings)) }
        }
        guard !sites.isEmpty else { throw CommandErrors.nothingRecorded(path) }
    }

    /// Finds charges that no recording shows.
    private static func unrecorded(
        _ ledgers: [LedgerReading], _ recordings: [RecordingReading]
    ) -> [AuditFinding] {
        let recorded = Set(recordings.flatMap { $0.charges.compactMap(\.hash) })
        return ledgers.compactMap { ledger in
            let others = ledger.charges.filter { charge in
                charge.hash.map { !recorded.contains($0) } ?? false
            }
            guard let first = others.first else { return nil }
            return AuditFinding(
                .notCheckable, ledger.place, entry: first.entry,
                "entry \(first.entry)\(others.count > 1 ? " and \(others.count - 1) more charge" : " charges") "
                    + "releases that are in no recording: nothing is said of them")
        }
    }
}
