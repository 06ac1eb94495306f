package import PrivacyLedger

/// The newest head of each privacy ledger that the aggregator signed, by site.
package struct SignedHeads: Sendable, Equatable {
    private var heads: [SiteName: [LedgerHash: LedgerHead]] = [:]

    /// Creates heads of no site.
    package init() {}

    /// Returns the newest head of a site's ledger; nil where none was signed.
    package func newest(of ledger: LedgerHash, at site: SiteName) -> LedgerHead? { heads[site]?[ledger] }

    /// Takes a head, unless a newer one of its ledger is known.
    package mutating func insert(_ head: LedgerHead, of site: SiteName) {
        if let newest = heads[site]?[head.ledger], newest.sequence > head.sequence { return }
        heads[site, default: [:]][head.ledger] = head
    }

    /// Whether heads of other ledgers of the site were signed, and none of this one.
    func isOfAnotherLedger(_ head: LedgerHead, at site: SiteName) -> Bool {
        guard let known = heads[site] else { return false }
        return known[head.ledger] == nil
    }

    /// Says why a head is not to be signed; nil where it may be.
    func fault(of head: LedgerHead, at site: SiteName) -> (code: Refusal.Code, message: String)? {
        guard let newest = heads[site]?[head.ledger] else {
            let count = heads[site]?.count ?? 0
            guard count >= FederationLimits.maximumLedgersPerSite else { return nil }
            return (
                .malformed,
                "the site has brought \(count) privacy ledgers; the bound is \(FederationLimits.maximumLedgersPerSite)"
            )
        }
        if head.sequence < newest.sequence {
            return (
                .ledgerBehind,
                "the privacy ledger \(head.ledger.short) ends at entry \(head.sequence), and entry \(newest.sequence) "
                    + "was signed: an older copy was put back; put back the newest"
            )
        }
        if head.sequence == newest.sequence, head.hash != newest.hash {
            return (
                .ledgerBehind,
                "the privacy ledger \(head.ledger.short) has another entry \(head.sequence) than was signed: it was "
                    + "forked; put back the one that was signed"
            )
        }
        return nil
    }
}
