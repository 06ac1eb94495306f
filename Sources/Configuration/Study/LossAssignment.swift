package import MultiTaskLearning

/// The loss of each task: one for all, with exceptions by task.
package struct LossAssignment: Sendable, Equatable {
    package let standard: LossKind
    package let exceptions: [String: LossKind]

    package init(_ standard: LossKind, exceptions: [String: LossKind] = [:]) {
        self.standard = standard
        self.exceptions = exceptions
    }

    /// The key of the loss that holds for all tasks not named.
    static let defaultKey = "default"

    /// Reads `squared`, or `{default: squared, "<task>": logistic}`.
    init?(_ reader: SettingReader, key: String) throws(ConfigurationError) {
        guard let node = try reader.node(key) else { return nil }
        guard case .mapping = node.content else {
            guard let kind = try reader.choice(key, of: LossKind.self) else { return nil }
            self.init(kind)
            return
        }
        let mapping = try SettingReader(node, path: reader.prefix + key, keys: nil)
        let standard = try mapping.required(
            Self.defaultKey, try mapping.choice(Self.defaultKey, of: LossKind.self), example: "squared")
        var exceptions: [String: LossKind] = [:]
        for task in mapping.keys where task != Self.defaultKey {
            exceptions[task] = try mapping.choice(task, of: LossKind.self)
        }
        self.init(standard, exceptions: exceptions)
    }

    /// The lines of `loss` in a study file.
    var yamlLines: [String] {
        guard !exceptions.isEmpty else { return ["loss: \(standard.rawValue)"] }
        return ["loss:", "  \(Self.defaultKey): \(standard.rawValue)"]
            + exceptions.sorted { $0.key < $1.key }.map {
                "  \(YAMLText.quoted($0.key)): \($0.value.rawValue)"
            }
    }
}
