import PrivacyAccounting
import PrivacyMechanisms
import TestSupport
import Testing

@testable import Configuration

@Suite("Privacy in configurations")
struct StudyPrivacyTests {
    private func parse(_ overrides: String...) throws -> StudyConfiguration {
        try StudyConfiguration.parse(StudyTexts.withPrivacy, path: "/study.yaml", overrides: overrides)
    }

    /// Noisy scores on held-out records.
    private static let scores = [
        "privacy.relation=replace-one", "privacy.score_noise_multiplier=15", "data.train_fraction=0.5",
    ]

    private static func whole(_ more: String) -> String {
        "privacy={clipping_norm: 1, noise_multiplier: 9, releases: 3, relation: replace-one, \(more)}"
    }

    @Test("every key is read, and written out so that it is read again")
    func keys() throws {
        let standard = try #require(parse().privacy)
        #expect(standard.unit == .record && standard.relation == .addOrRemoveOne)
        #expect(standard.noise == .roundedGaussian && standard.samplingRate == 1)
        #expect(standard.clippingNorm == 2 && standard.noiseMultiplier == 12.5 && standard.releases == 25)
        #expect(standard.declaredRecords.count(of: "a") == 40)
        #expect(standard.declaredRecords.count(of: "b") == 300)
        #expect(standard.epsilon == nil && standard.delta == 1e-5)
        for overrides in [
            [], ["privacy.relation=replace-one", "privacy.epsilon=3.5", "privacy.delta=1e-7"],
            ["privacy.sampling_rate=0.25"], ["privacy.noise=discrete-gaussian"],
            ["privacy.unit=site", "privacy.declared_records=null", "features=zscore"],
            ["privacy.unit=person", "data.person_column=who"], Self.scores,
            Self.scores + ["loss=squared", "privacy.score_bound=2.5"],
        ] {
            let study = try StudyConfiguration.parse(
                StudyTexts.withPrivacy, path: "/study.yaml", overrides: overrides)
            #expect(try StudyConfiguration.parse(study.yaml(), path: "/study.yaml") == study, "\(overrides)")
        }
    }

    @Test("what sites agree on is in the digest, and each one's ceiling is not")
    func digest() throws {
        let base = try parse().digest()
        for change in [
            "privacy.unit=person", "privacy.relation=replace-one", "privacy.clipping_norm=3",
            "privacy.noise_multiplier=12", "privacy.noise=discrete-gaussian", "privacy.sampling_rate=0.5",
            "privacy.declared_records=300", "privacy.releases=26", "privacy=null",
        ] {
            #expect(try parse(change, "data.person_column=who").digest() != base, "\(change)")
        }
        #expect(try parse("privacy.epsilon=3", "privacy.delta=1e-6").digest() == base)
    }

    @Test("scores are agreed on where there are any, and a study without them has the digest that it had")
    func scoreDigest() throws {
        func study(_ more: String...) throws -> StudyConfiguration {
            try StudyConfiguration.parse(
                StudyTexts.withPrivacy, path: "/study.yaml", overrides: Self.scores + more)
        }
        let base = try study()
        #expect(base.privacy?.scoreNoiseMultiplier == 15 && base.privacy?.scoreBound == nil)
        #expect(try study("privacy.score_noise_multiplier=16").digest() != base.digest())
        #expect(try study("privacy.score_bound=3").digest() != base.digest())
        let without = try study("privacy.score_noise_multiplier=null")
        #expect(without.digest() != base.digest() && !without.agreedText.contains("score"))
    }

