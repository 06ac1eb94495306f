package import PrivacyLedger

/// One ledger as an auditor reads it: up to its end, or to its first bad entry.
package struct LedgerReading: Sendable {
    /// A charge, as far as an audit needs it.
    package struct Charge: Sendable {
        /// The entry's number.
        package let entry: UInt64
        /// Milliseconds since 1970.
        package let time: Int64
        /// What was charged; nil for a lost release.
        package let release: PrivateRelease?
        /// The hash of what was sent; nil for a lost release.
        package let hash: LedgerHash?
        /// The policy at the charge.
        package let policy: PrivacyPolicy
    }

    /// A signed head that an entry keeps.
    struct KeptHead {
        var entry: UInt64
        var signed: CountersignedHead
        /// The run of the newest release before it.
        var runBefore: String?
        /// The run of the first release after it.
        var runAfter: String?

        /// The runs that it may be of, where it is of one that released something.
        var runs: Set<String> { Set([runBefore, runAfter].compactMap(\.self)) }
    }

    /// The file, from the audited folder on.
    package let place: String
    /// What the good entries amount to; nil where not even the first is good.
    package let state: LedgerState?
    /// The charges, in order.
    package private(set) var charges: [Charge] = []
    /// How often each release was refused.
    package private(set) var refusedCount = 0
    /// Hashes of refused releases, with the entries' numbers.
    private(set) var refused: [LedgerHash: UInt64] = [:]
    /// Numbers of the entries that changed the ceiling.
    package private(set) var policyChanges: [UInt64] = []
    private(set) var keptHeads: [KeptHead] = []
    private(set) var findings: [AuditFinding] = []

    /// Reads a ledger.
    ///
    /// - Parameter heads: All heads that the aggregator signed for the site.
    init(_ file: AuditFolder.File, heads: [CountersignedHead]) {
        place = file.place
        var own: [CountersignedHead] = []
        if case .record(let first, _) = SignedRecord.parse(file.bytes, at: 0, purpose: .ledger) {
            own = heads.filter { $0.head.ledger == first.hash }
        }
        var replay = LedgerReplay(check: .every, heads: own)
        var entries: [LedgerEntry] = []
        var hashes: [LedgerHash] = []
        do throws(LedgerError) {
            try replay.read(file.bytes) { entry, hash in
                entries.append(entry)
                hashes.append(hash)
            }
            if case .torn(let offset, let bytes) = try replay.finish() {
                let entry = UInt64(entries.count)
                throw LedgerError(
                    .tornTail,
                    "entry \(entry) (offset \(offset)): \(bytes.count) bytes that are no whole record, and no signed "
                        + "recovery covers them",
                    entry: entry)
            }
        } catch {
            findings.append(AuditFinding(error, place))
        }
        state = replay.state
        if state == nil, findings.isEmpty {
            findings.append(
                AuditFinding(.brokenChain, place, entry: 0, "entry 0 is missing: the file is empty"))
        }
        take(entries)
        for kept in keptHeads {
            let head = kept.signed.head
            guard hashes[Int(head.sequence)] != head.hash else { continue }
            findings.append(
                AuditFinding(
                    .missingHead, place, entry: head.sequence,
                    "entry \(kept.entry) keeps a signed head of another record than entry \(head.sequence)"))
        }
    }

    private mutating func take(_ entries: [LedgerEntry]) {
        var policy: PrivacyPolicy?
        var run: String?
        for entry in entries {
            if let release = entry.release {
                run = release.run
                for index in keptHeads.indices.reversed() {
                    guard keptHeads[index].runAfter == nil else { break }
                    keptHeads[index].runAfter = run
                }
            }
            switch entry.content {
            case .opened(let opening): policy = opening.policy
            case .policyChanged(let changed):
                policy = changed
                policyChanges.append(entry.sequence)
            case .charged(let release, let hash):
                guard let policy else { continue }
                charges.append(
                    Charge(
                        entry: entry.sequence, time: entry.time, release: release, hash: hash, policy: policy)
                )
            case .recovered:
                guard let policy else { continue }
                charges.append(
                    Charge(entry: entry.sequence, time: entry.time, release: nil, hash: nil, policy: policy))
            case .refused(_, let hash, _):
                refusedCount += 1
                refused[hash] = entry.sequence
            case .acknowledged(let head):
                keptHeads.append(KeptHead(entry: entry.sequence, signed: head, runBefore: run))
            }
        }
    }
}

extension LedgerEntry {
    /// The release that it charges or refuses.
    fileprivate var release: PrivateRelease? {
        switch content {
        case .charged(let release, _), .refused(let release, _, _): release
        case .opened, .recovered, .policyChanged, .acknowledged: nil
        }
    }
}
