internal import PrivacyLedger

/// What a claim rests on, by what the ledger and the receipts show of it.
struct Assumptions: Sendable {
    private(set) var met: [String] = []
    private(set) var notMet: [String] = []
    private(set) var notCheckable: [String] = []

    /// Sorts the assumptions of one ledger's claim.
    init(_ ledger: LedgerAudit, _ audit: Audit) {
        let state = ledger.reading.state
        let account = state?.account
        if audit.faults.isEmpty {
            met.append("every record is signed, in order, and allowed by the policy before it")
        } else {
            notMet.append("verification found \(audit.faults.count) faults; see atoll-audit verify")
        }
        let absent = audit.findings.filter { $0.kind == .notCheckable }
        if absent.isEmpty, audit.faults.isEmpty {
            met.append("every release that the aggregator opened is charged here")
        }
        notCheckable += absent.map(\.message)
        if account?.seededCount ?? 0 > 0 {
            notMet.append(
                "noise is secret: \(account?.seededCount ?? 0) releases have noise of a seed and are not private"
            )
        } else {
            met.append("the site says of every release that its noise came from the system's generator")
        }
        if account?.isExhausted == true {
            notMet.append("everything charged is within the ceiling: lost releases were charged past it")
        } else {
            met.append(
                "everything charged is within the ceiling, by a filter that holds for adaptive releases")
        }
        if let first = ledger.reading.policyChanges.first {
            notCheckable.append(
                "the ceiling was fixed beforehand: it was changed, first in entry \(first), and the claim holds where "
                    + "the change did not depend on releases")
        } else {
            met.append("the ceiling was fixed before the first release")
        }
        notCheckable += [
            "vectors were clipped, and noise drawn, as the entries say",
            "no data left the site by another channel, as metrics, models or tuning runs",
            "the same people's data are in no other ledger: where they are, the ledgers add up",
        ]
        if account?.policy.sampling != .all {
            notCheckable.append("each sample was drawn anew, independently and in secret, as the entries say")
        }
    }
}
