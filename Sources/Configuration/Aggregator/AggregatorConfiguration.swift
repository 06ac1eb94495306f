/// What the aggregator's service needs.
///
/// Values hold paths of secrets, never secrets.
package struct AggregatorConfiguration: Sendable, Equatable {
    /// Absolute path of the study file.
    package let study: String
    /// Absolute path of the aggregator's key file.
    package let key: String
    /// Where sites connect; port 0 lets the operating system choose.
    package let listen: Endpoint
    /// Where the status page and the metrics are; nil where they are off.
    package let operatorListen: Endpoint?
    /// Absolute path of the folder with one file of public lines per site.
    package let authorizedSites: String
    /// Absolute path of the folder for history and summary.
    package let resultsDirectory: String
    /// Absolute path of the folder for the durable state.
    package let state: String
    /// Absolute path of the folder for the books of receipts of private studies.
    package let receipts: String
    /// Accepted updates, and receipts of refused releases, that the state keeps.
    package let retainedUpdateCount: Int
    /// Mebibytes of releases that the state keeps beyond what a start needs.
    package let retainedReleaseMebibytes: Int
    /// Whether the service ends once every owner has fetched its final column.
    package let exitWhenFinished: Bool
    package let logLevel: LogLevel

    /// What holds where a configuration is silent.
    package enum Defaults {
        package static let operatorListen = Endpoint(host: "127.0.0.1", port: 7451)
        /// The state's folder in the results folder.
        package static let stateFolder = "state"
        /// The folder of receipts in the results folder.
        package static let receiptsFolder = "receipts"
        package static let retainedUpdateCount = 1_000_000
        package static let retainedReleaseMebibytes = 256
        package static let exitWhenFinished = true
        package static let logLevel = LogLevel.info
    }

    /// Every key, with its default.
    package static let keys: [ConfigurationKey] = [
        .init("study", "path", default: "required", "the study file, the same as the sites'"),
        .init("key", "path", default: "required", "the aggregator's key file, made by `atoll keys generate`"),
        .init("listen", "host:port", default: "required", "where sites connect; port 0: any free one"),
        .init(
            "operator_listen", "host:port, off", default: "`\(Defaults.operatorListen)`",
            "where `/` (status page), `/metrics` and `/readyz` are, without encryption or password; port 0: any free one"
        ),
        .init(
            "authorized_sites", "path", default: "required",
            "the folder with one file of public lines per site"),
        .init("results_directory", "path", default: "required", "where history and summary go"),
        .init(
            "state", "path", default: "`\(Defaults.stateFolder)` in `results_directory`",
            "the folder of the durable state, of this study only; a start goes on from it"),
        .init(
            "receipts", "path", default: "`\(Defaults.receiptsFolder)` in `results_directory`",
            "the folder of the signed receipts of a private study, one file a site; an auditor is given it"),
        .init(
            "retention_updates", "whole number from 1", default: "`\(Defaults.retainedUpdateCount)`",
            "accepted updates that the state's log keeps, and as many receipts of refused ones"),
        .init(
            "retention_release_mebibytes", "whole number", default: "`\(Defaults.retainedReleaseMebibytes)`",
            "releases that the state keeps beyond what a start needs, in MiB; that is at most 128 bytes for each number of "
                + "the model, and a release for each task"),
        .init(
            "exit_when_finished", "true, false", default: "`\(Defaults.exitWhenFinished)`",
            "end once every owner has fetched its final column"),
        .init(
            "log_level", LogLevel.allCases.map(\.rawValue).joined(separator: ", "),
            default: "`\(Defaults.logLevel.rawValue)`", "the least important messages that are logged"),
    ]

    /// Reads and validates an aggregator's configuration file.
    ///
    /// - Parameters:
    ///   - path: The file, absolute or relative to the working directory.
    ///   - overrides: `key=value` arguments of `--set`, as for a study.
    ///   - environment: What `ATOLL_DATA` is looked up in; the process's own when nil.
    /// - Throws: ``ConfigurationError``. Neither the key file nor the study is opened here.
    package static func load(
        path: String, overrides: [String] = [], environment: [String: String]? = nil
    ) throws(ConfigurationError) -> AggregatorConfiguration {
        let text = try ConfigurationText(
            path: path, what: "the aggregator's configuration", overrides: overrides, environment: environment
        )
        let reader = try SettingReader(text.root, keys: keys)
        let paths = text.paths
        let resultsDirectory = try reader.required(
            "results_directory", try reader.path("results_directory", paths), example: "results")
        return AggregatorConfiguration(
            study: try reader.required("study", try reader.path("study", paths), example: "study.yaml"),
            key: try reader.required("key", try reader.path("key", paths), example: "aggregator.key"),
            listen: try reader.endpoint("listen", ports: 0...65535, example: "0.0.0.0:7450"),
            operatorListen: try reader.operatorEndpoint("operator_listen", default: Defaults.operatorListen),
            authorizedSites: try reader.required(
                "authorized_sites", try reader.path("authorized_sites", paths),
                example: "keys/authorized_sites"),
            resultsDirectory: resultsDirectory, state: try reader.path("state", paths),
            receipts: try reader.path("receipts", paths),
            retainedUpdateCount: try reader.count(
                "retention_updates", 1...ConfigurationLimits.retainedUpdateCount,
                fix: "write how many accepted updates the log keeps, as `retention_updates: 1000000`")
                ?? Defaults.retainedUpdateCount,
            retainedReleaseMebibytes: try reader.count(
                "retention_release_mebibytes", 0...ConfigurationLimits.retainedReleaseMebibytes,
                fix: "write how many MiB of releases are kept, as `retention_release_mebibytes: 256`")
                ?? Defaults.retainedReleaseMebibytes,
            exitWhenFinished: try reader.boolean("exit_when_finished") ?? Defaults.exitWhenFinished,
            logLevel: try reader.choice("log_level", of: LogLevel.self) ?? Defaults.logLevel)
    }

    /// Creates a configuration from values that are known to be right, to be written with ``yaml()``.
    ///
    /// - Parameters:
    ///   - state: The state's folder; nil for the one in the results folder.
    ///   - receipts: The folder of receipts; nil for the one in the results folder.
    package init(
        study: String, key: String, listen: Endpoint, operatorListen: Endpoint? = Defaults.operatorListen,
        authorizedSites: String, resultsDirectory: String,
        state: String? = nil, receipts: String? = nil,
        retainedUpdateCount: Int = Defaults.retainedUpdateCount,
        retainedReleaseMebibytes: Int = Defaults.retainedReleaseMebibytes,
        exitWhenFinished: Bool = Defaults.exitWhenFinished, logLevel: LogLevel = Defaults.logLevel
    ) {
        self.study = study
        self.key = key
        self.listen = listen
        self.operatorListen = operatorListen
        self.authorizedSites = authorizedSites
        self.resultsDirectory = resultsDirectory
        self.state = state ?? resultsDirectory + "/" + Defaults.stateFolder
        self.receipts = receipts ?? resultsDirectory + "/" + Defaults.receiptsFolder
        self.retainedUpdateCount = retainedUpdateCount
        self.retainedReleaseMebibytes = retainedReleaseMebibytes
        self.exitWhenFinished = exitWhenFinished
        self.logLevel = logLevel
    }

    /// The configuration as a file with every setting written out and every path absolute; loads back equal.
    package func yaml() -> String {
        let lines = [
            "study: \(YAMLText.quoted(study))",
            "key: \(YAMLText.quoted(key))",
            "listen: \(YAMLText.quoted(listen.description))",
            "operator_listen: \(YAMLText.quoted(operatorListen?.description ?? "off"))",
            "authorized_sites: \(YAMLText.quoted(authorizedSites))",
            "results_directory: \(YAMLText.quoted(resultsDirectory))",
            "state: \(YAMLText.quoted(state))",
            "receipts: \(YAMLText.quoted(receipts))",
            "retention_updates: \(retainedUpdateCount)",
            "retention_release_mebibytes: \(retainedReleaseMebibytes)",
            "exit_when_finished: \(exitWhenFinished)",
            "log_level: \(logLevel.rawValue)",
        ]
        return lines.joined(separator: "\n") + "\n"
    }
}
