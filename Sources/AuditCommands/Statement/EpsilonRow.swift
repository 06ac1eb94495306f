internal import PrivacyAccounting
internal import PrivacyLedger
internal import Reporting

/// Epsilon at one delta by every accountant that analyses the releases.
struct EpsilonFindings: Sendable {
    let delta: Double
    /// One Gaussian; unsampled Gaussian releases only.
    private(set) var exact: Double?
    /// Renyi divergences.
    private(set) var renyi: Double?
    /// The distribution of the privacy loss, from both sides.
    private(set) var loss: PrivacyBounds?
    /// The sum of each release's own epsilon at its part of delta: a ceiling for sanity.
    private(set) var basic: Double?

    /// Computes epsilon.
    ///
    /// - Throws: `AccountingError` for a delta out of range, and releases that no accountant analyses.
    init(_ tally: ReleaseTally, relation: NeighbouringRelation, delta: Double) throws {
        self.delta = delta
        exact = try Self.value {
            var account = ExactGaussianAccountant(relation: relation)
            try account.compose(tally)
            return try account.epsilon(delta: delta)
        }
        renyi = try Self.value {
            var account = RenyiAccountant(relation: relation)
            try account.compose(tally)
            return try account.epsilon(delta: delta)
        }
        loss = try Self.value {
            var account = LossDistributionAccountant(relation: relation)
            try account.compose(tally)
            return try account.epsilonBounds(delta: delta)
        }
        let count = tally.runs.reduce(0) { $0 + $1.count }
        basic = try Self.value {
            var sum = 0.0
            for run in tally.runs {
                var account = LossDistributionAccountant(relation: relation)
                try account.compose(ReleaseTally(run.release.event))
                let one = try account.epsilon(delta: delta / Double(count))
                sum += SimpleComposition.basic(epsilon: one, count: run.count)
            }
            return sum
        }
        guard exact != nil || renyi != nil || loss != nil else {
            throw AccountingError(.unsupportedEvent, "no accountant analyses these releases together")
        }
    }

    /// The smallest upper bound, which is the one to claim.
    var epsilon: Double { [exact, renyi, loss?.upper].compactMap(\.self).min() ?? .infinity }

    var json: JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
        return [
            "delta": .number(delta), "epsilon": .number(epsilon), "exact": number(exact),
            "rdp": number(renyi),
            "pld_lower": number(loss?.lower), "pld_upper": number(loss?.upper), "basic": number(basic),
        ]
    }

    private static func value<Value>(_ body: () throws -> Value) throws -> Value? {
        do {
            return try body()
        } catch let error as AccountingError where error.code == .unsupportedEvent {
            return nil
        }
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
