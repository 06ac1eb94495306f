internal import LinearAlgebra

/// The Douglas-Rachford splitting, one column at a time: the aggregator takes the proximal step of the regularizer,
/// the site that of its loss.
///
/// With p = column t of prox_{gamma lambda g}(V), the site is sent r = 2 p - v_t and answers
/// y = prox_{gamma loss_t}(r) (``TaskProximal``); the aggregator sets v_t <- v_t + step with
/// step = relaxation * (y - p) + inertia * (the column's last step). At a fixed point W = prox_{gamma lambda g}(V)
/// minimises the problem, and y = p.
///
/// With one gamma, relaxation in (0, 2), no inertia and no delay it converges, all columns at once (Eckstein and
/// Bertsekas, Math. Programming 55, 1992) or one random column at a time (Combettes and Pesquet, SIAM J. Optim. 25,
/// 2015). No theorem covers relaxation 1.5 or inertia under delays, and inertia can keep it from converging without any:
/// ``StepGuard`` watches the residual.
package struct DouglasRachford: Sendable, Equatable {
    /// The Krasnosel'skii-Mann factor of a study that names none.
    package static let defaultRelaxation = 1.5
    /// The inertia of a study that names none.
    package static let defaultInertia = 0.2

    /// gamma, where the study sets it; nil leaves it to ``GammaRule``.
    package let fixedGamma: Double?
    /// The part of a column's last step that is added to its next one, from 0 and below 1.
    package let inertia: Double

    /// Creates the splitting.
    ///
    /// - Parameter gamma: Positive, or nil.
    /// - Throws: ``MultiTaskLearningError`` `.invalidParameter`.
    package init(gamma: Double? = nil, inertia: Double = defaultInertia) throws {
        if let gamma, !(gamma.isFinite && gamma > 0) {
            throw MultiTaskLearningError(
                code: .invalidParameter, message: "gamma must be positive and finite, got \(gamma)")
        }
        guard inertia >= 0, inertia < 1 else {
            throw MultiTaskLearningError(
                code: .invalidParameter, message: "inertia must be from 0 and below 1, got \(inertia)")
        }
        fixedGamma = gamma
        self.inertia = inertia
    }

    /// Returns what the site is sent, r = 2 p - v.
    package static func reflection(of p: [Double], v: [Double]) -> [Double] {
        Vector.adding(v, scaledBy: -1, to: Vector.scaled(p, by: 2))
    }

    /// Returns p = (r + v) / 2: the proximal column that r, as the site decoded it, stands for.
    package static func proximalColumn(reflection r: [Double], v: [Double]) -> [Double] {
        Vector.scaled(Vector.adding(v, to: r), by: 0.5)
    }

    /// Returns what is added to the task's auxiliary column.
    ///
    /// - Parameter residual: y - p, d numbers, with p as it was issued.
    /// - Parameter lastStep: What was added to the column before; empty before the first step.
    package static func step(
        residual: [Double], relaxation: Double, inertia: Double, lastStep: [Double]
    ) -> [Double] {
        let step = Vector.scaled(residual, by: relaxation)
        if inertia == 0 || lastStep.isEmpty { return step }
        return Vector.adding(lastStep, scaledBy: inertia, to: step)
    }
}
