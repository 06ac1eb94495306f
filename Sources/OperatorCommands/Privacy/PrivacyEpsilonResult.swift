internal import PrivacyAccounting
package import Reporting

/// The epsilon of noisy sums, by one accountant or several.
package struct PrivacyEpsilonResult: CommandResult {
    /// What one accountant found.
    package struct Finding: Sendable, Equatable {
        /// The accountant's name on the command line.
        package let accountant: String
        /// The epsilon to claim: an upper bound; infinite where nothing is protected.
        package let epsilon: Double
        /// The bound that no epsilon is below, where the accountant has one.
        package let lowerBound: Double?
        /// The Renyi order that gave epsilon.
        package let order: Double?
    }

    /// One for each accountant that applies.
    package let findings: [Finding]
    private let releases: SampledReleases
    private let noiseMultiplier: Double

    /// Computes epsilon.
    ///
    /// - Throws: `AccountingError` for an accountant that was asked for and has no analysis; with `all` it is
    ///   left out.
    package init(_ releases: SampledReleases, noiseMultiplier: Double, accountant: AccountantChoice) throws {
        self.releases = releases
        self.noiseMultiplier = noiseMultiplier
        let tally = try ReleaseTally(releases.event(noiseMultiplier: noiseMultiplier))
        let (relation, delta) = (releases.relation, releases.delta)
        func finding(_ choice: AccountantChoice) throws -> Finding {
            switch choice {
            case .exact:
                var account = ExactGaussianAccountant(relation: relation)
                try account.compose(tally)
                let epsilon = try account.epsilon(delta: delta)
                // It is rounded up by less.
                return Finding(
                    accountant: choice.rawValue, epsilon: epsilon, lowerBound: epsilon * (1 - 1e-10),
                    order: nil)
            case .rdp:
                var account = RenyiAccountant(relation: relation)
                try account.compose(tally)
                let result = try account.epsilon(delta: delta, conversion: .improved)
                return Finding(
                    accountant: choice.rawValue, epsilon: result.epsilon, lowerBound: nil, order: result.order
                )
            case .pld, .all:
                var account = LossDistributionAccountant(relation: relation)
                try account.compose(tally)
                let bounds = try account.epsilonBounds(delta: delta)
                return Finding(
                    accountant: AccountantChoice.pld.rawValue, epsilon: bounds.upper,
                    lowerBound: bounds.lower,
                    order: nil)
            }
        }
        guard accountant == .all else {
            findings = [try finding(accountant)]
            return
        }
        var findings: [Finding] = []
        for choice in [AccountantChoice.exact, .rdp, .pld] {
            do {
                findings.append(try finding(choice))
            } catch let error as AccountingError where error.code == .unsupportedEvent {
                continue
            }
        }
        self.findings = findings
    }

    /// The smallest epsilon found, which is the one to claim.
    package var epsilon: Double { findings.map(\.epsilon).min() ?? .infinity }

    /// The largest lower bound found.
    package var lowerBound: Double? { findings.compactMap(\.lowerBound).max() }

    package var text: String {
        // All digits: rounded to the nearest, an upper bound could be none.
        var lines = LabelledLines()
        lines.append("epsilon", "\(epsilon)")
        lines.append("lower bound", lowerBound.map { "\($0)" })
        for finding in findings {
            let order = finding.order.map { ", order \($0)" } ?? ""
            lines.append(
                "by \(finding.accountant)", "\(finding.epsilon)" + order)
        }
        lines.append("delta", "\(releases.delta)")
        lines.append("relation", releases.relation.rawValue)
        lines.append("noise multiplier", "\(noiseMultiplier)")
        lines.append("sampling", releases.samplingText)
        lines.append("steps", "\(releases.steps)")
        lines.append("not proven", releases.assumption)
        return lines.text
    }

    /// Where nothing is protected `epsilon` is null and `is_private` false: JSON has no infinity.
    package var json: JSONValue {
        var accountants = JSONObject()
        for finding in findings {
            accountants[finding.accountant] = [
                "epsilon": JSONValue(finding.epsilon), "epsilon_lower": JSONValue(finding.lowerBound),
                "order": JSONValue(finding.order),
            ]
        }
        return [
            "epsilon": JSONValue(epsilon), "epsilon_lower": JSONValue(lowerBound),
            "epsilon_upper": JSONValue(epsilon), "is_private": JSONValue(epsilon.isFinite),
            "delta": JSONValue(releases.delta), "relation": JSONValue(releases.relation.rawValue),
            "noise_multiplier": JSONValue(noiseMultiplier), "sampling_rate": JSONValue(releases.samplingRate),
            "steps": JSONValue(releases.steps), "assumption": JSONValue(releases.assumption),
            "accountants": .object(accountants),
        ]
    }
}
