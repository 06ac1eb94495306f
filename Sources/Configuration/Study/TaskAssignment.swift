package import MultiTaskLearning

/// One task of a deployable study and the site whose key may write its column.
package struct TaskAssignment: Sendable, Equatable {
    package let name: String
    package let site: String
    /// Overrides the study's `loss` for this task.
    package let loss: LossKind?
    /// Overrides the study's `task_weights` for this task.
    package let weight: Double?

    /// Creates an assignment; ``StudyConfiguration/filledIn(tasks:dimension:)`` validates it.
    package init(name: String, site: String, loss: LossKind? = nil, weight: Double? = nil) {
        self.name = name
        self.site = site
        self.loss = loss
        self.weight = weight
    }

    /// The keys of an item of `tasks`.
    package static let keys: [ConfigurationKey] = [
        .init("name", "name", default: "required", "the task: one column of the model"),
        .init("site", "name", default: "required", "the site that owns it"),
        .init("loss", "squared, logistic", default: "the study's", "the task's loss"),
        .init("weight", "number > 0", default: "1", "what its loss is multiplied by"),
    ]

    init(_ reader: SettingReader) throws(ConfigurationError) {
        name = try reader.required("name", try reader.text("name"), example: "reading")
        site = try reader.required("site", try reader.text("site"), example: "site-1")
        loss = try reader.choice("loss", of: LossKind.self)
        weight = try reader.number("weight", .positive, fix: "write for example 1, or remove the task")
    }

    /// The item's line in a study file.
    var yamlLine: String {
        var line = "  - {name: \(YAMLText.quoted(name)), site: \(YAMLText.quoted(site))"
        if let loss { line += ", loss: \(loss.rawValue)" }
        if let weight { line += ", weight: \(weight)" }
        return line + "}"
    }
}
