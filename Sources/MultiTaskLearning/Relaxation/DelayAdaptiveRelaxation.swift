/// A factor that adapts to the delays as they are: what the updates since the column was computed have left of h.
///
/// factor_k = max(h - (factor_{k - tau_k} + ... + factor_{k - 1}), 0) with h the study's factor: an update and those
/// that it does not know of never add up to more than h. This is the policy "Adaptive 1" with alpha 1, on the
/// step-size principle factor_{k - tau_k} + ... + factor_k <= h. The theorems are for incremental and block-coordinate
/// proximal gradient steps with h below 1 / L; that the same sum rule bounds a Krasnosel'skii-Mann factor is not proven.
///
/// - SeeAlso: Wu, Magnusson, Feyzmahdavian, Johansson, Delay-adaptive step-sizes for asynchronous learning (ICML 2022,
///   arXiv 2202.08550).
enum DelayAdaptiveRelaxation {
    /// Returns the factor.
    ///
    /// - Parameter recentSum: The sum of the factors of the updates applied since the column was computed.
    static func relaxation(base: Double, recentSum: Double) -> Double {
        max(base - recentSum, 0)
    }
}
