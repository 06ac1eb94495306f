/// A multiplier of the factor that falls while the residual grows and comes back while it falls.
///
/// Every T / 2 updates the smoothed residual (0.8 of what it was and 0.2 of the newest) is compared with the one
/// before: fallen, the multiplier grows by 1.5, up to 1; else it is halved, down to 1e-6. TMAC's controller lets it grow
/// to 100; here the study's own factor is the largest. A rule of thumb without a theorem, for the step of any splitting.
///
/// - SeeAlso: Edmunds, Peng, Yin, TMAC: a toolbox of modern async-parallel, coordinate, splitting, and stochastic
///   methods (arXiv 1606.04551).
package struct ResidualControl: Sendable, Equatable {
    private static let growth = 1.5
    private static let shrinkage = 0.5
    private static let smallestMultiplier = 1e-6
    private static let smoothing = 0.8

    /// From 1e-6 to 1.
    package private(set) var multiplier: Double
    /// nil before the first look.
    package private(set) var smoothedResidual: Double?

    /// Creates the control of a study that has not begun, or as it was stored.
    package init(multiplier: Double = 1, smoothedResidual: Double? = nil) {
        self.multiplier = multiplier
        self.smoothedResidual = smoothedResidual
    }

    /// Looks at the residual after `version` updates.
    package mutating func look(at version: UInt64, residual: Double, taskCount: Int) {
        guard version.isMultiple(of: UInt64(max(1, taskCount / 2))) else { return }
        guard let last = smoothedResidual else {
            smoothedResidual = residual
            return
        }
        let smoothed = Self.smoothing * last + (1 - Self.smoothing) * residual
        smoothedResidual = smoothed
        multiplier =
            smoothed < last
            ? min(multiplier * Self.growth, 1) : max(multiplier * Self.shrinkage, Self.smallestMultiplier)
    }

    /// Returns the factor; the base itself for an update without delay.
    func relaxation(base: Double, staleness: UInt64) -> Double {
        staleness == 0 ? base : base * multiplier
    }
}
