internal import MultiTaskLearning

extension StudyConfiguration {
    /// Checks names, counts and combinations, whether the study was read or built.
    ///
    /// - Parameter origin: Where a top-level key stands.
    func requireConsistency(_ origin: (String) -> SettingOrigin) throws(ConfigurationError) {
        func refuse(
            _ code: ConfigurationError.Code, _ key: String, got: String, allowed: String, fix: String
        ) throws(ConfigurationError) {
            throw ConfigurationError(code, "\(origin(key)): \(key): got \(got); allowed: \(allowed); \(fix)")
        }
        let limits = ConfigurationLimits.self
        if !NameRule.studyOrSite.allows(name) {
            try refuse(
                .outOfRange, "name", got: SettingNode.quote(name), allowed: NameRule.studyOrSite.description,
                fix: "choose another name")
        }
        if stop.isEmpty {
            try refuse(
                .missingKey, "stop", got: "no condition",
                allowed: "at least one of residual, updates, epochs",
                fix: "write for example `stop: {residual: 1e-5, epochs: 400}`")
        }
        try requirePrivacyConsistency(origin)
        if tasks.count > limits.taskCount {
            try refuse(
                .outOfRange, "tasks", got: "\(tasks.count) tasks", allowed: "at most \(limits.taskCount)",
                fix: "split the study")
        }
        guard let dimension else {
            if !tasks.isEmpty {
                try refuse(
                    .missingKey, "dimension", got: "no value", allowed: "the number of model rows",
                    fix: "write the number of features, the intercept included: sites check theirs against it"
                )
            }
            return
        }
        if !(1...limits.dimension).contains(dimension) {
            try refuse(
                .outOfRange, "dimension", got: "\(dimension)", allowed: "1 to \(limits.dimension)",
                fix: "use fewer features")
        }
        if dimension * max(1, tasks.count) > limits.modelEntryCount {
            try refuse(
                .outOfRange, "dimension", got: "\(dimension) rows of \(tasks.count) tasks",
                allowed: "at most \(limits.modelEntryCount) entries",
                fix: "use fewer features, or split the study")
        }
        if intercept != .none && dimension < 2 {
            try refuse(
                .impossibleCombination, "dimension", got: "1 with intercept `\(intercept.rawValue)`",
                allowed: "at least 2: one feature and the intercept",
                fix: "count the intercept, or set it to none")
        }
        let interceptCount = intercept == .none ? 0 : 1
        if let featureColumns, featureColumns.count + interceptCount != dimension {
            try refuse(
                .impossibleCombination, "feature_columns", got: "\(featureColumns.count) names",
                allowed: "\(dimension - interceptCount), as dimension is \(dimension) and intercept is "
                    + "`\(intercept.rawValue)`",
                fix: "correct either")
        }
        try requireTaskConsistency(origin)
        try requireFittingRegularizer(origin)
        let largestAge = FactorPolicy.largestAge(taskCount: tasks.count)
        if !tasks.isEmpty, let age = maximumFactorAge, age > largestAge {
            try refuse(
                .outOfRange, "maximum_factor_age", got: "\(age)",
                allowed: "0 to \(largestAge), half of the \(tasks.count) tasks",
                fix: "write at most \(largestAge), or remove the key")
        }
    }

    private func requireTaskConsistency(_ origin: (String) -> SettingOrigin) throws(ConfigurationError) {
        guard !tasks.isEmpty else { return }
        func refuse(_ code: ConfigurationError.Code, _ key: String, _ text: String) throws(ConfigurationError)
        {
            throw ConfigurationError(code, "\(origin(key)): \(key): \(text)")
        }
        var names = Set<String>()
        for task in tasks {
            for (value, rule, what) in [
                (task.name, NameRule.task, "a task"), (task.site, NameRule.studyOrSite, "a site"),
            ] where !rule.allows(value) {
                try refuse(
                    .outOfRange, "tasks",
                    "got the name \(SettingNode.quote(value)) for \(what); allowed: \(rule.description); rename it"
                )
            }
            if !names.insert(task.name).inserted {
                try refuse(
                    .duplicateKey, "tasks",
                    "got the task \(SettingNode.quote(task.name)) twice; allowed: one owner a task; remove one"
                )
            }
            if let weight = task.weight, !(weight > 0 && weight.isFinite) {
                try refuse(
                    .outOfRange, "tasks",
                    "got weight \(weight) for \(SettingNode.quote(task.name)); allowed: a finite number above 0; "
                        + "write for example 1")
            }
            try requireAgreement(of: task, refuse)
        }
        let counts = Dictionary(tasks.map { ($0.site, 1) }, uniquingKeysWith: +)
        if let crowded = counts.filter({ $0.value > ConfigurationLimits.tasksPerSite }).keys.min() {
            try refuse(
                .outOfRange, "tasks",
                "got \(counts[crowded] ?? 0) tasks of site \(SettingNode.quote(crowded)); allowed: at most "
                    + "\(ConfigurationLimits.tasksPerSite); divide them among several sites")
        }
        for (key, used) in [("loss", Set(losses.exceptions.keys)), ("task_weights", Set(taskWeights.keys))] {
            guard let unknown = used.subtracting(names).min() else { continue }
            let nearest = NearestWord.suggestion(for: unknown, among: tasks.map(\.name))
            try refuse(
                .impossibleCombination, key,
                "got the task \(SettingNode.quote(unknown)); allowed: tasks of this study; "
                    + (nearest.map { "did you mean \(SettingNode.quote($0))?" } ?? "remove it"))
        }
    }

    private func requireAgreement(
        of task: TaskAssignment,
        _ refuse: (ConfigurationError.Code, String, String) throws(ConfigurationError) -> Void
    ) throws(ConfigurationError) {
        let name = SettingNode.quote(task.name)
        if let loss = task.loss, let other = losses.exceptions[task.name], loss != other {
            try refuse(
                .impossibleCombination, "loss",
                "got `\(other.rawValue)` for \(name), whose entry under tasks says `\(loss.rawValue)`; allowed: "
                    + "one loss a task; remove one of the two")
        }
        if let weight = task.weight, let other = taskWeights[task.name], weight != other {
            try refuse(
                .impossibleCombination, "task_weights",
                "got \(other) for \(name), whose entry under tasks says \(weight); allowed: one weight a task; "
                    + "remove one of the two")
        }
    }
}
