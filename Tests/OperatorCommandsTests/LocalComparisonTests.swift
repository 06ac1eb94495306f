internal import Configuration
internal import Reporting
internal import Testing

@testable internal import OperatorCommands

/// What is advised where tasks would do better alone.
@Suite struct LocalComparisonTests {
    private static let text = """
        name: small
        tasks:
          - {name: reading, site: north}
          - {name: writing, site: south}
        dimension: 4
        loss: logistic
        regularizer: nuclear
        lambda: 0.5
        eta: 0.1
        stop: {updates: 100}
        """

    private static let privacy =
        "privacy={clipping_norm: 1, noise_multiplier: 9, releases: 3, declared_records: 40}"

    private static let noise = "Local only is trained without noise"
    private static let sharing = "hare less: a lambda below 0.5"

    /// Returns the advice for a study whose first task would do better alone.
    private func advice(_ overrides: [String], localLambda: Double = 0.5) throws -> String {
        let study = try StudyConfiguration.parse(
            Self.text, path: "/nowhere/study.yaml", overrides: overrides)
        func score(_ value: Double) -> JSONValue {
            ["metric": "accuracy", "value": JSONValue(value), "held_out": true]
        }
        let comparison = try #require(
            LocalComparison(
                [
                    (name: "reading", score: score(0.5), local: score(0.75)),
                    (name: "writing", score: score(0.75), local: score(0.5)),
                ], localLambda: localLambda))
        return try #require(comparison.advice(for: study))
    }

    @Test("a study without privacy is told to share less, and one that couples nothing why it differs")
    func withoutPrivacy() throws {
        let coupled = try advice([])
        #expect(
            coupled.hasPrefix("On 1 of 2 tasks Atoll's score is worse than local only: reading. Share less: ")
        )
        #expect(
            coupled.contains(
                Self.sharing
                    + ", which `atoll sweep` chooses by held-out scores, or a regularizer that lets tasks "
                    + "differ: robust"))
        #expect(coupled.hasSuffix(".") && !coupled.contains(Self.noise))
        for overrides in [["regularizer=ridge"], ["lambda=0"]] {
            let text = try advice(overrides, localLambda: overrides == ["lambda=0"] ? 0 : 0.5)
            #expect(text.contains("both are the same problem") && !text.contains("hare less"), "\(text)")
        }
        let other = try advice(["regularizer=ridge"], localLambda: 2)
        #expect(other.hasSuffix("the difference is that of lambda: 0.5, and 2 for local only."), "\(other)")
    }

    @Test("a private study is told of its noise, and to share less where it couples tasks")
    func withPrivacy() throws {
        let coupled = try advice([Self.privacy])
        for text in [
            Self.noise, "as much as what coupling does. Where it is coupling, s" + Self.sharing,
            "robust (outlier tasks)",
        ] { #expect(coupled.contains(text), "\(coupled)") }
        // Scores are released between replaced records alone.
        #expect(!coupled.contains("atoll sweep"), "\(coupled)")
        let swept = try advice([Self.privacy, "privacy.relation=replace-one"])
        for text in [
            Self.sharing + ", which `atoll sweep` chooses by noisy scores", "score_noise_multiplier",
        ] {
            #expect(swept.contains(text), "\(swept)")
        }
        for overrides in [["regularizer=ridge"], ["lambda=0"]] {
            let text = try advice(
                [Self.privacy] + overrides, localLambda: overrides == ["lambda=0"] ? 0 : 0.5)
            #expect(
                text.hasSuffix("it is what privacy costs, as this study couples no tasks."), "\(text)")
            #expect(text.contains(Self.noise) && !text.contains("hare less"), "\(text)")
        }
        let other = try advice([Self.privacy, "regularizer=ridge"], localLambda: 2)
        #expect(other.hasSuffix("and what lambda does: 0.5, and 2 for local only."), "\(other)")
    }
}
