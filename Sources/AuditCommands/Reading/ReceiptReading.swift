internal import PrivacyLedger

/// What the aggregator's receipts say, all files together.
struct ReceiptReading {
    /// A release that the aggregator opened.
    struct Opened {
        var release: LedgerHash
        var place: String
        var entry: UInt64
    }

    /// Releases by site.
    private(set) var releases: [String: [Opened]] = [:]
    /// Heads of ledgers by site.
    private(set) var heads: [String: [CountersignedHead]] = [:]
    /// The runs of which there are receipts, by site.
    private(set) var runs: [String: Set<String>] = [:]
    private(set) var findings: [AuditFinding] = []

    /// Reads receipts.
    ///
    /// - Parameter sites: The sites whose receipts count; all where it is nil.
    init(_ files: [AuditFolder.File], publicKey: [UInt8], sites: Set<String>?) {
        for file in files {
            var replay = ReceiptReplay(publicKey: publicKey)
            var entries: [ReceiptEntry] = []
            var fault: AuditFinding?
            do throws(LedgerError) {
                try replay.read(file.bytes) { entries.append($0) }
                try replay.finish()
            } catch {
                fault = AuditFinding(error, file.place)
            }
            if let site = replay.site, sites?.contains(site) == false { continue }
            if let fault { findings.append(fault) }
            guard let site = replay.site, let run = replay.run else { continue }
            runs[site, default: []].insert(run)
            for entry in entries {
                switch entry.content {
                case .opened: continue
                case .receipts(let receipts):
                    releases[site, default: []] += receipts.map {
                        Opened(release: $0.release, place: file.place, entry: entry.sequence)
                    }
                case .head(let head): heads[site, default: []].append(head)
                }
            }
        }
    }
}
