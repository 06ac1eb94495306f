internal import MultiTaskLearning

extension StudyConfiguration {
    /// An `optimum` that stands in a file whose problem overrides changed.
    package struct WithdrawnOptimum: Sendable, Equatable {
        package let value: Double
        /// The dotted keys that were set, of those that a problem consists of, in their order and each once.
        package let keys: [String]
    }

    /// Decodes a study; an `optimum` of the file is left out where overrides change the problem and not it.
    init(_ text: ConfigurationText) throws(ConfigurationError) {
        try self.init(text.root, text.paths)
        withdrawOptimum(of: text)
    }

    /// That, and why, the file's optimum was left out; nil where it was not.
    package var optimumWarning: String? {
        guard let withdrawnOptimum else { return nil }
        let keys = withdrawnOptimum.keys.joined(separator: ", ")
        return
            "optimum \(withdrawnOptimum.value) is left out: it is of the study as written, and --set \(keys) "
            + "changes the problem; add --set optimum=VALUE where that of the changed one is known"
    }

    /// The top-level keys whose values an optimum is of.
    private static let optimumKeys = Set((problemKeys + parameterKeys + TaskRelations.keys).map(\.name))
        .subtracting(["name", "optimum"])

    private static func isOfProblem(_ setting: SettingOverride) -> Bool {
        setting.path.first.map { optimumKeys.contains($0) } ?? false
    }

    private mutating func withdrawOptimum(of text: ConfigurationText) {
        guard let value = optimum, !text.overrides.contains(where: { $0.path == ["optimum"] }) else { return }
        let changes = text.overrides.filter { Self.isOfProblem($0) }
        guard !changes.isEmpty else { return }
        // A problem that is whole only with the overrides is not what the file's optimum is of.
        if let written = try? Self.withWrittenProblem(text), isSameProblem(as: written) { return }
        var keys: [String] = []
        for change in changes {
            let key = change.path.joined(separator: ".")
            if !keys.contains(key) { keys.append(key) }
        }
        withdrawnOptimum = WithdrawnOptimum(value: value, keys: keys)
        optimum = nil
    }

    /// Returns the study with the file's problem, and with every other setting as it is overridden.
    private static func withWrittenProblem(
        _ text: ConfigurationText
    ) throws(ConfigurationError) -> StudyConfiguration {
        var root = text.written
        for setting in text.overrides where !isOfProblem(setting) { try setting.apply(to: &root) }
        return try StudyConfiguration(root, text.paths)
    }

    /// Whether another study has the same records, losses and regularizer, however they are written.
    private func isSameProblem(as other: StudyConfiguration) -> Bool {
        guard features == other.features, intercept == other.intercept, lossScale == other.lossScale,
            featureColumns == other.featureColumns
        else { return false }
        guard regularizer == other.regularizer, regularizerParameters == other.regularizerParameters,
            splitParts == other.splitParts, relations?.content == other.relations?.content,
            lambda == other.lambda
        else { return false }
        return hasLosses(of: other) && hasRecords(of: other)
    }

    /// Whether every task has the loss and the weight that it has in another study, whoever owns it.
    private func hasLosses(of other: StudyConfiguration) -> Bool {
        guard tasks.isEmpty == other.tasks.isEmpty else { return false }
        return tasks.isEmpty
            ? losses == other.losses && taskWeights == other.taskWeights : ownerless == other.ownerless
    }

    /// The tasks with loss and weight as they result, and without their sites; by name where their order does not count.
    private var ownerless: [TaskAssignment] {
        let tasks = tasks.map {
            TaskAssignment(name: $0.name, site: "", loss: loss(of: $0), weight: weight(of: $0))
        }
        return regularizer == .temporal ? tasks : tasks.sorted { $0.name < $1.name }
    }

    private func hasRecords(of other: StudyConfiguration) -> Bool {
        switch (data, other.data) {
        case (nil, nil): true
        case (let data?, let otherData?): data.namesRecords(of: otherData)
        default: false
        }
    }
}

extension DataConfiguration {
    /// Whether the same files, columns and split are named: a source changes nothing, nor does the seed of no split.
    fileprivate func namesRecords(of other: DataConfiguration) -> Bool {
        guard layout == other.layout, targetColumn == other.targetColumn,
            featureColumns == other.featureColumns, personColumn == other.personColumn
        else { return false }
        guard trainFraction == other.trainFraction, validationFraction == other.validationFraction else {
            return false
        }
        return splitSeed == other.splitSeed || (trainFraction == 1 && validationFraction == 0)
    }
}
