internal import MultiTaskLearning

/// The settings of forward steps on drawn records.
extension StudyConfiguration {
    static func schedule(
        _ reader: SettingReader, _ policy: RelaxationPolicy
    ) throws(ConfigurationError) -> DecreasingRelaxation? {
        let horizon = try reader.number(
            "relaxation_horizon", .positive,
            fix: "write the updates of a task after which its factor has clearly fallen, for example 100")
        let power = try reader.number(
            "relaxation_power", .aboveHalfUpToOne,
            fix: "write for example 0.75; outside, the noise does not vanish or the iteration stops short")
        guard policy == .decreasing else {
            for key in ["relaxation_horizon", "relaxation_power"] where reader.has(key) {
                throw reader.refusal(
                    .impossibleCombination, key,
                    allowed:
                        "only with relaxation_policy `\(RelaxationPolicy.decreasing.rawValue)`, not with "
                        + "`\(policy.rawValue)`", fix: "remove it, or change the policy")
            }
            return nil
        }
        let standard = DecreasingRelaxation.standard
        do {
            return try DecreasingRelaxation(
                horizon: horizon ?? standard.horizon, power: power ?? standard.power)
        } catch {
            throw reader.refusal(
                .outOfRange, "relaxation_policy", allowed: "a schedule (\(error))", fix: "correct its keys")
        }
    }

    static func batchSize(
        _ reader: SettingReader, _ splitting: SplittingKind
    ) throws(ConfigurationError) -> Int? {
        let size = try reader.count(
            "batch_size", 1...ConfigurationLimits.countValue, fix: "write the records of a forward step")
        guard size != nil, splitting == .douglasRachford else { return size }
        throw reader.refusal(
            .impossibleCombination, "batch_size",
            allowed:
                "only with splitting `\(SplittingKind.backwardForward.rawValue)`: the proximal point of some "
                + "records' loss is no unbiased estimate of the whole loss's",
            fix: "remove it, or change the splitting")
    }

    /// What is doubtful about steps on drawn records.
    var stochasticWarnings: [String] {
        var texts: [String] = []
        if batchSize != nil, relaxationPolicy != .decreasing {
            texts.append(
                "batch_size without relaxation_policy decreasing: the model keeps a noise that grows with relaxation"
            )
        }
        if batchSize != nil, stop.residual != nil {
            texts.append(
                "batch_size with stop.residual: the residual is of steps on drawn records, which do not vanish at the "
                    + "optimum; end by epochs or updates")
        }
        if batchSize != nil {
            texts.append(
                "batch_size: eta's bound 2 / L is that of all records; the gradients of a batch change faster, and a "
                    + "step that they throw beyond norm_bound is refused")
        }
        return texts
    }
}
