internal import PrivacyAccounting
internal import PrivacyLedger
internal import PrivacyMechanisms
internal import PrivacyRecording

/// Lower bounds on epsilon from recorded canaries, against what the ledgers' entries of the same releases amount to.
package struct CanaryAudit: Sendable {
    /// One recording's canaries.
    struct Attacked: Sendable {
        var place: String
        var canaryCount: Int
        var releaseCount: Int
        /// Epsilon of the recorded releases by the ledger, at ``delta``.
        var claim: Double
        var delta: Double
        /// From guesses about this run alone; nil for fewer than two canaries.
        var oneRun: CanaryTrials.OneRun?
    }

    /// All recordings of a site whose canaries are trials of their own.
    struct Pooled: Sendable {
        var site: String
        var recordingCount: Int
        var canaryCount: Int
        /// The largest claim of the recordings.
        var claim: Double
        var delta: Double
        var any: EmpiricalEpsilon.Bounds
        /// Where each recording's releases are one Gaussian.
        var gaussian: EmpiricalEpsilon.Bounds?
    }

    /// The probability that no bound is above the true epsilon, all bounds together.
    let confidence: Double
    private(set) var attacked: [Attacked] = []
    private(set) var pooled: [Pooled] = []
    /// What was found, gravest first.
    package private(set) var findings: [AuditFinding]

    /// Attacks the recordings of a folder.
    ///
    /// - Parameter confidence: Above 0 and below 1.
    /// - Throws: `CommandError` for a folder without recordings; errors of files that cannot be read, and
    ///   `AccountingError` for releases that no accountant analyses.
    package init(folder: String, confidence: Double) throws {
        self.confidence = confidence
        let audit = try RecordingAudit(folder: folder)
        findings = audit.findings
        // A bound for each recording and one for each site share the significance.
        let boundCount = audit.sites.reduce(0) { $0 + $1.recordings.count + 1 }
        let significance = (1 - confidence) / Double(boundCount)
        for site in audit.sites {
            var independent: [Trials] = []
            for reading in site.recordings {
                guard let trials = try attack(reading, significance: significance) else { continue }
                if trials.areIndependent { independent.append(trials) }
            }
            try pool(independent, site: site.name, significance: significance)
        }
        AuditFinding.sort(&findings)
    }

    /// The exit status: 0, or that of the gravest finding.
    package var exitStatus: Int32 { findings.first?.kind.exitStatus ?? 0 }

    /// A recording's scores, with what pooling needs to know.
    private struct Trials {
        var trials: CanaryTrials
        var claim: Double
        var delta: Double
        var areIndependent: Bool
        var isGaussian: Bool
    }

    /// Bounds epsilon by one recording; nil, with a finding, where there is nothing to attack.
    private mutating func attack(_ reading: RecordingReading, significance: Double) throws -> Trials? {
        guard let header = reading.header else { return nil }
        guard header.canaries.count > 0, let policy = reading.releases.last?.charge.policy else {
            findings.append(
                AuditFinding(
                    .notCheckable, reading.place,
                    header.canaries.count > 0
                        ? "none of its releases is charged: there is no claim to attack"
                        : "it has no canaries: nothing bounds epsilon from below"))
            return nil
        }
        let tally = try ReleaseTally(of: reading.charges)
        let claim = try EpsilonFindings(tally, relation: policy.relation, delta: policy.delta).epsilon
        let trials = CanaryTrials(header, reading.releases.map(\.step))
        let oneRun = try trials.oneRun(delta: policy.delta, significance: significance)
        attacked.append(
            Attacked(
                place: reading.place, canaryCount: header.canaries.count,
                releaseCount: reading.releases.count, claim: claim, delta: policy.delta, oneRun: oneRun))
        if let oneRun, oneRun.epsilon > claim {
            refute(
                reading.place, "\(oneRun.correctCount) of \(oneRun.guessCount) guesses are right",
                oneRun.epsilon,
                claim, policy.delta)
        }
        return Trials(
            trials: trials, claim: claim, delta: policy.delta, areIndependent: header.canaries.areDistinct,
            isGaussian: policy.mechanism == .gaussian && header.plan.normalization.samplingRate == 1)
    }

    /// Bounds epsilon by error rates over all independent canaries of a site.
    private mutating func pool(_ parts: [Trials], site: String, significance: Double) throws {
        guard var all = parts.first?.trials, let delta = parts.map(\.delta).max() else { return }
        for part in parts.dropFirst() { all.append(part.trials) }
        guard let bounds = try all.independent(delta: delta, significance: significance) else { return }
        let claim = parts.map(\.claim).max() ?? 0
        let isGaussian = parts.allSatisfy(\.isGaussian)
        pooled.append(
            Pooled(
                site: site, recordingCount: parts.count, canaryCount: all.scores.count, claim: claim,
                delta: delta,
                any: bounds.any, gaussian: isGaussian ? bounds.gaussian : nil))
        let best = max(bounds.any.epsilon, isGaussian ? bounds.gaussian.gaussianEpsilon : 0)
        if best > claim {
            let rates = bounds.any.epsilon == best ? bounds.any : bounds.gaussian
            refute(
                "sites/\(site)",
                "an attack misses at most \(rates.falseNegativeRate) of the canaries and takes at most "
                    + "\(rates.falsePositiveRate) of the others for one",
                best, claim, delta)
        }
    }

    private mutating func refute(
        _ place: String, _ how: String, _ bound: Double, _ claim: Double, _ delta: Double
    ) {
        findings.append(
            AuditFinding(
                .refutedClaim, place,
                "epsilon is above \(bound) at delta \(delta), with confidence \(confidence): \(how); the ledger's "
                    + "entries amount to \(claim)"))
    }
}
