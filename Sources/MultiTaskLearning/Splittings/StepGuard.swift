/// Smaller steps for a Douglas-Rachford study whose residual grew or hardly falls: one mode further for each trigger, never
/// back.
///
/// Mode 0 is the study's own relaxation and inertia; then relaxations of at most 1.5, 1.25, 1, 0.7 and 0.5, without inertia.
/// Modes whose steps would be those of the mode before are passed over.
///
/// Inertia mu helps along directions that contract and hurts along those that turn. Where the operator turns V by a small
/// angle a (eigenvalues cos(a) e^(+-i a)), v <- v + rho (y - p) + mu * (last step), of all columns at once, multiplies their
/// size by 1 + a^2 / 2 * rho / (1 - mu) * (rho (1 + mu) / (1 - mu)^2 - 2) + O(a^4): at rho = 1.5 it shrinks without inertia,
/// and grows from mu = 0.094 on. Then V circles, and the residual neither grows much nor falls. So while there is inertia the
/// residual is measured against one that falls by ``stalledDecrease`` an epoch: a study that falls by less for some ten
/// epochs loses its inertia, also where that would have helped, by up to a quarter. Without inertia, delays and changes of gamma
/// theorems cover what is left (``DouglasRachford``), and only growth counts.
package enum StepGuard {
    /// The largest mode.
    package static let lastMode = largestRelaxations.count
    /// What the residual has to grow by, over its smallest value since the last trigger.
    static let growth = 3.0
    /// With inertia: what an epoch at least takes from the residual, or it is taken for one that does not fall.
    static let stalledDecrease = 0.85
    /// Epochs within which every task must have been heard, or the smallest residual does not age.
    ///
    /// The residual of a task that is silent stays what it is; in so many epochs aging alone does not come to a trigger.
    package static let silentEpochs: UInt64 = 6
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

    /// Returns the first mode after `mode` whose steps are others; the last one where there is none.
    static func next(after mode: Int, relaxation: Double, inertia: Double) -> Int {
        let present = factors(relaxation: relaxation, inertia: inertia, mode: mode)
        return (mode..<lastMode).first {
            factors(relaxation: relaxation, inertia: inertia, mode: $0 + 1) != present
        }.map { $0 + 1 } ?? lastMode
    }
}
