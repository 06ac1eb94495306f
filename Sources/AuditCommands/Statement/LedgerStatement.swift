internal import CommandLineTools
internal import PrivacyAccounting
internal import PrivacyLedger
internal import PrivacyMechanisms
internal import Reporting

/// The complete claim of one ledger.
struct LedgerStatement {
    /// Epsilon after some of the releases.
    struct Moment {
        var releaseCount: Int
        var time: Int64
        var epsilon: Double
    }

    /// Points of epsilon over time, at most.
    static let momentCount = 8

    private let ledger: LedgerAudit
    private let state: LedgerState
    private let assumptions: Assumptions
    private let table: [EpsilonRow]
    private let moments: [Moment]
    private let isFaulty: Bool

    /// Computes a statement; nil for a ledger of which not even the first entry is good.
    ///
    /// - Throws: `AccountingError` for a delta out of range.
    init?(_ ledger: LedgerAudit, _ audit: Audit, deltas: [Double]) throws {
        guard let state = ledger.reading.state else { return nil }
        self.ledger = ledger
        self.state = state
        assumptions = Assumptions(ledger, audit)
        isFaulty = !audit.faults.isEmpty
        let charges = ledger.reading.charges
        let policy = state.account.policy
        let whole = try ReleaseTally(of: charges)
        let all = (Set(deltas).union([policy.delta])).sorted(by: >)
        table = try all.map { try EpsilonRow(whole, relation: policy.relation, delta: $0) }
        let count = min(Self.momentCount, charges.count)
        moments = try (0..<count).map { index in
            let end = (index + 1) * charges.count / count
            let epsilon = try EpsilonFindings(
                try ReleaseTally(of: charges.prefix(end)), relation: policy.relation, delta: policy.delta
            ).epsilon
            return Moment(releaseCount: end, time: charges[end - 1].time, epsilon: epsilon)
        }
    }

    private var releases: [PrivateRelease] { ledger.reading.charges.compactMap(\.release) }

    /// Whether the ceiling is claimed: everything is charged within it, with secret noise, and no fault was found.
    private var isClaimed: Bool {
        !isFaulty && state.account.notPrivateCount == 0 && !state.account.isExhausted
    }

    /// The site.
    var site: String { state.site }
    /// The file.
    var place: String { ledger.reading.place }
    /// The policy, where its ceiling is claimed.
    var claimed: PrivacyPolicy? { isClaimed ? state.account.policy : nil }

    private var claim: String {
        let policy = state.account.policy
        guard isClaimed else { return "none: see the assumptions that are not met" }
        return "(\(policy.epsilon), \(policy.delta))-differential privacy, a ceiling that no release may pass"
    }

    private static let protected =
        "every release that the site charged to this ledger, and whatever is computed from them: models, other sites' "
        + "columns, later releases"
    private static let trust =
        "the aggregator and all other sites may be curious and collude; the site's own machine is trusted"

    private var noise: String {
        let multipliers = releases.map(\.noiseMultiplier)
        guard let low = multipliers.min(), let high = multipliers.max() else { return "no release" }
        return low == high ? "\(low)" : "\(low) to \(high)"
    }

    private var samplings: [String] {
        Set(releases.map(\.sampling.name)).sorted()
    }

    private var period: String? {
        guard let first = ledger.reading.charges.first, let last = ledger.reading.charges.last else {
            return nil
        }
        return Timestamp(millisecondsSinceEpoch: first.time).rfc3339 + " to "
            + Timestamp(millisecondsSinceEpoch: last.time).rfc3339 + " by the site's clock"
    }

