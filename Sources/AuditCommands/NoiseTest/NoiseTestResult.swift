internal import CommandLineTools
internal import PrivacyAccounting
internal import PrivacyRecording
package import Reporting

/// What a noise test found, in words and in JSON.
package struct NoiseTestResult: CommandResult {
    private static let limits =
        "That no test fails does not prove the claim: a recording shows what the site's program wrote down."

    private let audit: NoiseTestAudit

    package init(_ audit: NoiseTestAudit) { self.audit = audit }

    package var text: String {
        var lines = LabelledLines()
        for recording in audit.recordings {
            lines.append("recording", recording.place)
            lines.append("  releases", "\(recording.stepCount)")
            if let step = recording.step {
                lines.append("  step", "p - \(step.eta) * \(step.factor) * noisy mean")
            }
            for test in recording.tests {
                let of = test.count > 1 ? ", the smallest of \(test.count)" : ""
                lines.append("  \(test.name)", "p = \(test.pValue)\(of)")
            }
        }
        var text = lines.text
        text += "a test fails below p = \(audit.threshold)\n"
        for finding in audit.findings { text += finding.line }
        return text + "verdict: \(AuditFinding.verdict(of: audit.findings))\n\(Self.limits)\n"
    }

    package var json: JSONValue {
        [
            "verdict": JSONValue(AuditFinding.verdict(of: audit.findings)),
            "exit_status": .integer(Int64(audit.exitStatus)), "threshold": .number(audit.threshold),
            "recordings": .array(
                audit.recordings.map { recording in
                    [
                        "file": JSONValue(recording.place), "releases": JSONValue(recording.stepCount),
                        "eta": JSONValue(recording.step?.eta), "factor": JSONValue(recording.step?.factor),
                        "tests": .array(recording.tests.map(Self.json)),
                    ]
                }),
            "findings": .array(audit.findings.map(\.json)), "limits": JSONValue(Self.limits),
        ]
    }

    private static func json(_ test: StatisticalTest) -> JSONValue {
        [
            "name": JSONValue(test.name), "p": .number(test.pValue), "smallest_of": JSONValue(test.count),
        ]
    }
}
