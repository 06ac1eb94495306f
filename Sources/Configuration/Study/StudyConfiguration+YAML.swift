internal import MultiTaskLearning
internal import ReleaseEncoding

extension StudyConfiguration {
    /// The study as a file with every setting written out and every path absolute; loads back equal, but for
    /// ``withdrawnOptimum``.
    ///
    /// A path whose `${ATOLL_DATA}` could not be resolved keeps it.
    package func yaml() -> String {
        var lines = ["name: \(YAMLText.quoted(name))"]
        if let data { lines += data.yamlLines }
        if let dimension { lines.append("dimension: \(dimension)") }
        if let featureColumns { lines.append("feature_columns: \(YAMLText.list(featureColumns))") }
        lines.append("features: \(features.rawValue)")
        lines.append("intercept: \(intercept.rawValue)")
        lines += losses.yamlLines
        lines.append("loss_scale: \(lossScale.rawValue)")
        if !taskWeights.isEmpty {
            lines.append("task_weights:")
            lines += taskWeights.sorted { $0.key < $1.key }.map {
                "  \(YAMLText.quoted($0.key)): \($0.value)"
            }
        }
        lines += regularizerLines
        lines.append("lambda: \(lambda)")
        if let optimum { lines.append("optimum: \(optimum)") }
        lines.append("splitting: \(splitting.rawValue)")
        lines.append("mode: \(mode.rawValue)")
        if let eta { lines.append("eta: \(eta)") }
        if choosesEta { lines.append("eta: \(Self.chosenEta)") }
        if let gamma { lines.append("gamma: \(gamma)") }
        if let inertia { lines.append("inertia: \(inertia)") }
        lines.append("relaxation: \(relaxation)")
        lines.append("relaxation_policy: \(relaxationPolicy.rawValue)")
        if let relaxationSchedule {
            lines.append("relaxation_horizon: \(relaxationSchedule.horizon)")
            lines.append("relaxation_power: \(relaxationSchedule.power)")
        }
        if let batchSize { lines.append("batch_size: \(batchSize)") }
        if let maximumDelay { lines.append("maximum_delay: \(maximumDelay)") }
        lines += stop.yamlLines
        lines.append("encoding: \(encoding.rawValue)")
        lines.append("norm_bound: \(normBound)")
        lines.append("prox_tolerance: \(proxTolerance)")
        if let maximumFactorAge { lines.append("maximum_factor_age: \(maximumFactorAge)") }
        lines.append("barrier_timeout: \(DurationText.text(barrierTimeout))")
        lines.append("barrier_absent: \(barrierAbsence.rawValue)")
        lines.append("report: [\(report.map(\.rawValue).joined(separator: ", "))]")
        if let privacy { lines += privacy.yamlLines }
        if !tasks.isEmpty {
            lines.append("tasks:")
            lines += tasks.map(\.yamlLine)
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
