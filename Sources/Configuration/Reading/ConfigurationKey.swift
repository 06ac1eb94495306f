/// One documented key of a configuration file: the same table decodes, suggests and documents.
package struct ConfigurationKey: Sendable, Equatable {
    /// The key without its parents.
    package let name: String
    /// What may stand there.
    package let form: String
    /// What holds when it is absent, or `required`.
    package let fallback: String
    package let meaning: String

    init(_ name: String, _ form: String, default fallback: String, _ meaning: String) {
        self.name = name
        self.form = form
        self.fallback = fallback
        self.meaning = meaning
    }

    /// Returns a Markdown table of `keys`, one row each, in their order.
    package static func table(of keys: [ConfigurationKey], prefix: String = "") -> String {
        let rows = keys.map { key in
            "| `\(prefix)\(key.name)` | \(key.form) | \(key.fallback) | \(key.meaning) |"
        }
        return (["| key | value | default | meaning |", "|---|---|---|---|"] + rows).joined(separator: "\n")
            + "\n"
    }
}
