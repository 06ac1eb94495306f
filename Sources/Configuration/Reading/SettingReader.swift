/// Typed access to one mapping whose keys are all known.
///
/// Every failure names origin, dotted key, value, what is allowed and the fix.
struct SettingReader {
    /// The dotted path of this mapping, ending in a dot where it is not the root.
    let prefix: String
    let origin: SettingOrigin
    private let entries: [String: SettingNode.Entry]

    /// Opens a mapping.
    ///
    /// - Parameters:
    ///   - node: The value that must be a mapping.
    ///   - path: Its dotted path; empty for the root.
    ///   - keys: What may stand in it; nil where the keys are data (task names).
    /// - Throws: ``ConfigurationError/Code/wrongType``, ``ConfigurationError/Code/unknownKey`` with the nearest
    ///   known key.
    init(_ node: SettingNode, path: String = "", keys: [ConfigurationKey]?) throws(ConfigurationError) {
        guard case .mapping(let entries) = node.content else {
            let names = keys.map { $0.map(\.name).joined(separator: ", ") } ?? "task: value"
            throw ConfigurationError(
                .wrongType,
                "\(node.origin): \(path.isEmpty ? "the file" : path): got \(node.quoted); allowed: a mapping "
                    + "with keys (\(names)); write one `key: value` a line")
        }
        prefix = path.isEmpty ? "" : path + "."
        origin = node.origin
        if let keys {
            let names = keys.map(\.name)
            for entry in entries where !names.contains(entry.key) {
                throw Self.unknownKey(prefix: prefix, entry: entry, names: names)
            }
        }
        self.entries = Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0) })
    }

    private static func unknownKey(
        prefix: String, entry: SettingNode.Entry, names: [String]
    ) -> ConfigurationError {
        let fix =
            NearestWord.suggestion(for: entry.key, among: names)
            .map { "did you mean `\(prefix)\($0)`?" } ?? "remove it;"
        return ConfigurationError(
            .unknownKey,
            "\(entry.origin): unknown key \(SettingNode.quote(prefix + entry.key)) (value \(entry.value.quoted)); "
                + "\(fix) known keys here: \(names.joined(separator: ", "))")
    }

    /// The keys that stand here, sorted.
    var keys: [String] { entries.keys.sorted() }

    /// Whether the key stands here.
    func has(_ key: String) -> Bool { entries[key] != nil }

    /// Where the key stands, or the mapping itself where it does not.
    func origin(of key: String) -> SettingOrigin { entries[key]?.origin ?? origin }

    /// The value of a key, nil where it is absent.
    ///
    /// - Throws: ``ConfigurationError/Code/wrongType`` for a key with nothing after its colon.
    func node(_ key: String) throws(ConfigurationError) -> SettingNode? {
        guard let entry = entries[key] else { return nil }
        guard !entry.value.isNull else {
            throw ConfigurationError(
                .wrongType, "\(entry.origin): \(prefix)\(key): it has no value; write one, or remove the key")
        }
        return entry.value
    }

    /// Returns a refusal of the key's value.
    func refusal(
        _ code: ConfigurationError.Code, _ key: String, allowed: String, fix: String
    ) -> ConfigurationError {
        let value = entries[key].map { "got \($0.value.quoted); " } ?? "it is absent; "
        return ConfigurationError(
            code, "\(origin(of: key)): \(prefix)\(key): \(value)allowed: \(allowed); \(fix)")
    }

    /// Returns a value that must be there.
    ///
    /// - Throws: ``ConfigurationError/Code/missingKey`` where it is not.
    func required<Value>(
        _ key: String, _ value: Value?, example: String
    ) throws(ConfigurationError) -> Value {
        guard let value else {
            throw ConfigurationError(
                .missingKey,
                "\(origin): \(prefix)\(key): this key is required and absent; write for example `\(key): \(example)`"
            )
        }
        return value
    }

    /// The nested mapping of a key, nil where it is absent.
    func mapping(_ key: String, keys: [ConfigurationKey]?) throws(ConfigurationError) -> SettingReader? {
        guard let node = try node(key) else { return nil }
        return try SettingReader(node, path: prefix + key, keys: keys)
    }

    /// The items of a list, nil where the key is absent.
    func list(_ key: String, example: String) throws(ConfigurationError) -> [SettingNode]? {
        guard let node = try node(key) else { return nil }
        guard case .list(let items) = node.content else {
            throw refusal(.wrongType, key, allowed: "a list", fix: "write for example `\(key): \(example)`")
        }
        return items
    }
}
