/// A constant factor that no delay changes, of at most 1 for an update that has any.
///
/// The delay-agnostic iteration converges under bounded and unbounded delays with parameters that do not depend on
/// them, for operators that contract in the block-maximum norm, a step being at most a convex combination of the block
/// and the operator's. The operators here are nonexpansive in the Euclidean norm alone, for which it is not proven.
///
/// - SeeAlso: Wu, Liu, Magnusson, Johansson, Delay-agnostic asynchronous coordinate update algorithm (ICML 2023,
///   arXiv 2305.08535).
enum DelayAgnosticRelaxation {
    /// Returns the factor.
    static func relaxation(base: Double, staleness: UInt64) -> Double {
        staleness == 0 ? base : min(base, 1)
    }
}
