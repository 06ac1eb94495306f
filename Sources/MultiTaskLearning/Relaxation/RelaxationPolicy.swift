internal import Glibc

/// How the Krasnosel'skii-Mann factor of one update follows from the study's base factor and the delays seen.
package enum RelaxationPolicy: String, Sendable, CaseIterable {
    /// The base factor itself.
    case constant
    /// The base times log(max(mean delay, 10)), natural logarithm, delays in seconds, as published.
    ///
    /// The multiplier is never below 2.3, and nothing proves that it converges.
    case amtlDynamic = "amtl-dynamic"
    /// The same, with the product at most 1, where the backward-forward operator itself is reached.
    case amtlDynamicCapped = "amtl-dynamic-capped"

    /// Returns the factor of the next update of a task.
    ///
    /// - Parameter base: The study's factor, positive.
    /// - Parameter recentDelays: Seconds from the computation of a column to the arrival of its update, the
    ///   newest last; at most the last ``MultiTaskLearningLimits/dynamicRelaxationDelayCount`` count.
    /// - SeeAlso: Baytas et al., Asynchronous Multi-Task Learning (ICDM 2016), equation III.6.
    package func relaxation(base: Double, recentDelays: [Double]) -> Double {
        switch self {
        case .constant: return base
        case .amtlDynamic: return base * Self.dynamicMultiplier(recentDelays)
        case .amtlDynamicCapped: return min(1, base * Self.dynamicMultiplier(recentDelays))
        }
    }

    /// Returns c / (2 tau / sqrt(T) + 1), up to which a constant factor converges for delays up to tau.
    ///
    /// - Parameter maximumDelay: tau, counted in updates, at least 0.
    /// - Parameter taskCount: T, at least 1.
    /// - Parameter c: Between 0 and 1, both excluded.
    /// - SeeAlso: Peng, Xu, Yan, Yin, ARock (2016), and Baytas et al. 2016, theorem 1.
    package static func arockBound(maximumDelay: Int, taskCount: Int, c: Double) -> Double {
        precondition(maximumDelay >= 0, "a delay is not negative, got \(maximumDelay)")
        precondition(taskCount >= 1, "at least 1 task, got \(taskCount)")
        precondition(c > 0 && c < 1, "c is between 0 and 1, got \(c)")
        return c / (2 * Double(maximumDelay) / Double(taskCount).squareRoot() + 1)
    }

    private static func dynamicMultiplier(_ delays: [Double]) -> Double {
        let recent = delays.suffix(MultiTaskLearningLimits.dynamicRelaxationDelayCount)
        let mean = recent.isEmpty ? 0 : recent.reduce(0, +) / Double(recent.count)
        return log(max(mean, 10))
    }
}
