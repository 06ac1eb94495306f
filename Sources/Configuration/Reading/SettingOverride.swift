/// One `--set key=value` argument: a dotted key and a value parsed as YAML.
///
/// `stop.epochs=10` sets one key of a nested mapping and leaves the others; `stop.residual=null` takes the
/// key away, so that its default holds. A task whose name has a dot cannot be addressed.
struct SettingOverride: Sendable {
    let path: [String]
    let value: SettingNode
    let origin: SettingOrigin

    /// Parses an argument.
    ///
    /// - Throws: ``ConfigurationError/Code/malformedOverride`` where it is no `key=value`;
    ///   ``ConfigurationError/Code/malformedYAML`` where the value is no YAML.
    init(_ argument: String) throws(ConfigurationError) {
        guard let equals = argument.firstIndex(of: "=") else {
            throw ConfigurationError(
                .malformedOverride,
                "--set \(SettingNode.quote(argument)): this is no key=value; write for example --set stop.epochs=10"
            )
        }
        let key = String(argument[..<equals])
        let path = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard path.allSatisfy({ !$0.isEmpty && !$0.contains(" ") }) else {
            throw ConfigurationError(
                .malformedOverride,
                "--set \(SettingNode.quote(argument)): \(SettingNode.quote(key)) is no key; write names joined by "
                    + "single dots, for example --set stop.epochs=10")
        }
        let origin = SettingOrigin.override(key: key)
        let text = String(argument[argument.index(after: equals)...])
        let parsed = try SettingNode.parsed(text) { _ in origin }
        // No text at all is the null that takes a key away; only `{}` is an empty mapping.
        let isEmpty = text.allSatisfy { $0 == " " } || Self.isNull(text)
        self.path = path
        value = isEmpty ? SettingNode(content: .scalar("", isQuoted: false), origin: origin) : parsed
        self.origin = origin
    }

    private static func isNull(_ text: String) -> Bool {
        SettingNode(content: .scalar(text, isQuoted: false), origin: .program("")).isNull
    }

    /// Puts the value into `root`, making the mappings on its way.
    ///
    /// - Throws: ``ConfigurationError/Code/wrongType`` where the way leads through a list or a plain value.
    func apply(to root: inout SettingNode) throws(ConfigurationError) {
        try apply(to: &root, remaining: path[...])
    }

    private func apply(
        to node: inout SettingNode, remaining: ArraySlice<String>
    ) throws(ConfigurationError) {
        guard let key = remaining.first else { return }
        guard case .mapping(var entries) = node.content else {
            let parent = path.prefix(path.count - remaining.count).joined(separator: ".")
            throw ConfigurationError(
                .wrongType,
                "\(origin): \(parent.isEmpty ? "the file" : parent) is \(node.quoted), not a mapping with keys; "
                    + "set \(parent.isEmpty ? "a file with keys" : parent + " itself")")
        }
        let index = entries.firstIndex { $0.key == key }
        if remaining.count == 1 {
            if let index { entries.remove(at: index) }
            if !value.isNull {
                let entry = SettingNode.Entry(key: key, origin: origin, value: value)
                entries.insert(entry, at: index ?? entries.endIndex)
            }
        } else {
            let empty = SettingNode(content: .mapping([]), origin: origin)
            let position = index ?? entries.endIndex
            var child = index.map { entries[$0].value } ?? empty
            try apply(to: &child, remaining: remaining.dropFirst())
            let entry = SettingNode.Entry(
                key: key, origin: index.map { entries[$0].origin } ?? origin, value: child)
            if index != nil { entries[position] = entry } else { entries.append(entry) }
        }
        node.content = .mapping(entries)
    }
}
