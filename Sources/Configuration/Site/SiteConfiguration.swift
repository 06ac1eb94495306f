/// What one site's agent needs: the study, its key, the aggregator, and its own records.
///
/// Values hold paths of secrets, never secrets.
package struct SiteConfiguration: Sendable, Equatable {
    /// Absolute path of the study file.
    package let study: String
    /// This site's name in the study.
    package let site: String
    /// Absolute path of this site's key file.
    package let key: String
    package let aggregator: Endpoint
    /// The pinned public lines of the aggregator: the present one, and the next where there is one.
    package let aggregatorIdentities: [String]
    package let data: DataConfiguration
    /// Absolute path of the folder for model, losses and acceptances.
    package let resultsDirectory: String
    /// Absolute path of the folder for the site's journal.
    package let state: String
    package let journal: JournalSync
    /// Columns that the site may hold unanswered at once.
    package let inFlight: Int
    /// Where the agent's own status page and metrics are; nil where they are off.
    package let operatorListen: Endpoint?
    package let logLevel: LogLevel
    /// What private releases are charged to; nil at a site that takes part in studies without privacy.
    package let privacy: SitePrivacy?

    /// What holds where a configuration is silent.
    package enum Defaults {
        package static let inFlight = 1
        package static let journal = JournalSync.unsynced
        /// In the results directory.
        package static let stateFolder = "state"
        package static let logLevel = LogLevel.info
    }

    /// Every top-level key, with its default.
    package static let keys: [ConfigurationKey] = [
        .init("study", "path", default: "required", "the study file, the same as the aggregator's"),
        .init("site", "name", default: "required", "this site's name in the study"),
        .init("key", "path", default: "required", "this site's key file, made by `atoll keys generate`"),
        .init("aggregator", "host:port", default: "required", "where the aggregator listens"),
        .init(
            "aggregator_identity", "`atoll1 …` line, list, or path", default: "required",
            "the aggregator's public line, or a file of one or two: its present key and the next"),
        .init("data", "mapping", default: "required", "this site's records"),
        .init("results_directory", "path", default: "required", "where model, losses and acceptances go"),
        .init(
            "state", "path", default: "`\(Defaults.stateFolder)` in `results_directory`",
            "where the site's journal is, one study's alone"),
        .init(
            "journal", JournalSync.allCases.map(\.rawValue).joined(separator: ", "),
            default: "`\(Defaults.journal.rawValue)`",
            "whether the journal is on the disk before an update leaves; always `synced` with `privacy`"),
        .init(
            "privacy", "mapping", default: "none: no study with privacy",
            "the site's ceiling and its ledger; then nothing leaves but noised, charged releases"),
        .init(
            "in_flight", "1 to \(ConfigurationLimits.inFlightCount)", default: "\(Defaults.inFlight)",
            "columns that the site may hold unanswered at once"),
        .init(
            "operator_listen", "host:port, off", default: "`off`",
            "where the agent's `/` (status page), `/metrics` and `/readyz` are, without encryption or password"
        ),
        .init(
            "log_level", LogLevel.allCases.map(\.rawValue).joined(separator: ", "),
            default: "`\(Defaults.logLevel.rawValue)`", "the least important messages that are logged"),
    ]

    /// Reads and validates a site's configuration file.
    ///
    /// - Parameters:
    ///   - path: The file, absolute or relative to the working directory.
    ///   - overrides: `key=value` arguments of `--set`, as for a study.
    ///   - environment: What `ATOLL_DATA` is looked up in; the process's own when nil.
    /// - Throws: ``ConfigurationError``. Neither the key file nor the study is opened here.
    package static func load(
        path: String, overrides: [String] = [], environment: [String: String]? = nil
    ) throws(ConfigurationError) -> SiteConfiguration {
        let text = try ConfigurationText(
            path: path, what: "the site's configuration", overrides: overrides, environment: environment)
        return try SiteConfiguration(text)
    }

    private init(_ text: ConfigurationText) throws(ConfigurationError) {
        let reader = try SettingReader(text.root, keys: Self.keys)
        let paths = text.paths
        study = try reader.required("study", try reader.path("study", paths), example: "study.yaml")
        site = try reader.required("site", try reader.text("site"), example: "site-1")
        guard NameRule.studyOrSite.allows(site) else {
            throw reader.refusal(
                .outOfRange, "site", allowed: NameRule.studyOrSite.description,
                fix: "use the study's name for it")
        }
        key = try reader.required("key", try reader.path("key", paths), example: "site-1.key")
        aggregator = try reader.endpoint(
            "aggregator", ports: 1...65535, example: "aggregator.example.org:7450")
        aggregatorIdentities = try reader.identityLines("aggregator_identity", paths)
        let data = try reader.mapping("data", keys: DataConfiguration.keys)
        self.data = try DataConfiguration(
            try reader.required("data", data, example: "{path: records.csv, task: reading}"), paths)
        resultsDirectory = try reader.required(
            "results_directory", try reader.path("results_directory", paths), example: "results")
        state = try reader.path("state", paths) ?? resultsDirectory + "/" + Defaults.stateFolder
        privacy =
            if let privacy = try reader.mapping("privacy", keys: SitePrivacy.keys) {
                try SitePrivacy(privacy, paths)
            } else { nil }
        let journal = try reader.choice("journal", of: JournalSync.self)
        guard privacy == nil || journal != .unsynced else {
            throw reader.refusal(
                .impossibleCombination, "journal",
                allowed:
                    "`\(JournalSync.synced.rawValue)` with privacy: what was released must never be computed anew",
                fix: "remove the key")
        }
        self.journal = journal ?? (privacy == nil ? Defaults.journal : .synced)
        inFlight =
            try reader.count(
                "in_flight", 1...ConfigurationLimits.inFlightCount, fix: "write 1: more makes updates staler")
            ?? Defaults.inFlight
        operatorListen = try reader.operatorEndpoint("operator_listen", default: nil)
        logLevel = try reader.choice("log_level", of: LogLevel.self) ?? Defaults.logLevel
    }

    /// Creates a configuration from values that are known to be right, to be written with ``yaml()``.
    package init(
        study: String, site: String, key: String, aggregator: Endpoint, aggregatorIdentities: [String],
        data: DataConfiguration, resultsDirectory: String, state: String? = nil,
        journal: JournalSync? = nil, inFlight: Int = Defaults.inFlight,
        operatorListen: Endpoint? = nil, logLevel: LogLevel = Defaults.logLevel, privacy: SitePrivacy? = nil
    ) {
        self.study = study
        self.site = site
        self.key = key
        self.aggregator = aggregator
        self.aggregatorIdentities = aggregatorIdentities
        self.data = data
        self.resultsDirectory = resultsDirectory
        self.state = state ?? resultsDirectory + "/" + Defaults.stateFolder
        self.journal = journal ?? (privacy == nil ? Defaults.journal : .synced)
        self.privacy = privacy
        self.inFlight = inFlight
        self.operatorListen = operatorListen
        self.logLevel = logLevel
    }

    /// The configuration as a file with every setting written out and every path absolute; loads back equal.
    package func yaml() -> String {
        let lines =
            [
                "study: \(YAMLText.quoted(study))",
                "site: \(YAMLText.quoted(site))",
                "key: \(YAMLText.quoted(key))",
                "aggregator: \(YAMLText.quoted(aggregator.description))",
                "aggregator_identity: \(YAMLText.list(aggregatorIdentities))",
            ] + data.yamlLines + [
                "results_directory: \(YAMLText.quoted(resultsDirectory))",
                "state: \(YAMLText.quoted(state))",
                "journal: \(journal.rawValue)",
                "in_flight: \(inFlight)",
                "operator_listen: \(YAMLText.quoted(operatorListen?.description ?? "off"))",
                "log_level: \(logLevel.rawValue)",
            ] + (privacy?.yamlLines ?? [])
        return lines.joined(separator: "\n") + "\n"
    }
}
