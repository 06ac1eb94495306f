internal import Glibc

/// AMTL's dynamic factor: the base times log(max(mean delay, 10)), natural logarithm, delays in seconds.
///
/// The multiplier is never below 2.3, also without any delay, and "currently there are no theoretical results" for it.
///
/// - SeeAlso: Baytas et al., Asynchronous Multi-Task Learning (ICDM 2016), equation III.6 and section III-D.
enum DynamicRelaxation {
    /// Returns the multiplier.
    ///
    /// - Parameter recentDelays: Seconds, the newest last; at most the last
    ///   ``MultiTaskLearningLimits/dynamicRelaxationDelayCount`` count.
    static func multiplier(_ recentDelays: [Double]) -> Double {
        let recent = recentDelays.suffix(MultiTaskLearningLimits.dynamicRelaxationDelayCount)
        let mean = recent.isEmpty ? 0 : recent.reduce(0, +) / Double(recent.count)
        return log(max(mean, 10))
    }
}
