internal import Federation
internal import PrivacyLedger

extension StudyPlan {
    /// Returns a site's message; a join of a private study with the head of a ledger that nothing is charged to.
    func completed(_ message: SiteMessage, of site: SiteName) -> SiteMessage {
        guard isPrivate, case .join(var request) = message else { return message }
        let hash = LedgerHash(ofRelease: Array(site.rawValue.utf8))
        request.ledgerHead = LedgerHead(ledger: hash, sequence: 0, hash: hash)
        return .join(request)
    }
}
