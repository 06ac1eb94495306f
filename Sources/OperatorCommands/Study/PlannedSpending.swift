internal import Configuration
internal import PrivacyAccounting
internal import PrivacyMechanisms
internal import Reporting
internal import Studies

/// What a private study will spend, before anyone starts it.
struct PlannedSpending: Sendable, Equatable {
    let privacy: StudyPrivacy
    /// After all planned updates of one task, and its score where the study has scores released.
    let epsilonOfTask: Double
    /// After those of all tasks of the site that has the most, where they are of the same people.
    let epsilonOfSite: Double
    /// Tasks of that site.
    let taskCount: Int
    /// The ceiling of each site in `atoll run`.
    let ceiling: Double?

    /// Computes what is spent; nil for a study without privacy, or whose tasks are not known.
    ///
    /// - Throws: `AccountingError`, `FederationError`.
    init?(_ study: StudyConfiguration) throws {
        guard let privacy = study.privacy,
            let site = study.sites.max(by: { study.count($0) < study.count($1) }),
            let epsilonOfTask = try study.plannedEpsilon(taskCount: 1),
            let epsilonOfSite = try study.plannedEpsilon(taskCount: study.count(site))
        else { return nil }
        self.privacy = privacy
        self.epsilonOfTask = epsilonOfTask
        self.epsilonOfSite = epsilonOfSite
        taskCount = study.count(site)
        ceiling = try study.runPolicy(ofSite: site)?.epsilon
    }

    var lines: [(String, String)] {
        let epsilon = { NumberText.significant($0, digits: 4) }
        var lines = [
            (
                "privacy",
                "\(privacy.unit.name), \(privacy.relation.rawValue), clipped to \(privacy.clippingNorm), noise "
                    + "multiplier \(privacy.noiseMultiplier) (\(privacy.noise.rawValue)), "
                    + (privacy.samplingRate == 1
                        ? "all records in every update" : "Poisson samples of rate \(privacy.samplingRate)")
            ),
            (
                "epsilon",
                "\(epsilon(epsilonOfTask)) at delta \(privacy.delta) after the \(privacy.releases) updates of a task"
                    + (privacy.releasesScores ? " and its score" : "")
                    + (taskCount > 1
                        ? ", \(epsilon(epsilonOfSite)) after those of a site's \(taskCount) tasks on the same people"
                        : "")
            ),
        ]
        if let multiplier = privacy.scoreNoiseMultiplier {
            let bound = privacy.scoreBound.map { ", squared errors up to \($0)" } ?? ""
            lines.insert(
                (
                    "scores",
                    "one a task on its held-out records, noise multiplier \(multiplier) over 1/2\(bound)"
                ), at: 1)
        }
        if let ceiling {
            lines.append(("ceiling", "\(ceiling) for each site in `atoll run`; a real site has its own"))
        }
        return lines
    }

    var json: JSONValue {
        [
            "unit": JSONValue(privacy.unit.rawValue), "relation": JSONValue(privacy.relation.rawValue),
            "noise_multiplier": JSONValue(privacy.noiseMultiplier),
            "sampling_rate": JSONValue(privacy.samplingRate), "releases": JSONValue(privacy.releases),
            "delta": JSONValue(privacy.delta), "epsilon_task": JSONValue(epsilonOfTask),
            "epsilon_site": JSONValue(epsilonOfSite), "tasks_of_site": JSONValue(taskCount),
            "run_ceiling": JSONValue(ceiling),
            "score_noise_multiplier": JSONValue(privacy.scoreNoiseMultiplier),
            "score_bound": JSONValue(privacy.scoreBound),
        ]
    }
}

extension StudyConfiguration {
    fileprivate func count(_ site: String) -> Int { tasks(of: site).count }
}
