internal import FoundationEssentials

/// A configuration file's text with the overrides of the command line applied.
struct ConfigurationText {
    let root: SettingNode
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
        var root = try SettingNode.parsed(text) { .file(path, line: $0) }
        for argument in overrides { try SettingOverride(argument).apply(to: &root) }
        self.root = root
        paths = PathResolver(
            configurationFile: path, environment: environment ?? ProcessInfo.processInfo.environment)
    }
}
