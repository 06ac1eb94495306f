package import PrivacyAccounting
internal import PrivacyMechanisms

/// What was charged, and whether more may be.
///
/// Equal releases are counted: a charge costs the same after any number of earlier ones.
package struct LedgerAccount: Sendable {
    /// The ceiling now.
    package private(set) var policy: PrivacyPolicy
    /// How often each release was charged, lost ones included.
    package private(set) var counts: [PrivacyEvent: Int] = [:]
    /// How many releases were charged, lost ones included.
    package var releaseCount: Int { counts.values.reduce(0, +) }
    /// The keys of `counts`, by their first charge: sums of floating-point numbers depend on their order.
    private var events: [PrivacyEvent] = []
    /// Releases whose noise came from a seed.
    package private(set) var seededCount = 0
    /// Releases whose noise was recorded.
    package private(set) var recordedCount = 0
    /// Lost releases, charged as the policy's largest.
    package private(set) var recoveredCount = 0
    /// Whether something was charged that the ceiling does not hold: nothing more is granted.
    package private(set) var isExhausted = false
    private var filter: PrivacyFilter

    init(policy: PrivacyPolicy) throws(LedgerError) {
        self.policy = policy
        filter = try policy.filter()
    }

    /// The epsilon of what was charged, at the policy's delta, for display: an odometer.
    package var odometer: Double { isExhausted ? .infinity : filter.odometer }

    /// Releases whose noise is not secret: no claim holds with one of them.
    package var notPrivateCount: Int { seededCount + recordedCount }

    /// Returns why a release would be refused, or nil.
    func refusal(of release: PrivateRelease, dataset: LedgerHash) -> Refusal? {
        var filter = filter
        return refusal(of: release, dataset: dataset, charging: &filter)
    }

    /// Charges a release, or says why it is refused; then nothing has changed.
    mutating func charge(_ release: PrivateRelease, dataset: LedgerHash) -> Refusal? {
        var charged = filter
        if let refusal = refusal(of: release, dataset: dataset, charging: &charged) { return refusal }
        filter = charged
        count(release.event)
        switch release.noiseSource {
        case .system: break
        case .seeded: seededCount += 1
        case .recorded: recordedCount += 1
        }
        return nil
    }

    private func refusal(
        of release: PrivateRelease, dataset: LedgerHash, charging filter: inout PrivacyFilter
    ) -> Refusal? {
        if release.dataset != dataset { return .otherDataset }
        if release.relation != policy.relation { return .otherRelation }
        if release.unit != policy.unit { return .otherUnit }
        if release.noiseSource != .system, !policy.allowsSeededNoise { return .seededNoise }
        if release.mechanism != policy.mechanism { return .otherMechanism }
        if release.noiseMultiplier < policy.smallestNoiseMultiplier { return .tooLittleNoise }
        if !policy.sampling.allows(release.sampling) { return .otherSampling }
        if isExhausted { return .ceiling }
        do throws(AccountingError) {
            return try filter.charge(release.event) == .granted ? nil : .ceiling
        } catch {
            return .noAnalysis
        }
    }

    /// Charges the policy's largest release, or what is left of the ceiling.
    ///
    /// An entry that was being written when the process ended charges at most one release, which the filter had
    /// granted: it cannot have cost more than what was left.
    mutating func chargeLost() {
        count(policy.largestRelease)
        recoveredCount += 1
        let decision = try? filter.charge(policy.largestRelease)
        if decision != .granted { filter.fill() }
    }

    /// Checks that another policy may come into place.
    ///
    /// What was charged protects the unit under the relation that it was charged with: no policy makes it protect
    /// another one afterwards.
    ///
    /// - Throws: ``LedgerError`` `forbiddenEntry` for another unit or relation once anything was charged.
    func requireChange(to policy: PrivacyPolicy) throws(LedgerError) {
        guard !counts.isEmpty else { return }
        for (name, present, other) in [
            ("unit", self.policy.unit.name, policy.unit.name),
            ("relation", self.policy.relation.rawValue, policy.relation.rawValue),
        ] where present != other {
            throw LedgerError(
                .forbiddenEntry,
                "changes the policy's \(name) from \(present) to \(other) after releases were charged; keep the "
                    + "\(name), which they were charged under")
        }
    }

    /// Puts another policy in place, under which everything charged before counts as well.
    ///
    /// - Throws: As ``requireChange(to:)``; nothing has changed then.
    mutating func change(to policy: PrivacyPolicy) throws(LedgerError) {
        try requireChange(to: policy)
        filter = try policy.filter()
        self.policy = policy
        isExhausted = false
        for event in events { recharge(event, count: counts[event, default: 0]) }
    }

    private mutating func count(_ event: PrivacyEvent) {
        if counts[event] == nil { events.append(event) }
        counts[event, default: 0] += 1
    }

    private mutating func recharge(_ event: PrivacyEvent, count: Int) {
        let decision = try? filter.charge(event, count: count)
        if decision != .granted { isExhausted = true }
    }
}
