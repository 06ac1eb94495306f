package import PrivacyAccounting
package import PrivacyMechanisms

/// How every update of a study is made private, and what its sites may spend in a run on one machine.
package struct StudyPrivacy: Sendable, Equatable {
    /// Whose presence is hidden.
    package let unit: PrivacyUnit
    /// Between which data sets the claim holds.
    package let relation: NeighbouringRelation
    /// The largest norm of a unit's gradient, without the task's weight.
    package let clippingNorm: Double
    /// The standard deviation of the noise over the clipping norm.
    package let noiseMultiplier: Double
    package let noise: NoiseDistribution
    /// The probability of a unit to take part in an update.
    package let samplingRate: Double
    /// The public number of units that a task is said to have.
    package let declaredRecords: DeclaredRecords
    /// Updates that a task has at most.
    package let releases: Int
    /// The standard deviation of the noise on a task's score, over half a record's largest part in it; nil where no site
    /// releases scores.
    package let scoreNoiseMultiplier: Double?
    /// The largest squared error that counts in a score.
    package let scoreBound: Double?
    /// The ceiling that `atoll run` gives its sites; nil for what the planned updates spend.
    ///
    /// A real site has its own.
    package let epsilon: Double?
    /// The delta of epsilon, there and in `atoll study check`.
    package let delta: Double

    package enum Defaults {
        package static let unit = PrivacyUnit.record
        package static let relation = NeighbouringRelation.addOrRemoveOne
        package static let noise = NoiseDistribution.roundedGaussian
        package static let samplingRate = 1.0
        package static let delta = 1e-5
    }

    /// The keys of `privacy`.
    package static let keys: [ConfigurationKey] = [
        .init(
            "unit", "record, person, site", default: "`\(Defaults.unit.rawValue)`",
            "whose contribution is clipped and hidden; persons are told apart by `data.person_column`"),
        .init(
            "relation", "add-or-remove-one, replace-one", default: "`\(Defaults.relation.rawValue)`",
            "what neighbouring data differ by; replace-one: the number of records is public, and all take part"
        ),
        .init(
            "clipping_norm", "number > 0", default: "required",
            "C, the largest Euclidean norm of a unit's gradient, without the task's weight"),
        .init(
            "noise_multiplier", "number >= 0.01", default: "required",
            "standard deviation of the noise over C, whatever the relation"),
        .init(
            "noise", "rounded-gaussian, discrete-gaussian", default: "`\(Defaults.noise.rawValue)`",
            "distribution of the noise on the grid that clipped gradients are rounded to"),
        .init(
            "sampling_rate", "(0, 1]", default: "\(Defaults.samplingRate)",
            "probability of each unit to take part in an update, drawn anew and secret"),
        .init(
            "declared_records", "whole number >= 1, or `{default: …, task: …}`",
            default: "required, unless unit is `site`",
            "the public number of units of a task, which its sum is divided by"),
        .init("releases", "whole number >= 1", default: "required", "updates that a task has at most"),
        .init(
            "score_noise_multiplier", "number >= 0.01", default: "no score is released",
            "standard deviation of the noise on a task's score at a site's end, over 1/2: a held-out record adds from "
                + "-1/2 to 1/2; with unit record and replace-one"),
        .init(
            "score_bound", "number > 0", default: "required for scores of squared loss",
            "the largest squared error that counts in a score; public, not chosen from the records"),
        .init(
            "epsilon", "number > 0", default: "what `releases` and scores spend",
            "the ceiling of each site in `atoll run`, not agreed on: a real site's is in its own policy"),
        .init("delta", "(0, 1)", default: "\(Defaults.delta)", "the delta of epsilon; not agreed on"),
    ]

    init(_ reader: SettingReader) throws(ConfigurationError) {
        unit = try reader.choice("unit", of: PrivacyUnit.self) ?? Defaults.unit
        relation = try reader.choice("relation", of: NeighbouringRelation.self) ?? Defaults.relation
        clippingNorm = try reader.required(
            "clipping_norm", try reader.number("clipping_norm", .positive, fix: "write for example 1"),
            example: "1")
        noiseMultiplier = try reader.required(
            "noise_multiplier",
            try reader.number("noise_multiplier", .positive, fix: "write for example 20"), example: "20")
        noise = try reader.choice("noise", of: NoiseDistribution.self) ?? Defaults.noise
        samplingRate =
            try reader.number("sampling_rate", .positiveUpToOne, fix: "write 1 for all records")
            ?? Defaults.samplingRate
        if unit == .site {
            guard !reader.has("declared_records") else {
                throw reader.refusal(
                    .impossibleCombination, "declared_records",
                    allowed: "nothing with unit `site`: a site is one unit", fix: "remove it")
            }
            declaredRecords = DeclaredRecords(1)
        } else {
            declaredRecords = try reader.required(
                "declared_records", try DeclaredRecords(reader, key: "declared_records"), example: "500")
        }
        releases = try reader.required(
            "releases",
            try reader.count(
                "releases", 1...ConfigurationLimits.countValue, fix: "write for example 30"), example: "30")
        scoreNoiseMultiplier = try reader.number(
            "score_noise_multiplier", .positive, fix: "write for example 20, or remove the key")
        scoreBound = try reader.number(
            "score_bound", .positive, fix: "write a public bound on squared errors, for example 100")
        epsilon = try reader.number("epsilon", .positive, fix: "write for example 4, or remove the key")
        delta =
            try reader.number("delta", .positiveBelowOne, fix: "write for example 1e-5") ?? Defaults.delta
        guard relation == .addOrRemoveOne || samplingRate == 1 else {
            throw reader.refusal(
                .impossibleCombination, "sampling_rate",
                allowed: "1 with relation `\(relation.rawValue)`, under which all records take part",
                fix: "write relation: \(NeighbouringRelation.addOrRemoveOne.rawValue), or remove it")
        }
        guard scoreNoiseMultiplier == nil || (unit == .record && relation == .replaceOne) else {
            throw reader.refusal(
                .impossibleCombination, "score_noise_multiplier",
                allowed: "with unit `\(PrivacyUnit.record.rawValue)` and relation "
                    + "`\(NeighbouringRelation.replaceOne.rawValue)` alone, under which the number of held-out records "
                    + "is public", fix: "write both, or remove it")
        }
        guard scoreBound == nil || scoreNoiseMultiplier != nil else {
            throw reader.refusal(
                .impossibleCombination, "score_bound", allowed: "with score_noise_multiplier alone",
                fix: "write that too, or remove it")
        }
    }

    /// Whether each site releases a score a task.
    package var releasesScores: Bool { scoreNoiseMultiplier != nil }

    /// The lines of `privacy` in a study file.
    var yamlLines: [String] {
        var lines = ["privacy:"] + agreedLines.map { "  " + $0 }
        if unit != .site { lines += declaredRecords.yamlLines.map { "  " + $0 } }
        if let epsilon { lines.append("  epsilon: \(epsilon)") }
        lines.append("  delta: \(delta)")
        return lines
    }

    private var agreedLines: [String] {
        [
            "unit: \(unit.rawValue)", "relation: \(relation.rawValue)", "clipping_norm: \(clippingNorm)",
            "noise_multiplier: \(noiseMultiplier)", "noise: \(noise.rawValue)",
            "sampling_rate: \(samplingRate)", "releases: \(releases)",
        ] + (scoreNoiseMultiplier.map { ["score_noise_multiplier: \($0)"] } ?? [])
            + (scoreBound.map { ["score_bound: \($0)"] } ?? [])
    }

    /// What sites and aggregator agree on, beside each task's declared number.
    var agreedText: String { "privacy=" + agreedLines.joined(separator: " ") }
}
