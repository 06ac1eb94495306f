/// How the Krasnosel'skii-Mann factor of one update follows from the study's base factor and the delays seen.
package enum RelaxationPolicy: String, Sendable, CaseIterable {
    /// The base factor itself.
    case constant
    /// The base divided as ARock's bound is for the largest staleness seen so far (``ArockRelaxation``).
    case arock
    /// The base times log(max(mean delay, 10)), as published (``DynamicRelaxation``).
    case amtlDynamic = "amtl-dynamic"
    /// The same, with the product at most 1, where the backward-forward operator itself is reached.
    case amtlDynamicCapped = "amtl-dynamic-capped"
    /// What the updates in between have left of the base (``DelayAdaptiveRelaxation``).
    case delayAdaptive = "delay-adaptive"
    /// The base, at most 1 under any delay (``DelayAgnosticRelaxation``).
    case delayAgnostic = "delay-agnostic"
    /// The base times a multiplier that follows the residual (``ResidualControl``).
    case residualControlled = "residual-controlled"
    /// The base over a power of the task's own updates (``DecreasingRelaxation``).
    case decreasing

    /// Returns the factor of an update.
    ///
    /// - Parameters:
    ///   - base: The study's factor, positive.
    ///   - taskCount: T, at least 1.
    ///   - control: The study's residual control, which one policy uses.
    ///   - schedule: What the decreasing policy follows.
    package func relaxation(
        base: Double, taskCount: Int, delay: UpdateDelay, control: ResidualControl = ResidualControl(),
        schedule: DecreasingRelaxation = .standard
    ) -> Double {
        switch self {
        case .constant: base
        case .arock:
            ArockRelaxation.bound(
                maximumDelay: Int(clamping: delay.largestStaleness), taskCount: taskCount, c: base)
        case .amtlDynamic: base * DynamicRelaxation.multiplier(delay.recentSeconds)
        case .amtlDynamicCapped: min(1, base * DynamicRelaxation.multiplier(delay.recentSeconds))
        case .delayAdaptive:
            DelayAdaptiveRelaxation.relaxation(base: base, recentSum: delay.recentRelaxation)
        case .delayAgnostic: DelayAgnosticRelaxation.relaxation(base: base, staleness: delay.staleness)
        case .residualControlled: control.relaxation(base: base, staleness: delay.staleness)
        case .decreasing: schedule.relaxation(base: base, count: delay.taskUpdateCount)
        }
    }
}
