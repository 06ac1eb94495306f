internal import MultiTaskLearning
internal import ReleaseEncoding
internal import Sodium

extension StudyConfiguration {
    /// BLAKE2b-256 of ``agreedText``: two parties with the same digest run the same study.
    package func digest() -> [UInt8] {
        Blake2b.hash(Array(agreedText.utf8), length: 32)
    }

    /// The canonical text of everything that sites and aggregator must agree on.
    ///
    /// One `key=value` a line, in fixed order; numbers in their shortest decimal form that reads back to the
    /// same double; tasks sorted by name, each with its owner, loss and weight as they result, so that two
    /// spellings of one study agree; names with their length in bytes before them, so that no name can be taken
    /// for another line. Left out is what one party alone decides or only reports: where data are and how they
    /// are split, `optimum`, `maximum_delay`, `stop`, and the barrier (the aggregator's).
    package var agreedText: String {
        func named(_ text: String) -> String { "\(text.utf8.count):\(text)" }
        var lines = [
            "atoll study 1",
            "name=\(named(name))",
            "dimension=\(dimension.map(String.init) ?? "")",
            "feature_columns=\((featureColumns ?? []).map(named).joined(separator: " "))",
            "features=\(features.rawValue)",
            "intercept=\(intercept.rawValue)",
            "loss_scale=\(lossScale.rawValue)",
            "regularizer=\(regularizer.rawValue)",
            "l1_ratio=\(regularizerParameters[.l1Ratio].map { "\($0)" } ?? "")",
            "lambda=\(lambda)",
            "splitting=\(splitting.rawValue)",
            "mode=\(mode.rawValue)",
        ]
        lines += eta.map { ["eta=\($0)"] } ?? []
        if choosesEta { lines.append("eta=\(Self.chosenEta)") }
        if splitting == .douglasRachford {
            lines.append("gamma=\(gamma.map { "\($0)" } ?? "")")
            lines.append("inertia=\(inertia.map { "\($0)" } ?? "")")
        }
        lines += [
            "relaxation=\(relaxation)",
            "relaxation_policy=\(relaxationPolicy.rawValue)",
            "encoding=\(encoding.rawValue)",
            "norm_bound=\(normBound)",
            "report=\(report.map(\.rawValue).joined(separator: ","))",
            "tasks=\(tasks.count)",
        ]
        if let relaxationSchedule {
            lines.append("relaxation_horizon=\(relaxationSchedule.horizon)")
            lines.append("relaxation_power=\(relaxationSchedule.power)")
        }
        if let batchSize { lines.append("batch_size=\(batchSize)") }
        lines += writtenParameters.filter { $0.key != .l1Ratio }.map { "\($0.key.rawValue)=\($0.value)" }
        if let splitParts { lines.append("split_parts=\(splitParts.names.joined(separator: ","))") }
        lines += relations?.agreedLines ?? []
        // Only where they are not what a study gets that is silent: it keeps the digest that it had before there were
        // these keys.
        if proxTolerance != Defaults.proxTolerance { lines.append("prox_tolerance=\(proxTolerance)") }
        if let age = maximumFactorAge, age != FactorPolicy.defaultMaximumAge(taskCount: tasks.count) {
            lines.append("maximum_factor_age=\(age)")
        }
        if let privacy { lines.append(privacy.agreedText) }
        for task in tasks.sorted(by: { $0.name < $1.name }) {
            lines.append(
                "task=\(named(task.name)) site=\(named(task.site)) loss=\(loss(of: task).rawValue) "
                    + "weight=\(weight(of: task))"
                    + (privacy.map { " declared_records=\($0.declaredRecords.count(of: task.name))" } ?? ""))
        }
        if tasks.isEmpty {
            // Before tasks are known their settings are all there is to compare.
            lines.append("loss=\(losses.standard.rawValue)")
            if let privacy { lines += privacy.declaredRecords.yamlLines }
            lines += losses.exceptions.sorted { $0.key < $1.key }
                .map { "loss_of=\(named($0.key)) \($0.value.rawValue)" }
            lines += taskWeights.sorted { $0.key < $1.key }.map { "weight_of=\(named($0.key)) \($0.value)" }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
