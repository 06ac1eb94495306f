/// When a study is finished: whichever of its conditions holds first.
///
/// At least one is set.
package struct StoppingConditions: Sendable, Equatable {
    /// The relative fixed-point residual at the aggregator.
    package let residual: Double?
    /// Accepted updates.
    package let updates: Int?
    /// Accepted updates in units of the number of tasks.
    package let epochs: Int?

    /// Creates conditions; a study without any is refused by its validation.
    package init(residual: Double? = nil, updates: Int? = nil, epochs: Int? = nil) {
        self.residual = residual
        self.updates = updates
        self.epochs = epochs
    }

    /// The keys of `stop`.
    package static let keys: [ConfigurationKey] = [
        .init("residual", "number > 0", default: "none", "relative fixed-point residual at the aggregator"),
        .init("updates", "whole number >= 1", default: "none", "accepted updates"),
        .init("epochs", "whole number >= 1", default: "none", "accepted updates over the number of tasks"),
    ]

    init(_ reader: SettingReader) throws(ConfigurationError) {
        let counts = 1...ConfigurationLimits.countValue
        residual = try reader.number("residual", .positive, fix: "write for example 1e-5")
        updates = try reader.count("updates", counts, fix: "write for example 1000")
        epochs = try reader.count("epochs", counts, fix: "write for example 100")
    }

    /// Whether no condition is set.
    package var isEmpty: Bool { residual == nil && updates == nil && epochs == nil }

    /// Returns the smaller cap on accepted updates of a study with `taskCount` tasks; nil where there is none.
    package func updateCountMaximum(taskCount: Int) -> UInt64? {
        let fromEpochs = epochs.map { epochs in
            let (product, overflow) = epochs.multipliedReportingOverflow(by: taskCount)
            return overflow ? Int.max : product
        }
        return [updates, fromEpochs].compactMap { $0 }.min().map(UInt64.init)
    }

    /// The conditions in words, in the order of the keys.
    package func descriptions(taskCount: Int?) -> [String] {
        var texts: [String] = []
        if let residual { texts.append("relative fixed-point residual at most \(residual)") }
        if let updates { texts.append("\(updates) accepted updates") }
        if let epochs {
            let updates = taskCount.map {
                " (\(updateCountMaximumText(epochs: epochs, taskCount: $0)) updates)"
            }
            texts.append("\(epochs) epochs\(updates ?? "")")
        }
        return texts
    }

    private func updateCountMaximumText(epochs: Int, taskCount: Int) -> String {
        StoppingConditions(epochs: epochs).updateCountMaximum(taskCount: taskCount).map(String.init) ?? ""
    }

    /// The lines of `stop` in a study file.
    var yamlLines: [String] {
        var lines = ["stop:"]
        if let residual { lines.append("  residual: \(residual)") }
        if let updates { lines.append("  updates: \(updates)") }
        if let epochs { lines.append("  epochs: \(epochs)") }
        return lines
    }
}
