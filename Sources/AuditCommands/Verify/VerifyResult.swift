internal import CommandLineTools
internal import PrivacyLedger
package import Reporting

/// What an audit found, in words and in JSON.
package struct VerifyResult: CommandResult {
    private let audit: Audit

    package init(_ audit: Audit) { self.audit = audit }

    package var text: String {
        var lines = LabelledLines()
        for ledger in audit.ledgers {
            let reading = ledger.reading
            lines.append("ledger", reading.place)
            lines.append("  good entries", reading.state.map { "\($0.head.sequence + 1)" } ?? "0")
            lines.append("  releases charged", "\(reading.charges.count - lostCount(reading))")
            lines.append("  received", "\(ledger.receivedCount)")
            lines.append("  spent without a receipt", "\(ledger.unreceivedCount)")
            lines.append("  of runs not here", "\(ledger.otherRunCount)")
            lines.append("  refused", "\(reading.refusedCount)")
            lines.append("  lost and charged", "\(lostCount(reading))")
            let seeded = reading.state?.account.seededCount ?? 0
            lines.append("  not private", seeded > 0 ? "\(seeded) releases with noise of a seed" : nil)
            let recorded = reading.state?.account.recordedCount ?? 0
            lines.append("  not private", recorded > 0 ? "\(recorded) releases with recorded noise" : nil)
        }
        var text = lines.text
        for finding in audit.findings { text += finding.line }
        return text + "verdict: \(verdict)\n"
    }

    package var json: JSONValue {
        [
            "verdict": JSONValue(verdict), "exit_status": .integer(Int64(audit.exitStatus)),
            "ledgers": .array(audit.ledgers.map(Self.json)),
            "findings": .array(audit.findings.map(\.json)),
        ]
    }

    private var verdict: String { AuditFinding.verdict(of: audit.findings) }

    private func lostCount(_ reading: LedgerReading) -> Int { reading.state?.account.recoveredCount ?? 0 }

    private static func json(_ ledger: LedgerAudit) -> JSONValue {
        let state = ledger.reading.state
        return [
            "file": JSONValue(ledger.reading.place), "site": JSONValue(state?.site),
            "ledger": JSONValue(state?.head.ledger.description),
            "good_entries": JSONValue(state.map { Int($0.head.sequence) + 1 } ?? 0),
            "head": JSONValue(state?.head.hash.description),
            "charged": JSONValue(ledger.reading.charges.count - (state?.account.recoveredCount ?? 0)),
            "received": JSONValue(ledger.receivedCount),
            "spent_without_receipt": JSONValue(ledger.unreceivedCount),
            "of_other_runs": JSONValue(ledger.otherRunCount),
            "refused": JSONValue(ledger.reading.refusedCount),
            "lost": JSONValue(state?.account.recoveredCount ?? 0),
            "seeded": JSONValue(state?.account.seededCount ?? 0),
            "recorded": JSONValue(state?.account.recordedCount ?? 0),
        ]
    }
}
