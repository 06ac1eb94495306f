import Configuration

/// Study texts that several suites start from.
enum StudyTexts {
    /// The shortest valid study.
    static let minimal = """
        name: small
        loss: squared
        regularizer: nuclear
        lambda: 2
        eta: 0.5
        stop: {epochs: 3}
        """

    /// A deployable study that uses every key.
    static let full = """
        name: full-study_1.0
        data:
          files:
            a: a.csv
            "b 2": /data/b.csv
          target_column: out
          feature_columns: [x1, "x 2"]
          source: https://example.org/data
          train_fraction: 0.75
          validation_fraction: 0.125
          split_seed: 7
        tasks:
          - {name: b 2, site: south, loss: logistic, weight: 2.5}
          - {name: a, site: north}
          - name: "null"
            site: north
        dimension: 3
        feature_columns: [f1, "f 2"]
        features: zscore
        intercept: unpenalized
        loss: {default: squared, "null": logistic}
        loss_scale: mean
        task_weights: {a: 0.1}
        regularizer: elastic-net
        l1_ratio: 0.25
        lambda: 1e-3
        optimum: -12.5
        splitting: backward-forward
        mode: synchronous
        eta: 2.06e-3
        relaxation: 1
        relaxation_policy: amtl-dynamic-capped
        maximum_delay: 0
        stop:
          residual: 1e-300
          updates: 12
          epochs: 5
        encoding: bfloat16
        norm_bound: 1234.5
        prox_tolerance: 1e-7
        maximum_factor_age: 1
        barrier_timeout: 1.5s
        barrier_absent: end
        report: [loss]
        """

    /// The same with the keys of the other splitting; its eta stays where it is, and is not read.
    static let douglasRachford = full.replacing(
        "splitting: backward-forward", with: "splitting: douglas-rachford"
    )
    .replacing("relaxation: 1\n", with: "relaxation: 1.75\ngamma: 0.25\ninertia: 0.125\n")

    /// A study whose updates are private.
    static let withPrivacy = """
        name: private
        data: {files: {a: a.csv}}
        loss: logistic
        regularizer: nuclear
        lambda: 2
        eta: 0.5
        stop: {epochs: 3}
        privacy:
          clipping_norm: 2
          noise_multiplier: 12.5
          declared_records: {default: 300, "a": 40}
          releases: 25
        """

    static func parse(_ text: String, set overrides: [String] = []) throws -> StudyConfiguration {
        try StudyConfiguration.parse(
            text, path: "/nowhere/study.yaml", overrides: overrides, environment: ["ATOLL_DATA": "/data"])
    }

    /// Returns the refusal of a study, nil where it is accepted.
    static func refusal(_ text: String, set overrides: [String] = []) -> ConfigurationError? {
        do {
            _ = try parse(text, set: overrides)
            return nil
        } catch {
            return error as? ConfigurationError
        }
    }
}
