/// What a ledger's entries amount to: the same at the site that writes them and at the auditor who reads them.
package struct LedgerState: Sendable {
    /// The site that keeps the ledger.
    package let site: String
    /// What the first entry says.
    package let opening: LedgerEntry.Opening
    /// What was charged.
    package private(set) var account: LedgerAccount
    /// The newest record.
    package private(set) var head: LedgerHead
    /// The release that the newest entry refuses.
    private(set) var refused: (release: LedgerHash, refusal: Refusal)?
    private(set) var recent = RecentReleases()

    /// Begins with the first entry.
    ///
    /// - Throws: ``LedgerError`` `forbiddenEntry`, `brokenChain`.
    init(first entry: LedgerEntry, hash: LedgerHash) throws(LedgerError) {
        guard case .opened(let opening) = entry.content else {
            throw LedgerError(.forbiddenEntry, "the first entry does not open the ledger", entry: 0)
        }
        guard entry.sequence == 0, entry.previous == .zero else {
            throw LedgerError(.brokenChain, "the first entry has the number \(entry.sequence)", entry: 0)
        }
        site = entry.site
        self.opening = opening
        account = try LedgerAccount(policy: opening.policy)
        head = LedgerHead(ledger: hash, sequence: 0, hash: hash)
    }

    /// Takes the next entry.
    ///
    /// - Parameter offset: Where its record begins in the file.
    /// - Throws: ``LedgerError`` `brokenChain` or `forbiddenEntry`; the state is then not to be used.
    mutating func apply(_ entry: LedgerEntry, hash: LedgerHash, offset: Int) throws(LedgerError) {
        let expected = head.sequence + 1
        guard entry.sequence == expected else {
            throw LedgerError(
                .brokenChain, "has the number \(entry.sequence) in the place of \(expected)", entry: expected)
        }
        guard entry.previous == head.hash else {
            throw LedgerError(
                .brokenChain, "follows another record than entry \(head.sequence)", entry: expected)
        }
        guard entry.site == site else {
            throw LedgerError(
                .forbiddenEntry, "is of site \(entry.site) in a ledger of site \(site)", entry: expected)
        }
        refused = nil
        switch entry.content {
        case .opened:
            throw LedgerError(.forbiddenEntry, "opens a ledger within another", entry: expected)
        case .charged(let release, let hash):
            if let refusal = account.charge(release, dataset: opening.dataset) {
                throw LedgerError(
                    .forbiddenEntry, "charges a release that is not allowed: \(refusal.reason)",
                    entry: expected)
            }
            recent.insert(
                RecentReleases.identity(of: release, hash: hash),
                RecentReleases.Charge(entry: expected, isPrivate: release.noiseSource == .system))
        case .refused(_, let release, let refusal): refused = (release, refusal)
        case .recovered(let recovery):
            let policy = account.policy
            guard recovery.offset == UInt64(offset), recovery.mechanism == policy.mechanism,
                recovery.noiseMultiplier == policy.smallestNoiseMultiplier,
                recovery.sampling == policy.sampling
            else {
                throw LedgerError(
                    .forbiddenEntry,
                    "recovers another place than its own, offset \(offset), or charges another release than the policy's largest",
                    entry: expected)
            }
            account.chargeLost()
        case .policyChanged(let policy): try account.change(to: policy)
        case .acknowledged(let signed):
            guard signed.head.ledger == head.ledger, signed.head.sequence < expected else {
                throw LedgerError(
                    .forbiddenEntry, "acknowledges a head that is not in this ledger", entry: expected)
            }
        }
        head = LedgerHead(ledger: head.ledger, sequence: expected, hash: hash)
    }
}
