internal import FoundationEssentials

/// A configuration file's text with the overrides of the command line applied.
struct ConfigurationText {
    let root: SettingNode
    /// The file alone, without overrides.
    let written: SettingNode
    /// In the order in which they are applied.
    let overrides: [SettingOverride]
    let paths: PathResolver

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: The file; error messages name it as given here.
    ///   - what: What it is, for error messages: "the study".
    ///   - overrides: `key=value` arguments, applied in their order.
    ///   - environment: The process's when nil.
    /// - Throws: ``ConfigurationError``: unreadable file, malformed YAML or override.
    init(
        path: String, what: String, overrides: [String], environment: [String: String]?
    ) throws(ConfigurationError) {
        let text = try LocalFile.text(path, what: what)
        try self.init(text: text, path: path, overrides: overrides, environment: environment)
    }

    /// Parses a text as if it stood in the file at `path`.
    init(
        text: String, path: String, overrides: [String], environment: [String: String]?
    ) throws(ConfigurationError) {
        guard overrides.count <= ConfigurationLimits.overrideCount else {
            throw ConfigurationError(
                .outOfRange,
                "--set: \(overrides.count) overrides; the bound is \(ConfigurationLimits.overrideCount); "
                    + "write them into a file")
        }
        written = try SettingNode.parsed(text) { .file(path, line: $0) }
        var root = written
        var settings: [SettingOverride] = []
        for argument in overrides {
            let setting = try SettingOverride(argument)
            try setting.apply(to: &root)
            settings.append(setting)
        }
        self.root = root
        self.overrides = settings
        paths = PathResolver(
            configurationFile: path, environment: environment ?? ProcessInfo.processInfo.environment)
    }
}
