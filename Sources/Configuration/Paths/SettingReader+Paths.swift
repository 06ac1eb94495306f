extension SettingReader {
    /// The absolute path of a key, nil where the key is absent.
    func path(_ key: String, _ paths: PathResolver) throws(ConfigurationError) -> String? {
        guard let text = try text(key, allowed: "a path") else { return nil }
        do {
            return try paths.resolve(text)
        } catch {
            throw refusal(
                .unknownValue, key, allowed: PathResolver.PathProblem.allowed,
                fix: "write the path itself, or begin it with `\(PathResolver.dataVariable)`")
        }
    }
}
