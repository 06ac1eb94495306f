/// Smaller steps for a Douglas-Rachford study whose residual grew: one mode further for each trigger, never back.
///
/// Mode 0 is the study's own relaxation and inertia; then relaxations of at most 1.25, 1, 0.7 and 0.5, without inertia.
package enum StepGuard {
    /// The largest mode.
    package static let lastMode = largestRelaxations.count
    /// What the residual has to grow by, over its smallest value since the last trigger.
    static let growth = 3.0
    /// The first epoch at whose end the residual is looked at.
    static let firstEpoch: UInt64 = 9

    private static let largestRelaxations = [1.25, 1, 0.7, 0.5]

    /// Returns the factors of a step in a mode.
    ///
    /// - Parameter mode: From 0 to ``lastMode``.
    package static func factors(
        relaxation: Double, inertia: Double, mode: Int
    ) -> (relaxation: Double, inertia: Double) {
        precondition((0...lastMode).contains(mode), "mode \(mode) of 0 to \(lastMode)")
        return mode == 0 ? (relaxation, inertia) : (min(relaxation, largestRelaxations[mode - 1]), 0)
    }
}
