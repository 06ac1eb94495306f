internal import PrivacyAccounting
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
        let (seeded, recorded) = (account?.seededCount ?? 0, account?.recordedCount ?? 0)
        if seeded > 0 {
            notMet.append("noise is secret: \(seeded) releases have noise of a seed and are not private")
        }
        if recorded > 0 {
            notMet.append(
                "noise is secret: \(recorded) releases have recorded noise and are not private")
        }
        if seeded == 0, recorded == 0 {
            met.append("the site says of every release that its noise came from the system's generator")
        }
        if account?.isExhausted == true, let last = ledger.reading.policyChanges.last {
            notMet.append(
                "everything charged is within the ceiling: entry \(last) made it one that does not hold what was charged "
                    + "before, each lost release being the policy's largest")
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
        if let lost = account?.recoveredCount, lost > 0 {
            notCheckable.append(
                "\(lost) lost releases had been granted, as their entries were begun after that: the ceiling counts each as "
                    + "the policy's largest or as what was left of it, the tables as the largest, so that epsilon there "
                    + "may be above the claim")
        }
        notCheckable += [
            "vectors were clipped, and noise drawn, as the entries say",
            "no data left the site by another channel, as metrics, models or tuning runs",
            "the same people's data are in no other ledger: where they are, the ledgers add up",
        ]
        if let policy = account?.policy, policy.sampling != .all {
            notCheckable.append("each sample was drawn anew, independently and in secret, as the entries say")
            if case .poisson = policy.sampling, let assumption = policy.relation.poissonAssumption {
                notCheckable.append(assumption)
            }
        }
    }
}
