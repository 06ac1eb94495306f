internal import CommandLineTools
internal import PrivacyAccounting
package import Reporting

/// What an attack by canaries found, in words and in JSON.
package struct CanaryResult: CommandResult {
    private static let limits =
        "An empirical lower bound can refute a claim and never proves one: a better attack may find more."

    private let audit: CanaryAudit

    package init(_ audit: CanaryAudit) { self.audit = audit }

    package var text: String {
        var lines = LabelledLines()
        for attack in audit.attacked {
            lines.append("recording", attack.place)
            lines.append("  releases", "\(attack.releaseCount)")
            lines.append("  canaries", "\(attack.canaryCount)")
            lines.append("  claimed", "epsilon \(attack.claim) at delta \(attack.delta)")
            lines.append(
                "  one run",
                attack.oneRun.map {
                    "epsilon above \($0.epsilon): \($0.correctCount) of \($0.guessCount) guesses are right"
                })
        }
        for pool in audit.pooled {
            lines.append("site", pool.site)
            lines.append("  recordings", "\(pool.recordingCount)")
            lines.append("  canaries", "\(pool.canaryCount)")
            lines.append("  claimed", "epsilon \(pool.claim) at delta \(pool.delta)")
            lines.append("  error rates", "epsilon above \(pool.any.epsilon): \(Self.rates(pool.any))")
            lines.append(
                "  as one Gaussian",
                pool.gaussian.map {
                    "epsilon above \($0.gaussianEpsilon), mu above \($0.mu): \(Self.rates($0))"
                })
        }
        var text = lines.text + "all bounds hold together with confidence \(audit.confidence)\n"
        for finding in audit.findings { text += finding.line }
        return text + "verdict: \(verdict)\n\(Self.limits)\n"
    }

    package var json: JSONValue {
        [
            "verdict": JSONValue(verdict), "exit_status": .integer(Int64(audit.exitStatus)),
            "confidence": .number(audit.confidence),
            "recordings": .array(
                audit.attacked.map { attack in
                    [
                        "file": JSONValue(attack.place), "releases": JSONValue(attack.releaseCount),
                        "canaries": JSONValue(attack.canaryCount), "claimed_epsilon": .number(attack.claim),
                        "delta": .number(attack.delta),
                        "one_run": attack.oneRun.map {
                            [
                                "epsilon": .number($0.epsilon), "guesses": JSONValue($0.guessCount),
                                "right": JSONValue($0.correctCount),
                            ]
                        } ?? .null,
                    ]
                }),
            "sites": .array(
                audit.pooled.map { pool in
                    [
                        "site": JSONValue(pool.site), "recordings": JSONValue(pool.recordingCount),
                        "canaries": JSONValue(pool.canaryCount), "claimed_epsilon": .number(pool.claim),
                        "delta": .number(pool.delta), "epsilon": .number(pool.any.epsilon),
                        "false_positive_rate": .number(pool.any.falsePositiveRate),
                        "false_negative_rate": .number(pool.any.falseNegativeRate),
                        "gaussian_mu": JSONValue(pool.gaussian?.mu),
                        "gaussian_epsilon": JSONValue(pool.gaussian?.gaussianEpsilon),
                    ]
                }),
            "findings": .array(audit.findings.map(\.json)), "limits": JSONValue(Self.limits),
        ]
    }

    private var verdict: String {
        audit.findings.isEmpty ? "not refuted" : AuditFinding.verdict(of: audit.findings)
    }

    private static func rates(_ bounds: EmpiricalEpsilon.Bounds) -> String {
        "at most \(bounds.falseNegativeRate) missed, at most \(bounds.falsePositiveRate) falsely found"
    }
}