    var text: String {
        let policy = state.account.policy
        var lines = LabelledLines()
        lines.append("site", state.site)
        lines.append("ledger", ledger.reading.place)
        lines.append("claim", claim)
        lines.append("unit", policy.unit.name)
        lines.append("relation", policy.relation.rawValue)
        lines.append("protected", Self.protected)
        lines.append("trust", Self.trust)
        lines.append("mechanism", "\(policy.mechanism.name) noise on sums of clipped vectors")
        lines.append("noise multiplier", noise)
        lines.append("sampling", samplings.isEmpty ? "no release" : samplings.joined(separator: "; "))
        lines.append(
            "releases",
            "\(releases.count) of \(Set(releases.map(\.task)).count) tasks in \(Set(releases.map(\.run)).count) runs, and "
                + "\(state.account.recoveredCount) lost ones, each charged as the policy's largest or what was left"
        )
        lines.append("period", period)
        lines.append(
            "spent", "epsilon \(state.account.odometer) at delta \(policy.delta), an odometer, no claim")
        return lines.text + "\nEpsilon of everything charged, for parameters fixed beforehand\n" + deltaTable
            + "\nEpsilon over time, at delta \(policy.delta)\n" + timeTable
            + Self.list("Met", assumptions.met) + Self.list("Not met", assumptions.notMet)
            + Self.list("Not checkable from these files", assumptions.notCheckable)
    }

    private var deltaTable: String {
        var rows = TextTable([
            ("delta", .left), ("exact", .right), ("rdp", .right), ("pld at least", .right),
            ("pld at most", .right),
            ("basic", .right),
        ])
        func cell(_ value: Double?) -> String { value.map { "\($0)" } ?? "-" }
        for row in table {
            rows.append([
                "\(row.findings.delta)", cell(row.findings.exact), cell(row.findings.renyi),
                cell(row.findings.loss?.lower), cell(row.findings.loss?.upper), cell(row.basic),
            ])
        }
        return rows.text
    }

    private var timeTable: String {
        var rows = TextTable([("releases", .right), ("time", .left), ("epsilon", .right)])
        for moment in moments {
            rows.append([
                "\(moment.releaseCount)", Timestamp(millisecondsSinceEpoch: moment.time).rfc3339,
                "\(moment.epsilon)",
            ])
        }
        return rows.text
    }

    private static func list(_ title: String, _ lines: [String]) -> String {
        lines.isEmpty ? "" : "\n\(title)\n" + lines.map { "- \($0)\n" }.joined()
    }

    var json: JSONValue {
        let policy = state.account.policy
        return [
            "site": JSONValue(state.site), "ledger": JSONValue(ledger.reading.place),
            "head": JSONValue(state.head.hash.description),
            "claim": isClaimed
                ? ["epsilon": .number(policy.epsilon), "delta": .number(policy.delta)] : .null,
            "ceiling": ["epsilon": .number(policy.epsilon), "delta": .number(policy.delta)],
            "unit": JSONValue(policy.unit.name), "relation": JSONValue(policy.relation.rawValue),
            "protected": JSONValue(Self.protected), "trust": JSONValue(Self.trust),
            "mechanism": JSONValue(policy.mechanism.name), "sampling": JSONValue(samplings),
            "noise_multipliers": JSONValue(Set(releases.map(\.noiseMultiplier)).sorted()),
            "releases": JSONValue(releases.count), "lost_releases": JSONValue(state.account.recoveredCount),
            "seeded_releases": JSONValue(state.account.seededCount),
            "recorded_releases": JSONValue(state.account.recordedCount),
            "tasks": JSONValue(Set(releases.map(\.task)).sorted()),
            "runs": JSONValue(Set(releases.map(\.run)).sorted()),
            "spent_epsilon": .number(state.account.odometer), "epsilon": .array(table.map(\.json)),
            "over_time": .array(
                moments.map {
                    [
                        "releases": JSONValue($0.releaseCount), "time": .integer($0.time),
                        "epsilon": .number($0.epsilon),
                    ]
                }),
            "assumptions": [
                "met": JSONValue(assumptions.met), "not_met": JSONValue(assumptions.notMet),
                "not_checkable": JSONValue(assumptions.notCheckable),
            ],
        ]
    }
}
