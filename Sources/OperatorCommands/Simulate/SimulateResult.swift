internal import Configuration
internal import Federation
internal import LinearAlgebra
internal import MultiTaskLearning
internal import Reporting
internal import Simulation

/// What a study came to on a virtual clock.
struct SimulateResult: CommandResult {
    let study: StudyConfiguration
    let seed: Int
    let staleness: String
    let progress: StudyProgress
    let taskCount: Int
    let virtualTime: Duration
    let releaseBytesUp: Int
    let releaseBytesDown: Int
    let dropOutCount: Int
    /// nil where factors took no time.
    let refreshes: Refreshes?
    let optimum: Double
    let record: ConvergenceRecord

    /// Factors of the proximal operator that were computed in virtual time.
    struct Refreshes {
        var count: Int
        /// Updates applied since the oldest one that was replaced.
        var largestAge: Int
        /// Events whose answer waited for one.
        var waitCount: Int
        /// The study's bound.
        var maximumAge: Int
    }

    private var epochs: Double { Double(progress.version) / Double(taskCount) }
    private var meanStaleness: Double {
        Double(progress.statistics.stalenessSum) / Double(max(progress.version, 1))
    }

    var text: String {
        var lines = LabelledLines()
        lines.append("study", study.name)
        lines.append("method", "\(study.splitting.rawValue), \(study.mode.rawValue)")
        lines.append("updates", "\(progress.version), \(NumberText.significant(epochs, digits: 4)) epochs")
        lines.append("virtual time", "\(NumberText.significant(virtualTime.seconds, digits: 6)) s")
        lines.append(
            "staleness",
            "mean \(NumberText.significant(meanStaleness, digits: 4)), largest "
                + "\(progress.statistics.stalenessMaximum)")
        lines.append("bytes up", NumberText.bytes(releaseBytesUp))
        lines.append("bytes down", NumberText.bytes(releaseBytesDown))
        if dropOutCount > 0 { lines.append("drop-outs", "\(dropOutCount)") }
        if let eta = progress.method.eta { lines.append("eta", "\(eta.eta), chosen") }
        if let gamma = progress.method.gamma {
            lines.append(
                "gamma",
                "\(NumberText.significant(gamma.gamma, digits: 4)), changed \(gamma.gammaEpoch) times")
        }
        if let refreshes {
            lines.append(
                "prox factors",
                "\(refreshes.count), at most \(refreshes.largestAge) updates old (bound \(refreshes.maximumAge)), "
                    + "\(refreshes.waitCount) events waited")
        }
        lines.append("objective", record.objectiveValue.map { "\($0)" })
        lines.append("optimum", "\(optimum)")
        lines.append(
            "suboptimality",
            record.relativeSuboptimality.map { NumberText.significant($0, digits: 3) + ", relative" })
        for exponent in ConvergenceRecord.exponents {
            lines.append(
                "1e-\(exponent)", record.epochs[exponent].map { "after \($0) epochs" } ?? "not reached")
        }
        return lines.text
    }

    var json: JSONValue {
        var epochsTo = JSONObject()
        for exponent in ConvergenceRecord.exponents {
            epochsTo["1e-\(exponent)"] = JSONValue(record.epochs[exponent])
        }
        let gamma = progress.method.gamma
        return .object([
            "study": JSONValue(study.name),
            "splitting": JSONValue(study.splitting.rawValue),
            "mode": JSONValue(study.mode.rawValue),
            "relaxation": JSONValue(study.relaxation),
            "relaxation_policy": JSONValue(study.relaxationPolicy.rawValue),
            "seed": JSONValue(seed),
            "staleness": JSONValue(staleness),
            "tasks": JSONValue(taskCount),
            "dimension": JSONValue(study.dimension),
            "updates": JSONValue(Int(progress.version)),
            "epochs": JSONValue(epochs),
            "epochs_to": .object(epochsTo),
            "relative_suboptimality": JSONValue(record.relativeSuboptimality),
            "objective": JSONValue(record.objectiveValue),
            "optimum": JSONValue(optimum),
            "virtual_seconds": JSONValue(virtualTime.seconds),
            "bytes_up": JSONValue(releaseBytesUp),
            "bytes_down": JSONValue(releaseBytesDown),
            "staleness_mean": JSONValue(meanStaleness),
            "staleness_max": JSONValue(Int(progress.statistics.stalenessMaximum)),
            "drop_outs": JSONValue(dropOutCount),
            "eta": JSONValue(progress.method.eta?.eta ?? study.eta),
            "factor_refreshes": JSONValue(refreshes?.count),
            "factor_age_max": JSONValue(refreshes?.largestAge),
            "factor_waits": JSONValue(refreshes?.waitCount),
            "gamma": JSONValue(gamma?.gamma),
            "gamma_changes": JSONValue(gamma.map { Int($0.gammaEpoch) }),
            "guard_mode": JSONValue(gamma?.guardMode),
        ])
    }
}
