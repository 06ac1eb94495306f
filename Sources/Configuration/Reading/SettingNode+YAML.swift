internal import Yams

extension SettingNode {
    /// Parses one YAML document.
    ///
    /// An empty document is an empty mapping.
    ///
    /// - Parameters:
    ///   - yaml: The text.
    ///   - origin: Makes an origin from a line number counted from 1.
    /// - Throws: ``ConfigurationError/Code/malformedYAML`` with line and problem, also where nesting or the
    ///   number of nodes (aliases counted as often as they are used) exceeds ``ConfigurationLimits``;
    ///   ``ConfigurationError/Code/duplicateKey``.
    static func parsed(
        _ yaml: String, origin: (Int?) -> SettingOrigin
    ) throws(ConfigurationError) -> SettingNode {
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml, .basic, .default, .utf8)
        } catch let error as YamlError {
            throw Self.refusal(of: error, origin: origin)
        } catch {
            throw ConfigurationError(.malformedYAML, "\(origin(nil)): \(error)")
        }
        guard let root else { return SettingNode(content: .mapping([]), origin: origin(nil)) }
        var remaining = ConfigurationLimits.nodeCount
        let node = try converted(root, depth: 0, remaining: &remaining, origin: origin)
        if node.isNull { return SettingNode(content: .mapping([]), origin: origin(nil)) }
        return node
    }

    private static func converted(
        _ node: Node, depth: Int, remaining: inout Int, origin: (Int?) -> SettingOrigin
    ) throws(ConfigurationError) -> SettingNode {
        let place = origin(node.mark?.line)
        remaining -= 1
        guard remaining >= 0 else {
            throw ConfigurationError(
                .malformedYAML,
                "\(place): the file has more than \(ConfigurationLimits.nodeCount) values; use fewer or no aliases"
            )
        }
        guard depth <= ConfigurationLimits.nestingDepth else {
            throw ConfigurationError(
                .malformedYAML,
                "\(place): lists and mappings are nested deeper than \(ConfigurationLimits.nestingDepth); "
                    + "no setting needs that")
        }
        switch node {
        case .scalar(let scalar):
            let isQuoted = scalar.style != .plain && scalar.style != .any
            return SettingNode(content: .scalar(scalar.string, isQuoted: isQuoted), origin: place)
        case .sequence(let sequence):
            var items: [SettingNode] = []
            for item in sequence {
                items.append(try converted(item, depth: depth + 1, remaining: &remaining, origin: origin))
            }
            return SettingNode(content: .list(items), origin: place)
        case .mapping(let mapping):
            var entries: [Entry] = []
            var seen = Set<String>()
            for (key, value) in mapping {
                let keyPlace = origin(key.mark?.line)
                guard let text = key.scalar?.string else {
                    throw ConfigurationError(
                        .malformedYAML, "\(keyPlace): a key must be a word, not a list or mapping")
                }
                guard seen.insert(text).inserted else { throw duplicate(text, at: keyPlace) }
                let value = try converted(value, depth: depth + 1, remaining: &remaining, origin: origin)
                entries.append(Entry(key: text, origin: keyPlace, value: value))
            }
            return SettingNode(content: .mapping(entries), origin: place)
        case .alias:
            throw ConfigurationError(
                .malformedYAML, "\(place): an alias has no anchor; write the value itself")
        }
    }

    private static func duplicate(_ key: String, at place: SettingOrigin) -> ConfigurationError {
        ConfigurationError(
            .duplicateKey,
            "\(place): the key \(quote(key)) stands twice in one mapping; remove one of the two")
    }

    private static func refusal(of error: YamlError, origin: (Int?) -> SettingOrigin) -> ConfigurationError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            ConfigurationError(
                .malformedYAML,
                "\(origin(mark.line)): this is no YAML (column \(mark.column)): \(problem); check indentation, "
                    + "colons and quotation marks")
        case .duplicatedKeysInMapping(let duplicates, let context):
            duplicate(duplicates.first ?? "", at: origin(context.mark.line))
        case .reader(let problem, _, _, _):
            ConfigurationError(
                .malformedYAML, "\(origin(nil)): this is no YAML: \(problem); write plain UTF-8 text")
        default:
            ConfigurationError(.malformedYAML, "\(origin(nil)): this is no YAML: \(error)")
        }
    }
}
