/// Smaller steps for a Douglas-Rachford study whose residual grew, or does not fall: one mode further for each trigger, never
/// back.
///
/// Mode 0 is the study's own relaxation and inertia; then relaxations of at most 1.5, 1.25, 1, 0.7 and 0.5, without inertia.
///
/// Inertia mu helps along directions that contract and hurts along those that turn. Where the operator turns V by a small
/// angle a (eigenvalues cos(a) e^(+-i a)), v <- v + rho (y - p) + mu * (last step) multiplies their size by
/// 1 + a^2 / 2 * rho / (1 - mu) * (rho (1 + mu) / (1 - mu)^2 - 2) + O(a^3): at rho = 1.5 it shrinks without inertia, and grows
/// from mu = 0.12 on. Then V circles, and the residual stays where it is without growing. So in mode 0 the residual is
/// measured against one that falls by ``stalledDecrease`` an epoch; without inertia theorems cover what is left
/// (``DouglasRachford``), and only growth counts.
package enum StepGuard {
    /// The largest mode.
    package static let lastMode = largestRelaxations.count
    /// What the residual has to grow by, over its smallest value since the last trigger.
    static let growth = 3.0
    /// In mode 0: what an epoch at least takes from the residual, or it is taken for one that does not fall.
    static let stalledDecrease = 0.85
    /// The first epoch at whose end the residual is looked at.
    static let firstEpoch: UInt64 = 9

    private static let largestRelaxations = [1.5, 1.25, 1, 0.7, 0.5]

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
