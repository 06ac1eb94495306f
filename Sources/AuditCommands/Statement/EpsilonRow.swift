internal import PrivacyAccounting
internal import PrivacyLedger
internal import Reporting

/// Epsilon at one delta, as a statement shows it.
struct EpsilonRow: Sendable {
    let findings: EpsilonFindings
    /// The sum of each release's own epsilon at its part of delta, a ceiling for sanity; nil where one has no analysis.
    let basic: Double?

    /// Computes epsilon.
    ///
    /// - Throws: `AccountingError` for a delta out of range, and releases that no accountant analyses.
    init(
        _ tally: ReleaseTally, relation: NeighbouringRelation, delta: Double
    ) throws(AccountingError) {
        findings = try EpsilonFindings(tally, relation: relation, delta: delta)
        let count = tally.runs.reduce(0) { $0 + $1.count }
        do throws(AccountingError) {
            var sum = 0.0
            for run in tally.runs {
                var account = LossDistributionAccountant(relation: relation)
                try account.compose(ReleaseTally(run.release.event))
                let one = try account.epsilon(delta: delta / Double(count))
                sum += SimpleComposition.basic(epsilon: one, count: run.count)
            }
            basic = sum
        } catch {
            guard error.code == .unsupportedEvent else { throw error }
            basic = nil
        }
    }

    var json: JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
        return [
            "delta": .number(findings.delta), "epsilon": .number(findings.epsilon),
            "exact": number(findings.exact), "rdp": number(findings.renyi),
            "pld_lower": number(findings.loss?.lower), "pld_upper": number(findings.loss?.upper),
            "basic": number(basic),
        ]
    }
}

extension ReleaseTally {
    /// Creates the tally of charges; a lost one is the policy's largest.
    ///
    /// - Throws: `AccountingError` for releases that no accountant analyses.
    init(of charges: some Sequence<LedgerReading.Charge>) throws {
        var counts: [PrivacyEvent: Int] = [:]
        for charge in charges {
            counts[charge.release?.event ?? charge.policy.largestRelease, default: 0] += 1
        }
        try self.init(.composed(counts.map { .selfComposed($0.key, count: $0.value) }))
    }
}

extension Release {
    /// The event whose only release this is.
    fileprivate var event: PrivacyEvent {
        switch self {
        case .gaussian(let noise): .gaussian(noiseMultiplier: noise)
        case .discreteGaussian(let noise): .discreteGaussian(noiseMultiplier: noise)
        case .laplace(let scale): .laplace(scale: scale)
        case .poissonGaussian(let rate, let noise):
            .poissonSampled(rate: rate, .gaussian(noiseMultiplier: noise))
        case .fixedSizeGaussian(let rate, let noise):
            .sampledWithoutReplacement(rate: rate, .gaussian(noiseMultiplier: noise))
        }
    }
}
