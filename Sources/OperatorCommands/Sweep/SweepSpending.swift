internal import Configuration
internal import PrivacyAccounting
internal import PrivacyLedger
internal import Reporting
internal import Studies

/// What a private sweep spends at each site, all its federations together: checked before the first.
struct SweepSpending {
    /// Federations that share a site's ledger.
    let runCount: Int
    /// Of the site with the most tasks: updates and scores of all federations.
    let releaseCount: Int
    /// What these spend, by a filter's measure, to a hundredth.
    let epsilon: Double
    /// What that site may spend.
    let ceiling: Double
    let delta: Double

    /// Computes what a study's sweep spends; nil without privacy.
    ///
    /// - Parameters:
    ///   - study: Deployable.
    ///   - lambdaCount: Values that are tried, a federation each.
    ///   - trainsFinally: Whether one more federation follows.
    /// - Throws: ``CommandError`` `refusedStudy` where the study's ceiling does not hold it, with what would; errors of
    ///   accounting.
    init?(_ study: StudyConfiguration, lambdaCount: Int, trainsFinally: Bool) throws {
        let runCount = lambdaCount + (trainsFinally ? 1 : 0)
        let taskCount = study.sites.map { study.tasks(of: $0).count }.max() ?? 0
        guard let privacy = study.privacy, let largest = try study.largestRelease(),
            let releases = try study.plannedReleases(taskCount: taskCount, runCount: runCount)
        else { return nil }
        self.runCount = runCount
        releaseCount = releases.reduce(0) { $0 + $1.count }
        delta = privacy.delta
        epsilon = try PrivacyFilter.smallestCeiling(
            granting: releases, largest: largest, delta: privacy.delta, relation: privacy.relation)
        let ceiling = privacy.epsilon ?? epsilon
        self.ceiling = ceiling
        let fits = { (releases: [PlannedReleases], largest: PrivacyEvent) in
            PrivacyFilter.grants(
                releases, largest: largest, epsilon: ceiling, delta: privacy.delta, relation: privacy.relation
            )
        }
        guard !fits(releases, largest) else { return }
        var fixes: [String] = []
        if let multipliers = Self.multipliers(privacy, releases.map(\.count), fits: fits) {
            fixes.append(
                zip(["noise_multiplier", "score_noise_multiplier"], multipliers).map {
                    "--set privacy.\($0)=\($1)"
                }.joined(separator: " "))
        }
        let fewer = try (1..<lambdaCount).reversed().first { count in
            let releases = try study.plannedReleases(
                taskCount: taskCount, runCount: count + (trainsFinally ? 1 : 0))
            return fits(releases ?? [], largest)
        }
        if let fewer { fixes.append("at most \(ReportPage.counted(fewer, "value")) of lambda") }
        fixes.append("--set privacy.epsilon=\(epsilon)")
        throw CommandError(
            .refusedStudy,
            "study '\(study.name)': \(ReportPage.counted(lambdaCount, "value")) of lambda"
                + (trainsFinally ? " and the last run" : "")
                + " make \(releaseCount) releases at a site, which spend epsilon \(epsilon) at delta \(delta), above "
                + "privacy.epsilon, \(ceiling), which holds for the whole sweep. Nothing was run; write "
                + fixes.joined(separator: ", or "))
    }

    /// The study's noise multipliers, made larger by one factor until all fits, to a tenth; nil where none is found.
    private static func multipliers(
        _ privacy: StudyPrivacy, _ counts: [Int], fits: ([PlannedReleases], PrivacyEvent) -> Bool
    ) -> [Double]? {
        let present = [privacy.noiseMultiplier] + (privacy.scoreNoiseMultiplier.map { [$0] } ?? [])
        func scaled(by factor: Double) -> [Double] {
            // Upwards: more noise fits as well.
            present.map { ($0 * factor * 10).rounded(.up) / 10 }
        }
        func event(_ multiplier: Double) -> PrivacyEvent {
            NoiseMechanism(privacy.noise).event(noiseMultiplier: multiplier, sampling: .all)
        }
        func holds(_ factor: Double) -> Bool {
            let multipliers = scaled(by: factor)
            return fits(
                zip(multipliers, counts).map { PlannedReleases(event($0), count: $1) },
                event(multipliers.min() ?? 0))
        }
        var (low, high) = (1.0, 2.0)
        while !holds(high) {
            (low, high) = (high, 2 * high)
            guard high <= SweepLimits.noiseFactor else { return nil }
        }
        while high > low * SweepLimits.noisePrecision {
            let middle = (low + high) / 2
            if holds(middle) { high = middle } else { low = middle }
        }
        return scaled(by: high)
    }

    /// For people, before the first federation.
    var text: String {
        "private: \(ReportPage.counted(runCount, "run")) with at most \(releaseCount) releases at a site, scores included: "
            + "epsilon \(epsilon) at delta \(delta), within its ledger's ceiling \(ceiling)\n"
    }
}