    @Test(
        "scores need a public number of held-out records, and errors that are bounded",
        arguments: [
            ("privacy.relation=add-or-remove-one", "replace-one"), ("data.train_fraction=1", "held out"),
            (Self.whole("unit: site, score_noise_multiplier: 9"), "unit `record`"),
            ("loss=squared", "score_bound"), ("loss={default: logistic, a: squared}", "score_bound"),
            ("tasks=[{name: a, site: s, loss: squared}]", "score_bound"),
            ("privacy.score_noise_multiplier=0", "above 0"),
            (Self.whole("declared_records: 9, score_bound: 9"), "score_noise_multiplier"),
        ])
    func scoreRefusals(_ override: String, _ word: String) throws {
        let error = #expect(throws: ConfigurationError.self) {
            try StudyConfiguration.parse(
                StudyTexts.withPrivacy, path: "/study.yaml",
                overrides: Self.scores + ["dimension=4", override])
        }
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
    }

    @Test(
        "what would depend on records without noise is refused with the reason",
        arguments: [
            ("splitting=douglas-rachford", "proximal point"), ("eta=auto", "Lipschitz"),
            ("batch_size=3", "sampling_rate"), ("report=[loss]", "losses"),
            ("features=zscore", "public constants"), ("data.train_fraction=0.5", "train_fraction"),
            ("data.validation_fraction=0.5", "validation_fraction"), ("privacy.unit=person", "person_column"),
            ("privacy.unit=site", "declared_records"), ("privacy.clipping_norm=0", "clipping_norm"),
            ("privacy.noise_multiplier=null", "noise_multiplier"), ("privacy.releases=0", "releases"),
            ("privacy.delta=1", "delta"), ("privacy.sampling_rate=0", "sampling_rate"),
            ("privacy.declared_records=null", "declared_records"),
        ])
    func refusals(_ override: String, _ word: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try parse(override) }
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
    }

    @Test("under replace-one a split by the number of records moves nobody, and every record takes part")
    func replaceOne() throws {
        _ = try parse("privacy.relation=replace-one", "data.train_fraction=0.5")
        let error = #expect(throws: ConfigurationError.self) {
            try parse("privacy.relation=replace-one", "privacy.sampling_rate=0.5")
        }
        #expect(error?.message.contains("add-or-remove-one") == true)
    }

    @Test("declared numbers are of tasks of the study")
    func unknownTask() throws {
        let error = #expect(throws: ConfigurationError.self) {
            try parse("tasks=[{name: c, site: s}]", "dimension=4")
        }
        #expect(error?.message.contains("no task of this study") == true, "\(error?.message ?? "")")
    }

    @Test("noise that drowns the gradients, and releases that are never made, are warned of")
    func warnings() throws {
        let few = try parse(
            "tasks=[{name: a, site: s}]", "dimension=100", "privacy.declared_records=10",
            "privacy.noise_multiplier=20")
        #expect(few.explanation.warnings.contains { $0.contains("noise above all") })
        #expect(few.explanation.warnings.contains { $0.contains("privacy.releases is 25") })
        let many = try parse(
            "tasks=[{name: a, site: s}]", "dimension=100", "privacy.declared_records=1000",
            "privacy.noise_multiplier=20", "stop.epochs=1000")
        #expect(!many.explanation.warnings.contains { $0.contains("privacy") })
    }

    @Test("a site with a ceiling syncs its journal")
    func site() throws {
        let folder = try TemporaryFolder()
        let text = """
            study: study.yaml
            site: north
            key: north.key
            aggregator: 127.0.0.1:7450
            aggregator_identity: atoll1 AAAA BBBB aggregator
            data: {path: a.csv, task: a}
            results_directory: results
            privacy: {policy: policy.yaml, ledger: ledgers/ledger}
            """
        try folder.write(text, to: "site.yaml")
        let site = try SiteConfiguration.load(path: folder.file("site.yaml"))
        #expect(site.journal == .synced)
        #expect(site.privacy?.ledger == folder.file("ledgers/ledger"))
        #expect(site.privacy?.datasetKey == folder.file("ledgers/dataset.key"))
        try folder.write(site.yaml(), to: "written.yaml")
        #expect(try SiteConfiguration.load(path: folder.file("written.yaml")) == site)
        #expect(throws: ConfigurationError(.impossibleCombination, "")) {
            try SiteConfiguration.load(path: folder.file("site.yaml"), overrides: ["journal=unsynced"])
        }
    }

    @Test("a policy file is read, and written so that it is read again")
    func policy() throws {
        let folder = try TemporaryFolder()
        try folder.write("epsilon: 4\nsmallest_noise_multiplier: 20\n", to: "policy.yaml")
        let policy = try PrivacyPolicyConfiguration.load(path: folder.file("policy.yaml"))
        #expect(policy.epsilon == 4 && policy.delta == 1e-5 && policy.smallestNoiseMultiplier == 20)
        #expect(!policy.allowsUnprotectedNoise)
        try folder.write(policy.yaml(), to: "written.yaml")
        #expect(try PrivacyPolicyConfiguration.load(path: folder.file("written.yaml")) == policy)
        for text in ["epsilon: 4\n", "epsilon: 0\nsmallest_noise_multiplier: 20\n", "epsilom: 1\n"] {
            try folder.write(text, to: "bad.yaml")
            #expect(throws: ConfigurationError.self) {
                try PrivacyPolicyConfiguration.load(path: folder.file("bad.yaml"))
            }
        }
    }
}
