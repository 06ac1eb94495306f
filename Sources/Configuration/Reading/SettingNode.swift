/// One value of a configuration text, with its origin: the YAML tree with tags and anchors resolved away.
struct SettingNode: Sendable {
    /// What stands there.
    enum Content: Sendable {
        /// The text of a scalar; a quoted one is text even where it looks like a number.
        case scalar(String, isQuoted: Bool)
        case list([SettingNode])
        case mapping([Entry])
    }

    /// One key of a mapping.
    struct Entry: Sendable {
        let key: String
        /// Where the key stands, which may be a line above its value.
        let origin: SettingOrigin
        var value: SettingNode
    }

    var content: Content
    let origin: SettingOrigin

    /// Whether this is YAML's null: nothing, `~` or `null`, unquoted.
    var isNull: Bool {
        guard case .scalar(let text, isQuoted: false) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// The value as an error message repeats it, cut to a bounded length.
    var quoted: String {
        switch content {
        case .scalar(let text, _): Self.quote(text)
        case .list(let items): "a list of \(items.count)"
        case .mapping(let entries): "a mapping of \(entries.count) keys"
        }
    }

    /// Returns `text` in quotation marks, cut to ``ConfigurationLimits/quotedCharacterCount``.
    static func quote(_ text: String) -> String {
        let limit = ConfigurationLimits.quotedCharacterCount
        return "\"" + (text.count > limit ? text.prefix(limit) + "…" : text) + "\""
    }
}
