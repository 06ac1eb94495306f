/// Where a site keeps what its private releases are charged to.
package struct SitePrivacy: Sendable, Equatable {
    /// Absolute path of the policy file.
    package let policy: String
    /// Absolute path of the ledger of this site's data set.
    package let ledger: String
    /// Absolute path of the random key that names the data set.
    package let datasetKey: String

    /// The keys of `privacy`.
    package static let keys: [ConfigurationKey] = [
        .init("policy", "path", default: "required", "the policy file: what may ever be released"),
        .init(
            "ledger", "path", default: "required",
            "the ledger of this data set, across studies; begun once by `atoll-site --begin-ledger`"),
        .init(
            "dataset_key", "path", default: "`dataset.key` beside the ledger",
            "the random key that names the data set in the ledger; made with it"),
    ]

    package init(policy: String, ledger: String, datasetKey: String) {
        self.policy = policy
        self.ledger = ledger
        self.datasetKey = datasetKey
    }

    init(_ reader: SettingReader, _ paths: PathResolver) throws(ConfigurationError) {
        policy = try reader.required("policy", try reader.path("policy", paths), example: "policy.yaml")
        let ledger = try reader.required(
            "ledger", try reader.path("ledger", paths), example: "/var/lib/atoll-site/ledger")
        self.ledger = ledger
        datasetKey =
            try reader.path("dataset_key", paths) ?? PathResolver.normalized(ledger + "/../dataset.key")
    }

    /// The lines of `privacy` in a site's configuration.
    var yamlLines: [String] {
        [
            "privacy:", "  policy: \(YAMLText.quoted(policy))", "  ledger: \(YAMLText.quoted(ledger))",
            "  dataset_key: \(YAMLText.quoted(datasetKey))",
        ]
    }
}
