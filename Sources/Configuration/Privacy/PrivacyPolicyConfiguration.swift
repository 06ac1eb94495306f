package import PrivacyAccounting
package import PrivacyMechanisms

/// What a site's administrator allows to be released from one data set, whatever any study asks.
package struct PrivacyPolicyConfiguration: Sendable, Equatable {
    /// The ceiling on everything ever released.
    package let epsilon: Double
    package let delta: Double
    package let relation: NeighbouringRelation
    package let unit: PrivacyUnit
    package let noise: NoiseDistribution
    /// The highest sampling rate; 1 stands for releases of all records.
    package let samplingRate: Double
    /// The smallest noise multiplier.
    package let smallestNoiseMultiplier: Double
    /// Whether releases that protect nobody may be made, and recorded for an audit.
    package let allowsUnprotectedNoise: Bool

    /// The keys of the file.
    package static let keys: [ConfigurationKey] = [
        .init("epsilon", "number > 0", default: "required", "the ceiling on everything ever released"),
        .init("delta", "(0, 1)", default: "\(StudyPrivacy.Defaults.delta)", "its delta"),
        .init(
            "relation", "add-or-remove-one, replace-one",
            default: "`\(StudyPrivacy.Defaults.relation.rawValue)`", "what neighbouring data differ by"),
        .init(
            "unit", "record, person, site", default: "`\(StudyPrivacy.Defaults.unit.rawValue)`",
            "whose presence is hidden"),
        .init(
            "noise", "rounded-gaussian, discrete-gaussian",
            default: "`\(StudyPrivacy.Defaults.noise.rawValue)`", "the distribution of the noise"),
        .init(
            "sampling_rate", "(0, 1]", default: "\(StudyPrivacy.Defaults.samplingRate)",
            "the highest rate of a Poisson sample; 1: all records in every release"),
        .init(
            "smallest_noise_multiplier", "number >= 0.01", default: "required",
            "the smallest standard deviation of noise over the clipping norm"),
        .init(
            "unprotected_noise", "true, false", default: "`false`",
            "whether noise that is recorded for an audit may be released, marked as not private; for throw-away identities"
        ),
    ]

    package init(
        epsilon: Double, delta: Double, relation: NeighbouringRelation, unit: PrivacyUnit,
        noise: NoiseDistribution, samplingRate: Double, smallestNoiseMultiplier: Double,
        allowsUnprotectedNoise: Bool = false
    ) {
        self.epsilon = epsilon
        self.delta = delta
        self.relation = relation
        self.unit = unit
        self.noise = noise
        self.samplingRate = samplingRate
        self.smallestNoiseMultiplier = smallestNoiseMultiplier
        self.allowsUnprotectedNoise = allowsUnprotectedNoise
    }

    /// Reads a policy file.
    ///
    /// - Throws: ``ConfigurationError``.
    package static func load(path: String) throws(ConfigurationError) -> PrivacyPolicyConfiguration {
        let text = try ConfigurationText(
            path: path, what: "the privacy policy", overrides: [], environment: nil)
        return try PrivacyPolicyConfiguration(try SettingReader(text.root, keys: keys))
    }

    private init(_ reader: SettingReader) throws(ConfigurationError) {
        typealias Defaults = StudyPrivacy.Defaults
        epsilon = try reader.required(
            "epsilon", try reader.number("epsilon", .positive, fix: "write for example 4"), example: "4")
        delta =
            try reader.number("delta", .positiveBelowOne, fix: "write for example 1e-5") ?? Defaults.delta
        relation = try reader.choice("relation", of: NeighbouringRelation.self) ?? Defaults.relation
        unit = try reader.choice("unit", of: PrivacyUnit.self) ?? Defaults.unit
        noise = try reader.choice("noise", of: NoiseDistribution.self) ?? Defaults.noise
        samplingRate =
            try reader.number("sampling_rate", .positiveUpToOne, fix: "write 1 for all records")
            ?? Defaults.samplingRate
        smallestNoiseMultiplier = try reader.required(
            "smallest_noise_multiplier",
            try reader.number("smallest_noise_multiplier", .positive, fix: "write for example 20"),
            example: "20")
        allowsUnprotectedNoise = try reader.boolean("unprotected_noise") ?? false
    }

    /// The policy as a file; loads back equal.
    package func yaml() -> String {
        [
            "epsilon: \(epsilon)", "delta: \(delta)", "relation: \(relation.rawValue)",
            "unit: \(unit.rawValue)", "noise: \(noise.rawValue)", "sampling_rate: \(samplingRate)",
            "smallest_noise_multiplier: \(smallestNoiseMultiplier)",
            "unprotected_noise: \(allowsUnprotectedNoise)",
        ].joined(separator: "\n") + "\n"
    }
}
