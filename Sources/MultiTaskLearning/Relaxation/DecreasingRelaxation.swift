internal import Glibc

/// A factor that falls with each of a task's updates: base / (1 + k / horizon)^power after k of them.
///
/// With a power in (1/2, 1] the factors of each task add up to infinity and their squares do not, which are Robbins and
/// Monro's conditions: the noise of steps on drawn records is averaged out, and the iteration still gets anywhere. The
/// clock is the task's own, as Borkar has it for asynchronous iterations: a task that comes late, or seldom, takes the
/// long steps of a beginning all the same. A number of a task that was given up counts as an update.
///
/// - SeeAlso: Robbins and Monro, Ann. Math. Statist. 22 (1951), equations 6 and 27; Borkar, SIAM J. Control Optim. 36
///   (1998), section 2; Combettes and Pesquet, SIAM J. Optim. 25 (2015), theorem 3.2 (errors of block-coordinate steps).
package struct DecreasingRelaxation: Sendable, Equatable {
    /// The updates of a task after which its factor has fallen to the base over 2^power.
    package let horizon: Double
    /// Above 1/2, at most 1.
    package let power: Double

    package static let defaultHorizon = 100.0
    package static let defaultPower = 0.75

    /// That of a study which names none.
    package static let standard = DecreasingRelaxation(
        uncheckedHorizon: defaultHorizon, power: defaultPower)

    private init(uncheckedHorizon horizon: Double, power: Double) {
        self.horizon = horizon
        self.power = power
    }

    /// Creates the schedule.
    ///
    /// - Throws: ``MultiTaskLearningError`` `.invalidParameter`.
    package init(horizon: Double = defaultHorizon, power: Double = defaultPower) throws {
        guard horizon.isFinite, horizon > 0 else {
            throw MultiTaskLearningError(
                code: .invalidParameter, message: "the horizon must be positive and finite, got \(horizon)")
        }
        guard power > 0.5, power <= 1 else {
            throw MultiTaskLearningError(
                code: .invalidParameter, message: "the power must be above 0.5 and at most 1, got \(power)")
        }
        self.init(uncheckedHorizon: horizon, power: power)
    }

    /// Returns the factor of an update.
    ///
    /// - Parameter count: The task's updates before it.
    package func relaxation(base: Double, count: UInt64) -> Double {
        base / pow(1 + Double(count) / horizon, power)
    }
}
