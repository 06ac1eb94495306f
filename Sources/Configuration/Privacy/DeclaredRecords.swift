/// The public number of each task's records or persons: one for all, with exceptions by task.
package struct DeclaredRecords: Sendable, Equatable {
    package let standard: Int
    package let exceptions: [String: Int]

    package init(_ standard: Int, exceptions: [String: Int] = [:]) {
        self.standard = standard
        self.exceptions = exceptions
    }

    /// The number of a task.
    package func count(of task: String) -> Int { exceptions[task] ?? standard }

    /// The key of the number that holds for all tasks not named.
    private static let defaultKey = "default"

    /// Reads `500`, or `{default: 500, "<task>": 320}`.
    init?(_ reader: SettingReader, key: String) throws(ConfigurationError) {
        guard let node = try reader.node(key) else { return nil }
        let range = 1...ConfigurationLimits.countValue
        let fix = "write the number of records that may be told, for example 500"
        guard case .mapping = node.content else {
            guard let count = try reader.count(key, range, fix: fix) else { return nil }
            self.init(count)
            return
        }
        let mapping = try SettingReader(node, path: reader.prefix + key, keys: nil)
        let standard = try mapping.required(
            Self.defaultKey, try mapping.count(Self.defaultKey, range, fix: fix), example: "500")
        var exceptions: [String: Int] = [:]
        for task in mapping.keys where task != Self.defaultKey {
            exceptions[task] = try mapping.count(task, range, fix: fix)
        }
        self.init(standard, exceptions: exceptions)
    }

    /// The lines of the key in a study file.
    var yamlLines: [String] {
        guard !exceptions.isEmpty else { return ["declared_records: \(standard)"] }
        return ["declared_records:", "  \(Self.defaultKey): \(standard)"]
            + exceptions.sorted { $0.key < $1.key }.map { "  \(YAMLText.quoted($0.key)): \($0.value)" }
    }
}
